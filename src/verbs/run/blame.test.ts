import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import { describeEvidence } from '../../reports/evidence-text.ts';
import { packageRoot } from '../../spec/package-root.ts';
import { runnerNamed } from '../runners-folder.ts';
import type { RunOptions, RunOutcome } from './options.ts';
import { run } from './run.ts';

const minutes = 60_000;
const home = harnessHome(process.env);
const silent = { stage: () => undefined, progress: () => undefined };

let out = '';
let python = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-blame-'));
  const { environment } = await runnerNamed('miniature-honest');
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  ({ python } = await ensureEnvironment(environment, { home, onProgress: () => undefined }));
}, 5 * minutes);
afterAll(() => rm(out, { recursive: true, force: true }));

async function ask(name: string, change: Partial<RunOptions>, signal: AbortSignal = new AbortController().signal): Promise<RunOutcome> {
  const options: RunOptions = {
    suite: 'smoke', runners: [], python: {}, select: [], out: join(out, name), strict: false, jobs: 2, threads: 1, device: 'cpu',
    timeLimitMs: 2500, home, command: 'blame.test', ...change,
  };
  return run(options, silent, signal);
}

/** What is said of each finding, by cause. */
function saidOf({ run: { runners }, summary }: RunOutcome): readonly string[] {
  const findings = Object.values(summary.runners).flatMap((runner) => runner.findings);
  return findings.flatMap(({ example }) => describeEvidence(runners.flatMap(({ cases }) => cases.find(({ id }) => id === example)?.evidence ?? [])));
}

const case3d = 'batchnorm1d/grad/backward/program=eval-backward/shape=2x3x3/**';
const case2d = 'batchnorm1d/norm/output/program=eval/shape=5x3/**/data=tiny-variance';

describe('evidence on a runner whose answers depend on more than the case', { timeout: 2 * minutes }, () => {
  async function askMoody(mood: string, change: Partial<RunOptions> = {}): Promise<string> {
    const folder = join(out, `moody-${mood}`);
    await mkdir(folder, { recursive: true });
    const entry = relative(folder, join(packageRoot, 'src', 'verbs', 'run', 'fixtures', 'moody_runner.py'));
    const id = `moody-${mood}`;
    await writeFile(join(folder, 'runner.json'), JSON.stringify({ schemaVersion: 1, id, framework: 'moody', title: 'Moody', dialect: 'core', language: 'python', entry, arguments: [mood], layers: ['batchnorm1d'] }));
    const outcome = await ask(join(`moody-${mood}`, 'out'), { runners: [join(folder, 'runner.json')], python: { [id]: python }, select: [case3d], ...change });
    expect(outcome.summary.statuses.violates).toBe(1);
    return saidOf(outcome).join('\n').replaceAll(/\(\S+ of the bound\)/g, '(SHARE)');
  }

  it.each([
    ['wrong', 'evidence: again in a fresh process: same bits · exact oracle: reference right (SHARE) · functional form: not applicable (moody has no functional form) · channels-last, transposed, strided, 2 threads: deviates too'],
    ['random', 'evidence: again in a fresh process: other bits · exact oracle: reference right (SHARE) · functional form: not applicable (moody has no functional form) · channels-last, transposed, strided, 2 threads: deviates too'],
    ['leaking', 'evidence: again in a fresh process: not reproduced: an earlier case of the process, or chance, made it · exact oracle: reference right (SHARE) · functional form: not applicable (moody has no functional form) · channels-last, transposed, strided: deviates too · 2 threads: conforms'],
    ['single-threaded', 'evidence: again in a fresh process: same bits · exact oracle: reference right (SHARE) · functional form: not applicable (moody has no functional form) · channels-last, transposed, strided: deviates too · 2 threads: conforms'],
    ['row-major', 'evidence: again in a fresh process: same bits · exact oracle: reference right (SHARE) · functional form: not applicable (moody has no functional form) · channels-last, transposed, strided: conforms · 2 threads: deviates too'],
  ])('golden: %s', async (mood, said) => {
    expect(await askMoody(mood)).toBe(said);
  });

  it('a run with 2 threads is held against one with 1', async () => {
    const said = await askMoody('wrong', { threads: 2, select: [case2d] });
    expect(said).toContain('transposed, strided, 1 thread: deviates too');
    expect(said).not.toContain('channels-last');
  });
});

describe('evidence on miniatures', { timeout: 4 * minutes }, () => {
  let outcome: RunOutcome;
  const findingsOf = (name: string) => outcome.summary.runners[`miniature-${name}@1.0`]?.findings ?? [];
  beforeAll(async () => {
    outcome = await ask('miniatures', {
      runners: ['honest', 'biased-running-variance', 'state-changed-by-refused-call', 'dies', 'hangs'].map((name) => `miniature-${name}`),
      select: ['**/name=one-to-four/**', '**/one-value/**', case2d, '*/grad/backward/program=eval-backward/shape=5x3/**'],
    });
  }, 4 * minutes);

  it('BN-STATE-03 a biased variance is the same in a fresh process, and the oracle agrees with the reference', () => {
    expect(findingsOf('biased-running-variance')[0]?.evidence).toEqual([
      { check: 'fresh-process', outcome: 'same-bits' },
      { check: 'exact-oracle', outcome: 'reference-right', share: expect.toSatisfy((share: number) => share < 1e-3) as number },
      ...['functional-form', 'strided'].map((check) => ({ check, outcome: 'deviates-too' })),
      { check: 'threads', outcome: 'deviates-too', threads: 2 },
    ]);
  });

  it('BN-ERR-01 a refusal has no exact value', () => {
    expect(findingsOf('state-changed-by-refused-call')[0]?.evidence).toContainEqual({ check: 'exact-oracle', outcome: 'not-applicable', detail: 'a refusal has no exact value' });
  });

  it('what crashed is asked again once and by itself; what hung is not', () => {
    expect(findingsOf('dies').map(({ status, evidence }) => [status, evidence])).toEqual([['crashed', [{ check: 'fresh-process', outcome: 'deviates-again', detail: 'crashed' }]]]);
    expect(findingsOf('hangs').map(({ status, evidence }) => [status, evidence])).toEqual([['timed-out', undefined]]);
  });

  it('control: where nothing deviates nothing is asked again', async () => {
    const text = await readFile(join(out, 'miniatures', 'run.ndjson'), 'utf8');
    expect(text.match(/"type":"evidence","index":\d+,"runner":"miniature-\w+/g)?.map((line) => line.slice(line.indexOf('miniature')))).toEqual(['miniature-biased', 'miniature-state', 'miniature-dies']);
    expect(findingsOf('honest')).toEqual([]);
  });

  it('the evidence of an interrupted run is left out', async () => {
    const stopped = await ask('stopped', { runners: ['miniature-eps-outside-sqrt'], maxFailures: 1 });
    expect(stopped.complete).toBe(false);
    expect(saidOf(stopped)).toEqual([]);
  });
});
