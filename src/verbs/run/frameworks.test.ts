import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import type { Summary } from '../../spec/generated/summary.ts';
import { runnerNamed } from '../runners-folder.ts';
import { show } from '../show.ts';
import type { RunOptions, RunOutcome } from './options.ts';
import { run } from './run.ts';

const silent = { stage: () => undefined, progress: () => undefined };
const home = harnessHome(process.env);
const minutes = 60_000;

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-frameworks-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

function ask(folder: string, change: Partial<RunOptions>): Promise<RunOutcome> {
  const options: RunOptions = {
    suite: 'smoke', runners: [], python: {}, select: [], out: join(out, folder), strict: true, jobs: 2, threads: 1, device: 'cpu',
    timeLimitMs: 60_000, home, command: 'frameworks.test', ...change,
  };
  return run(options, silent, new AbortController().signal);
}

const added = (counts: Summary['statuses']): number => Object.values<number>({ ...counts }).reduce((total, count) => total + count, 0);

describe('the real PyTorch and the real MindSpore', () => {
  let outcome: RunOutcome;
  beforeAll(async () => {
    outcome = await ask('default', {});
  }, 10 * minutes);

  it('pass the strict gate of smoke, and every planned case has one status', () => {
    const { summary } = outcome;
    expect(summary).toMatchObject({ gate: 'pass', reasons: [] });
    expect(added(summary.statuses)).toBe(summary.planned);
    expect(Object.keys(summary.runners)).toEqual(['pytorch@2.13.0', 'mindspore@2.10.0']);
  });

  it('BN-STATE-03 MindSpore 2.10.0 has no finding of a biased running variance', () => {
    const findings = outcome.summary.runners['mindspore@2.10.0']?.findings ?? [];
    expect(findings.map(({ cause }) => cause)).not.toContain('biased-running-variance');
    expect(findings.map(({ cause }) => cause)).toContain('nan-state-from-one-value');
  });

  it('BN-STAT-02 MindSpore 2.10.0 leaves NaN after one value per channel in its functional form too, in a fresh process and with 2 threads', () => {
    const finding = outcome.summary.runners['mindspore@2.10.0']?.findings.find(({ cause }) => cause === 'nan-state-from-one-value');
    expect(finding?.evidence).toEqual([
      { check: 'fresh-process', outcome: 'same-bits' },
      { check: 'exact-oracle', outcome: 'not-applicable', detail: 'a refusal has no exact value' },
      { check: 'functional-form', outcome: 'deviates-too' },
      { check: 'strided', outcome: 'deviates-too' },
      { check: 'threads', outcome: 'deviates-too', threads: 2 },
    ]);
  });

  it('the first findings of both happen again in a fresh process, and the oracle contradicts no reference', () => {
    const evidence = Object.values(outcome.summary.runners).flatMap(({ findings }) => findings.slice(0, 10).map((finding) => finding.evidence ?? []));
    expect(evidence.length).toBeGreaterThan(2);
    for (const checks of evidence) expect(checks[0]).toMatchObject({ check: 'fresh-process', outcome: expect.stringMatching(/^(same-bits|deviates-again)$/) as string });
    expect(evidence.flat().map((check) => check.outcome)).not.toContain('reference-wrong');
  });

  it('BN-ERR-01 PyTorch 2.13.0 counts a refused call as a step, as its list says', () => {
    expect(outcome.summary.runners['pytorch@2.13.0']?.findings).toContainEqual(expect.objectContaining({ cause: 'state-changed-by-refused-call', rule: 'BN-ERR-01' }));
  });

  it('BN-STATE-08 MindSpore documents that a fresh layer evaluates', () => {
    expect(outcome.summary.runners['mindspore@2.10.0']?.statuses.documented).toBe(1);
  });

  it('every unsupported case says why, with a call that was really refused', () => {
    const unsupported = outcome.run.runners.flatMap(({ cases }) => cases).filter(({ status }) => status === 'unsupported');
    expect(unsupported.length).toBeGreaterThan(0);
    for (const { reason } of unsupported) expect(reason).toMatch(/\((.+); \w.+ → (\w+Error|Unheeded): .+\)/);
  });

  it('golden: show --run prints what both frameworks gave on the first vector', async () => {
    const text = await show('**/num/golden/name=first-vector/**', { run: join(out, 'default') });
    expect(text).toContain('pytorch@2.13.0: -1.22474265 -0.46290952 -5.96046448e-8 1.38872862 1.22474241 -0.925819039');
    expect(text).toContain('mindspore@2.10.0: -4.45302157e-6 1.653247 0 -0.330645114 4.38002098e-6 -1.32260168');
    expect(text).toContain('mindspore@2.10.0: 1.29999995 1.5999999');
  });
});

describe('versions and interpreters', () => {
  it('BN-STATE-03 MindSpore 2.0.0 stores the biased variance: the first finding, and the gate fails', async () => {
    const { summary } = await ask('old', { runners: ['mindspore@2.0.0'] });
    expect(summary.gate).toBe('fail');
    expect(summary.runners['mindspore@2.0.0']?.findings[0]).toMatchObject({ cause: 'biased-running-variance', rule: 'BN-STATE-03' });
  }, 10 * minutes);

  it('--python judges the interpreter that the user names, and says which framework and build it found', async () => {
    const { environment } = await runnerNamed('pytorch');
    if (environment === undefined) throw new TypeError('expected a pinned environment');
    const { python } = await ensureEnvironment(environment, { home, onProgress: () => undefined });
    const { run: measured } = await ask('own', { runners: ['pytorch'], python: { pytorch: python } });
    expect(measured.runners[0]?.facts).toMatchObject({ interpreter: 'user', framework: 'pytorch', version: expect.stringMatching(/^2\.13\.0/) as string, build: expect.stringMatching(/\w{8}/) as string });
  }, 10 * minutes);
});
