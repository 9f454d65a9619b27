import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { findProblems } from '../spec/schemas.ts';
import { caseIds, evidence, facts, footer, header, line, removeRuns, sampleLines, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import type { RunLine } from './run.ts';
import { summarise } from './summary.ts';

afterEach(removeRuns);

async function summaryOf(lines: readonly RunLine[]) {
  const summary = summarise(await readRun(join(await writeRun(lines), 'run.ndjson')));
  expect(findProblems('schemas/summary', JSON.parse(JSON.stringify(summary)))).toEqual([]);
  return summary;
}

const zero = { conforms: 0, documented: 0, inaccurate: 0, violates: 0, known: 0, stale: 0, unsupported: 0, ungradable: 0, mistrusted: 0, crashed: 0, 'timed-out': 0, garbled: 0, 'not-run': 0 };

describe('summary.json', () => {
  it('golden: statuses over all runners and per runner, findings, gate', async () => {
    expect(await summaryOf(sampleLines)).toEqual({
      schemaVersion: 1, tool: { name: 'bn-conformance', version: '0.1.0' }, suite: 'core', seed: 1, planned: 3, statuses: { ...zero, conforms: 2, violates: 1 },
      runners: {
        'miniature-biased-variance@1.0': {
          framework: 'miniature', version: '1.0', device: 'cpu', planned: 3, statuses: { ...zero, conforms: 2, violates: 1 },
          findings: [{
            cause: 'biased-running-variance', rule: 'BN-STATE-03', status: 'violates', cases: 1, example: caseIds[0], worstRatio: 62000,
            translation: expect.stringContaining('n/(n − 1)') as string,
          }],
        },
      },
      gate: 'fail', reasons: ['1 violates'], durationMs: 1500,
    });
  });

  it('golden: evidence stands with its finding, and a wrong reference in place of the status', async () => {
    const wrong = evidence(1, [{ check: 'exact-oracle', outcome: 'reference-wrong', share: Infinity }]);
    const { runners } = await summaryOf([header(), facts(), violation(0), violation(1, { cause: 'unexplained', status: 'known' }), line(2), evidence(0), wrong, footer()]);
    expect(runners['miniature-biased-variance@1.0']?.findings.map(({ status, evidence: checks }) => [status, checks])).toEqual([
      ['violates', evidence(0).checks],
      ['harness error: the reference is outside a thousandth of the bound', [{ check: 'exact-oracle', outcome: 'reference-wrong', share: 'Infinity' }]],
    ]);
  });

  it('each runner has its own plan', async () => {
    const runners = [{ runner: 'a@1', excluded: [] }, { runner: 'b@1', excluded: ['batchnorm1d', 'syncbatchnorm'] }];
    const { planned, runners: summaries } = await summaryOf([header({ runners })]);
    expect([planned, summaries['a@1']?.planned, summaries['b@1']?.planned]).toEqual([5, 4, 1]);
  });

  it('a known finding has the status known, a crash no ratio, an exact deviation an infinite one', async () => {
    const exact = violation(0, { status: 'known' });
    const lines = [header(), facts(), { ...exact, deviations: exact.deviations.map((each) => ({ ...each, ratio: Infinity })) }, line(1, { status: 'crashed', found: 'crashed' }), line(2), footer()];
    const { findings } = (await summaryOf(lines)).runners['miniature-biased-variance@1.0']!;
    expect(findings.map(({ status, cause, rule, worstRatio }) => [status, cause, rule, worstRatio])).toEqual([
      ['crashed', 'unexplained', '', undefined], ['known', 'biased-running-variance', 'BN-STATE-03', 'Infinity'],
    ]);
  });

  it('an incomplete run fails the gate whatever its footer says', async () => {
    const { gate, reasons, statuses } = await summaryOf([header(), facts(), line(0), footer({ gate: 'pass', reasons: [], complete: false })]);
    expect([gate, reasons, statuses['not-run']]).toEqual(['fail', ['the run was interrupted; 2 planned cases were not run'], 2]);
  });

  it('control: statuses that do not add up to the plan are an error that names both numbers', async () => {
    const run = await readRun(join(await writeRun(sampleLines), 'run.ndjson'));
    const lossy = { ...run, runners: run.runners.map((runner) => ({ ...runner, cases: runner.cases.slice(1) })) };
    expect(() => summarise(lossy)).toThrow('3 cases are planned for the run, its statuses add up to 2');
  });
});
