import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, describe, expect, it } from 'vitest';
import { statuses } from '../diff/verdict.ts';
import { ctrfJson, type CtrfReport } from './ctrf.ts';
import { facts, footer, header, joined, line, removeRuns, sampleLines, titles, violation, writeRun } from './fixtures/sample-run.ts';
import { readRun } from './read-run.ts';
import type { RunLine } from './run.ts';

afterEach(removeRuns);

async function of(...lines: readonly RunLine[]) {
  const run = await readRun(join(await writeRun(lines), 'run.ndjson'));
  const report = JSON.parse(joined(ctrfJson(run, titles))) as CtrfReport;
  expect(isValid(report), JSON.stringify(isValid.errors)).toBe(true);
  return report;
}

const closed = (required: readonly string[], properties: Readonly<Record<string, object>>) => ({ type: 'object', required, properties, additionalProperties: false });
const [text, whole, free] = [{ type: 'string', minLength: 1 }, { type: 'integer' }, { type: 'object' }];

/** What the specification of the format (0.0.0) asks of the fields that are written here; it forbids all that it does not name. */
const isValid = new Ajv().compile(closed(['reportFormat', 'specVersion', 'results'], {
  reportFormat: { const: 'CTRF' }, specVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' }, generatedBy: text, extra: free,
  results: closed(['tool', 'summary', 'tests'], {
    tool: closed(['name'], { name: text, version: text }),
    summary: closed(['tests', 'passed', 'failed', 'skipped', 'pending', 'other', 'start', 'stop'], { tests: whole, passed: whole, failed: whole, skipped: whole, pending: whole, other: whole, suites: whole, start: whole, stop: whole }),
    tests: { type: 'array', items: closed(['name', 'status', 'duration'], {
      name: text, status: { enum: ['passed', 'failed', 'skipped', 'pending', 'other'] }, duration: whole, suite: { type: 'array', minItems: 1, items: text },
      rawStatus: text, tags: { type: 'array', items: text }, message: text, trace: text, extra: free,
    }) },
    environment: closed([], { extra: free }),
  }),
}));

describe('ctrf.json', () => {
  it('golden: a test per case, failures as people read them', async () => {
    expect(await of(...sampleLines)).toMatchInlineSnapshot(`
      {
        "extra": {
          "filtered": false,
          "gate": "fail",
          "reasons": [
            "1 violates",
          ],
          "schemaVersion": 1,
          "seed": 1,
          "strict": false,
          "suite": "core",
        },
        "generatedBy": "bn-conformance 0.1.0",
        "reportFormat": "CTRF",
        "results": {
          "environment": {
            "extra": {
              "miniature-biased-variance@1.0": {
                "build": "release",
                "cpu": {
                  "capability": "AVX2",
                  "model": "Some CPU",
                },
                "device": "cpu",
                "dialect": {
                  "assumed": false,
                  "framework": "miniature",
                  "versions": "*",
                },
                "framework": "miniature",
                "interpreter": "environment",
                "language": "CPython 3.11.7",
                "runner": "miniature-biased-variance@1.0",
                "threads": 1,
                "type": "runner",
                "version": "1.0",
              },
            },
          },
          "summary": {
            "failed": 1,
            "other": 0,
            "passed": 2,
            "pending": 0,
            "skipped": 0,
            "start": 1767323045000,
            "stop": 1767323046500,
            "suites": 1,
            "tests": 3,
          },
          "tests": [
            {
              "duration": 0,
              "extra": {
                "cause": "biased-running-variance",
                "rule": "BN-STATE-03",
              },
              "message": "BN-STATE-03 running variance stores the unbiased batch variance; miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound; cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)",
              "name": "batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit",
              "rawStatus": "violates",
              "status": "failed",
              "suite": [
                "miniature-biased-variance@1.0",
                "batchnorm1d",
                "state",
                "running-var",
              ],
              "tags": [
                "BN-STATE-03",
              ],
              "trace": "violates  batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit
                BN-STATE-03 running variance stores the unbiased batch variance
                miniature-biased-variance 1.0: running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound
                cause: biased-running-variance explains the 1 deviating element: running variance stores the biased batch variance (divisor n, not n − 1)
                rerun: npm run conformance -- --runner miniature-biased-variance@1.0 --select 'batchnorm1d/state/running-var/mode=train/shape=4x1/momentum=0.1/data=unit'",
            },
            {
              "duration": 0,
              "name": "batchnorm1d/state/running-var/mode=train/shape=4x3/momentum=0.1/data=unit",
              "rawStatus": "conforms",
              "status": "passed",
              "suite": [
                "miniature-biased-variance@1.0",
                "batchnorm1d",
                "state",
                "running-var",
              ],
              "tags": [
                "BN-STATE-03",
              ],
            },
            {
              "duration": 0,
              "name": "batchnorm2d/norm/output/mode=train/shape=4x3x2x2/data=unit",
              "rawStatus": "conforms",
              "status": "passed",
              "suite": [
                "miniature-biased-variance@1.0",
                "batchnorm2d",
                "norm",
                "output",
              ],
              "tags": [
                "BN-STATE-03",
              ],
            },
          ],
          "tool": {
            "name": "bn-conformance",
            "version": "0.1.0",
          },
        },
        "specVersion": "0.0.0",
      }
    `);
  });

  it('each status has its outcome, the totals count them, and the status itself is kept', async () => {
    const asked = statuses.filter((status) => status !== 'not-run');
    const cases = statuses.map((status) => `batchnorm1d/norm/x/case=${status}`);
    const lines = [facts(), ...asked.map((status, index) => line(index, { status, found: status })), footer()];
    const { tests, summary } = (await of(header({ cases }), ...lines)).results;
    expect(Object.fromEntries(tests.map(({ rawStatus, status }) => [rawStatus, status]))).toEqual({
      conforms: 'passed', documented: 'passed', inaccurate: 'passed', violates: 'failed', known: 'other', stale: 'failed', unsupported: 'skipped', ungradable: 'other', mistrusted: 'failed',
      crashed: 'failed', 'timed-out': 'failed', garbled: 'failed', 'not-run': 'failed',
    });
    expect(summary).toMatchObject({ tests: 13, passed: 3, failed: 7, skipped: 1, other: 2, pending: 0 });
    const strict = (await of(header({ cases, strict: true }), ...lines)).results;
    expect([strict.tests[2]?.status, strict.summary.failed]).toEqual(['failed', 8]);
  });

  it('a duration is milliseconds, whole; a start that is no time is 0', async () => {
    const { summary, tests } = (await of(header({ startedAt: 'yesterday' }), facts(), line(0, { durationUs: 12_600 }), violation(1), line(2), footer())).results;
    expect([summary.start, summary.stop, tests[0]?.duration]).toEqual([0, 1500, 13]);
  });
});
