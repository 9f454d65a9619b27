import { join } from 'node:path';
import { styleText } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { caseIds, deviation, evidence, facts, footer, header, line, removeRuns, sampleLines, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import type { CaseLine, RunLine } from './run.ts';
import { terminalReport, type TerminalOptions, totalsText } from './terminal.ts';

afterEach(removeRuns);

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
    expect(await reportOf(sampleLines)).toMatchInlineSnapshot(`
      "1 finding of miniature-biased-variance@1.0, worst first
      violates  biased-running-variance: running variance stores the biased batch variance (divisor n, not n − 1) (1 case, at worst 6.2e4 × the bound)
                BN-STATE-03 running variance stores the unbiased batch variance
                to reconcile: multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts
                example: batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'

      violates  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                BN-STATE-03 running variance stores the unbiased batch variance
                miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound
                cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'

      miniature-biased-variance@1.0  3 planned: 2 conforms, 1 violates (66.6 % of the 3 offered conform)
      known 0 of 3 planned
      gate: fail
        1 violates"
    `);
  });

  it('golden: all conform', async () => {
    expect(await reportOf([header(), facts(), line(0), line(1), line(2), footer({ gate: 'pass', reasons: [] })])).toMatchInlineSnapshot(`
      "miniature-biased-variance@1.0  3 planned: 3 conforms (100 % of the 3 offered conform)
      known 0 of 3 planned
      gate: pass"
    `);
  });

  it('golden: an interrupted run never passes', async () => {
    expect(await reportOf([header(), facts(), line(0)])).toMatchInlineSnapshot(`
      "miniature-biased-variance@1.0  3 planned: 1 conforms, 2 not-run (33.3 % of the 3 offered conform)
      known 0 of 3 planned
      gate: fail
        the run has no footer: it was interrupted; 2 planned cases were not run"
    `);
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
    expect(await reportOf(lines)).toMatchInlineSnapshot(`
      "3 findings of miniature-biased-variance@1.0, worst first
      violates  ambiguous (1 case, at worst 6.2e4 × the bound)
                BN-NORM-03
                one of: eps-ignored, eps-outside-sqrt
                example: batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit
                rerun: npm run conformance -- --runner miniature-biased-variance --python miniature-biased-variance=PYTHON --suite full --seed 7 --select 'batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit'
      inaccurate  naive-accumulation: sums in the working precision, one after the other (1 case, at worst 6.2e4 × the bound)
                  BN-NUM-02 sums are as accurate as a stable algorithm
                  to reconcile: none needed for small batches; for many elements per channel use a layout whose sums are stable, or float64
                  example: batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit
                  rerun: npm run conformance -- --runner miniature-biased-variance --python miniature-biased-variance=PYTHON --suite full --seed 7 --select 'batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit'
      known  biased-running-variance: violates in 1 case, such as batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit

      violates  batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit
                BN-NORM-03
                miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound
                cause: ambiguous; each of eps-ignored, eps-outside-sqrt explains the 1 deviating element
                rerun: npm run conformance -- --runner miniature-biased-variance --python miniature-biased-variance=PYTHON --suite full --seed 7 --select 'batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit'
      inaccurate  batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit
                  BN-NUM-02 sums are as accurate as a stable algorithm
                  miniature-biased-variance 1.0: y[5] at step 2 = 0.0000012, accepted [-0.0000010, 0.0000010], 1.2 × the stable-algorithm bound; 1 further deviation in discrepancies.csv
                  cause: naive-accumulation explains the 4 deviating elements: sums in the working precision, one after the other
                  rerun: npm run conformance -- --runner miniature-biased-variance --python miniature-biased-variance=PYTHON --suite full --seed 7 --select 'batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit'

      miniature-biased-variance@1.0  3 planned: 1 inaccurate, 1 violates, 1 known
        no dialect covers miniature 1.0: judged by the one for <1
      known 1 of 3 planned
      gate: fail
        1 violates"
    `);
  });

  it('golden: evidence stands with its finding, known or not', async () => {
    const half = [{ check: 'fresh-process', outcome: 'not-reproduced', detail: 'documented' }, { check: 'strided', outcome: 'no-answer', detail: `died\n${'of boredom '.repeat(20)}` }] as const;
    const lines = [header(), facts(), violation(0), violation(1, { status: 'known' }), violation(2, { cause: 'unexplained' }), evidence(0), evidence(1), evidence(2, half), footer()];
    expect((await reportOf(lines)).split('\n').filter((text) => /^\w+ {2}|evidence/.test(text)).slice(0, 6).join('\n')).toMatchInlineSnapshot(`
      "violates  biased-running-variance: running variance stores the biased batch variance (divisor n, not n − 1) (1 case, at worst 6.2e4 × the bound)
                evidence: again in a fresh process: same bits · exact oracle: reference right (3e-6 of the bound) · functional form: deviates too · channels-last: conforms · 2 threads: deviates too
      violates  unexplained (1 case, at worst 6.2e4 × the bound)
                evidence: again in a fresh process: not reproduced: an earlier case of the process, or chance, made it (documented) · strided: no answer (died of boredom of boredom of boredom of boredom of boredom of boredom of boredom of boredom of boredom of boredom of bo…)
      known  biased-running-variance: violates in 1 case, such as batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit
             evidence: again in a fresh process: same bits · exact oracle: reference right (3e-6 of the bound) · functional form: deviates too · channels-last: conforms · 2 threads: deviates too"
    `);
  });

  it('BN-NUM-02 golden: a reference that the oracle contradicts is no finding about a framework', async () => {
    const wrong = [{ check: 'fresh-process', outcome: 'same-bits' }, { check: 'exact-oracle', outcome: 'reference-wrong', share: 2.51 }] as const;
    const lines = [header(), facts(), violation(0), violation(1, { status: 'known' }), line(2), evidence(0, wrong), evidence(1, wrong), footer()];
    expect((await reportOf(lines)).split('\n\n')[0]).toMatchInlineSnapshot(`
      "2 findings of miniature-biased-variance@1.0, worst first
      harness error: the reference is outside a thousandth of the bound  biased-running-variance: running variance stores the biased batch variance (divisor n, not n − 1) (1 case, at worst 6.2e4 × the bound)
                BN-STATE-03 running variance stores the unbiased batch variance
                to reconcile: multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts
                example: batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                evidence: again in a fresh process: same bits · exact oracle: REFERENCE WRONG (2.51 × the bound)
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'
      harness error: the reference is outside a thousandth of the bound  biased-running-variance: violates in 1 case, such as batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit
             evidence: again in a fresh process: same bits · exact oracle: REFERENCE WRONG (2.51 × the bound)"
    `);
  });

  it('golden: a wrong type', async () => {
    const wrong = deviation({ kind: 'dtype', rule: 'BN-DTYPE-01', observable: 'y', element: null, got: 'float64', expected: 'float32', bound: 0, ratio: Infinity, rank: 1 });
    expect(await blockOf({ rule: 'BN-DTYPE-01', cause: 'wrong-dtype', deviations: [wrong] })).toMatchInlineSnapshot(`
      "violates  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                BN-DTYPE-01
                miniature-biased-variance 1.0: y on rank 1: got float64, accepted float32
                cause: wrong-dtype explains the 1 deviating element: a result of another type
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'"
    `);
  });

  it('golden: exact data and a missing refusal', async () => {
    const count = deviation({ rule: 'BN-STATE-06', observable: 'step_count', got: 1, expected: 2, bound: 0, ratio: Infinity, step: 1 });
    const refusal = deviation({ kind: 'refusal', observable: 'error', element: null, got: 'no error', expected: 'a refusal', step: -1, ratio: Infinity, bound: 0 });
    expect(await blockOf({ cause: 'unexplained', deviations: [count, refusal] })).toMatchInlineSnapshot(`
      "violates  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                BN-STATE-03 running variance stores the unbiased batch variance
                miniature-biased-variance 1.0: step_count at step 1 = 1, accepted exactly 2; 1 further deviation in discrepancies.csv
                cause: unexplained; no named variant explains the 2 deviating elements
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'"
    `);
  });

  it('golden: a crash shows what the process wrote, without its control characters', async () => {
    const reason = 'the process died of SIGSEGV\n\u001b[31mtorch: boom\r\nbye\u0007';
    expect(await blockOf({ status: 'crashed', found: 'crashed', rule: null, cause: null, deviations: [], reason })).toMatchInlineSnapshot(`
      "crashed  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
               miniature-biased-variance 1.0: the process died of SIGSEGV
               [31mtorch: boom
               bye
               rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'"
    `);
  });

  it('golden: a stale entry', async () => {
    expect(await blockOf({ status: 'stale', found: 'conforms', rule: null, cause: null, deviations: [], reason: "entry 'batchnorm1d/**' says violates for eps-ignored" })).toMatchInlineSnapshot(`
      "stale  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
             miniature-biased-variance 1.0: entry 'batchnorm1d/**' says violates for eps-ignored
             rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'"
    `);
  });

  it('failing cases beyond the limit are counted', async () => {
    const report = await reportOf([header(), facts(), violation(0), violation(1), violation(2), footer()], { limit: 1 });
    expect(report).toContain('and 2 further cases of miniature-biased-variance@1.0: see results.csv');
  });

  it('colour adds nothing but colour', async () => {
    const paint: TerminalOptions['paint'] = (name, text) => (text === '' ? '' : styleText(({ good: 'green', bad: 'red', warn: 'yellow', quiet: 'dim', strong: 'bold' } as const)[name], text, { validateStream: false }));
    const painted = await reportOf(sampleLines, { paint });
    expect(painted).toContain('\u001b[31mviolates\u001b[39m');
    expect(painted.replaceAll(/\u001b\[\d+m/g, '')).toBe(await reportOf(sampleLines));
  });

  it('99.9 % is never rounded up to 100 %', async () => {
    const cases = Array.from({ length: 2001 }, (_, index) => `batchnorm1d/norm/x/case=${String(index)}`);
    const run = await readRun(join(await writeRun([header({ cases }), facts(), ...cases.slice(1).map((_, index) => line(index)), violation(2000), footer()]), 'run.ndjson'));
    expect(totalsText(run)).toContain('2,001 planned: 2,000 conforms, 1 violates (99.9 % of the 2,001 offered conform)');
  });
});
