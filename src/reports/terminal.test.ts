import { join } from 'node:path';
import { styleText } from 'node:util';
import { describe, expect, it } from 'vitest';
import { caseIds, deviation, facts, footer, header, line, sampleLines, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import type { CaseLine, RunLine } from './run.ts';
import { terminalReport, type TerminalOptions, totalsText } from './terminal.ts';

async function reportOf(lines: readonly RunLine[], options: TerminalOptions = {}): Promise<string> {
  return terminalReport(await readRun(join(await writeRun(lines), 'run.ndjson')), titles, options);
}

/** The failure block of one case. */
async function blockOf(change: Partial<CaseLine>): Promise<string> {
  const report = await reportOf([header({ cases: [caseIds[0]] }), facts(), violation(0, change), footer()]);
  return report.split('\n\n').slice(-2, -1).join();
}

describe('terminal report', () => {
  it('golden: findings, failing cases, totals', async () => {
    expect(await reportOf(sampleLines)).toMatchInlineSnapshot();
  });

  it('golden: all conform', async () => {
    expect(await reportOf([header(), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] })])).toMatchInlineSnapshot();
  });

  it('golden: an interrupted run never passes', async () => {
    expect(await reportOf([header(), facts(), line(0)])).toMatchInlineSnapshot();
  });

  it('golden: known, inaccurate and ambiguous', async () => {
    const lines = [
      header({ suite: 'full', seed: 7, command: 'bn-conformance run --suite full --seed 7' }),
      facts({ interpreter: 'user', dialect: { framework: 'miniature', versions: '<1', assumed: true } }),
      violation(0, { status: 'known' }),
      violation(1, { status: 'inaccurate', found: 'inaccurate', rule: 'BN-NUM-02', cause: 'naive-accumulation', deviations: [deviation({ level: 'should', rule: 'BN-NUM-02', observable: 'y', element: 5, elements: 3, ratio: 1.2, got: 1.2e-6, expected: 0, bound: 1e-6, step: 2 }), deviation()] }),
      violation(2, { cause: 'ambiguous', candidates: ['eps-ignored', 'eps-outside-sqrt'], rule: 'BN-NORM-03' }),
      footer(),
    ];
    expect(await reportOf(lines)).toMatchInlineSnapshot();
  });

  it('golden: a wrong type', async () => {
    const wrong = deviation({ kind: 'dtype', rule: 'BN-DTYPE-01', observable: 'y', element: null, got: 'float64', expected: 'float32', bound: 0, ratio: Infinity, rank: 1 });
    expect(await blockOf({ rule: 'BN-DTYPE-01', cause: 'wrong-dtype', deviations: [wrong] })).toMatchInlineSnapshot();
  });

  it('golden: exact data and a missing refusal', async () => {
    const count = deviation({ rule: 'BN-STATE-06', observable: 'step_count', got: 1, expected: 2, bound: 0, ratio: Infinity, step: 1 });
    const refusal = deviation({ kind: 'refusal', observable: 'error', element: null, got: 'no error', expected: 'a refusal', step: -1, ratio: Infinity, bound: 0 });
    expect(await blockOf({ cause: 'unexplained', deviations: [count, refusal] })).toMatchInlineSnapshot();
  });

  it('golden: a crash shows what the process wrote, without its control characters', async () => {
    const reason = 'the process died of SIGSEGV\n\u001b[31mtorch: boom\r\nbye\u0007';
    expect(await blockOf({ status: 'crashed', found: 'crashed', rule: null, cause: null, deviations: [], reason })).toMatchInlineSnapshot();
  });

  it('golden: a stale entry', async () => {
    expect(await blockOf({ status: 'stale', found: 'conforms', rule: null, cause: null, deviations: [], reason: "entry 'batchnorm1d/**' says violates for eps-ignored" })).toMatchInlineSnapshot();
  });

  it('failing cases beyond the limit are counted', async () => {
    const report = await reportOf([header(), facts(), violation(0), violation(1), violation(2), footer()], { limit: 1 });
    expect(report).toContain('and 2 further cases of miniature-biased-variance@1.0: see results.csv');
  });

  it('colour adds nothing but colour', async () => {
    const paint: TerminalOptions['paint'] = (name, text) => (text === '' ? '' : styleText(({ good: 'green', bad: 'red', warn: 'yellow', quiet: 'dim', strong: 'bold' } as const)[name], text));
    const painted = await reportOf(sampleLines, { paint });
    expect(painted).toContain('\u001b[31mviolates\u001b[39m');
    // eslint-disable-next-line no-control-regex -- the very characters of colour
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(await reportOf(sampleLines));
  });

  it('99.9 % is never rounded up to 100 %', async () => {
    const cases = Array.from({ length: 2001 }, (_, index) => `batchnorm1d/norm/x/case=${String(index)}`);
    const run = await readRun(join(await writeRun([header({ cases }), facts(), ...cases.slice(1).map((_, index) => line(index)), violation(2000), footer()]), 'run.ndjson'));
    expect(totalsText(run)).toContain('2,001 planned: 2,000 conforms, 1 violates (99.9 % conform)');
  });
});
