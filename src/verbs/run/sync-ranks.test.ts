import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readGoldens } from '../../cases/golden.ts';
import { harnessHome } from '../../environments/home.ts';
import type { Answer } from '../../runners/answer.ts';
import { openSession } from '../../runners/session.ts';
import { packageRoot } from '../../spec/package-root.ts';
import { interpreterOf } from '../fixtures/interpreter-of.ts';
import { processesIn } from '../fixtures/processes.ts';
import { runnerNamed } from '../runners-folder.ts';
import type { RunOutcome } from './options.ts';
import { run } from './run.ts';

const silent = { stage: () => undefined, progress: () => undefined };
const home = harnessHome(process.env);
const minutes = 60_000;

let folder = '';
beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'bn-sync-')));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function ask(runner: string, select: readonly string[]): Promise<RunOutcome> {
  const options = {
    suite: 'core', runners: [runner], python: {}, select, out: join(folder, runner), strict: true, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 60_000, home,
    command: 'sync-ranks.test',
  };
  return run(options, silent, new AbortController().signal);
}

const pooled = ['syncbatchnorm/sync/**', 'syncbatchnorm/num/golden/**'];

describe('BN-SYNC-01 the real torch.nn.SyncBatchNorm over gloo ranks', () => {
  let outcome: RunOutcome;
  beforeAll(async () => {
    outcome = await ask('pytorch', pooled);
  }, 10 * minutes);

  it('conforms in every case over several ranks, and leaves none out; with its own kernels it refuses the CPU, and counts the step', () => {
    const { gate, planned, statuses } = outcome.summary;
    expect([gate, statuses.conforms + statuses.known]).toEqual(['pass', planned]);
    const known = outcome.run.runners.flatMap(({ cases }) => cases).filter(({ status }) => status === 'known');
    expect(known.map(({ id, cause }) => [id.split('/')[2], /option=([\w-]+)/.exec(id)?.[1], cause]).sort()).toEqual([
      ['own-kernels', 'kernels-alone', 'state-changed-by-refused-call'], ['own-kernels', 'kernels-named', 'state-changed-by-refused-call'], ['own-kernels', 'kernels-own', 'state-changed-by-refused-call'],
    ]);
    expect(planned).toBeGreaterThanOrEqual(120);
  });

  it('says that its kernels are substituted', () => {
    expect(outcome.run.runners[0]?.facts?.build).toContain('syncbatchnorm of several ranks: gloo, kernels=substituted');
  });

  it.each([
    ['rank-local-statistics', 'BN-SYNC-01'], ['unweighted-pooling', 'BN-SYNC-01'], ['rank-local-gradient-sums', 'BN-SYNC-02'], ['pooled-parameter-gradients', 'BN-SYNC-03'],
  ])('control: the miniature %s is caught by the same cases, under %s', async (lie, rule) => {
    const { summary } = await ask(`miniature-${lie}`, pooled);
    expect(summary.gate).toBe('fail');
    expect(summary.runners[`miniature-${lie}@1.0`]?.findings[0]).toMatchObject({ rule, cause: lie });
  }, 5 * minutes);

  it('alone, without a process group, is BatchNorm', async () => {
    const { summary, run: { runners } } = await ask('pytorch', ['syncbatchnorm/norm/**', 'syncbatchnorm/grad/**', 'syncbatchnorm/state/**']);
    const { conforms, unsupported, known, ...others } = summary.statuses;
    expect([summary.gate, Math.max(...Object.values(others))]).toEqual(['pass', 0]);
    expect(conforms + unsupported + known).toBe(summary.planned);
    expect(conforms).toBeGreaterThan(1000);
    const causes = new Set(runners.flatMap(({ cases }) => cases).flatMap(({ status, cause }) => (status === 'known' ? [cause] : [])));
    const ofItsOwn = 'unexpected-refusal'; // tracking that is switched on is asserted away there
    expect([...causes].sort()).toEqual(['bfloat16-inside', 'half-precision-inside', 'late-evaluation-gradient', ofItsOwn]);
  }, 5 * minutes);
});

describe('MindSpore 2.10.0 SyncBatchNorm', () => {
  it('is BatchNorm alone; two workers that msrun started refuse to be several', async () => {
    const { summary, run: { runners } } = await ask('mindspore', ['syncbatchnorm/**/ranks=2x3+3x3/momentum=0.5/**', 'syncbatchnorm/norm/**/shape=5x3/**']);
    expect(summary).toMatchObject({ gate: 'pass', statuses: { conforms: 4, unsupported: 8 } });
    const reasons = new Set(runners.flatMap(({ cases }) => cases).flatMap(({ status, reason }) => (status === 'unsupported' ? [reason] : [])));
    expect([...reasons]).toEqual([expect.stringMatching(/^no SyncBatchNorm over several processes on the CPU \(.*Ascend; msrun --worker_num=2 .*\) → RuntimeError: .*Unsupported op \[SyncBatchNorm\] on CPU/)]);
  }, 5 * minutes);
});

/** Whether it is a worker, and has imported MindSpore: then it looks for the others. */
function looksForOthers(pid: string): boolean {
  return readFileSync(`/proc/${pid}/environ`, 'utf8').includes('MS_ROLE=MS_WORKER') && readFileSync(`/proc/${pid}/maps`, 'utf8').includes('libmindspore_core');
}

describe('the workers of msrun', () => {
  it('which have a session of their own, go when the process group of the runner is killed, even while they look for each other', async () => {
    const place = await mkdtemp(join(folder, 'w'));
    const python = await interpreterOf(await runnerNamed('mindspore'), home);
    const script = fileURLToPath(new URL('fixtures/ask_workers.py', import.meta.url));
    const asking = execa(python, [script, join(packageRoot, 'runners', 'mindspore')], {
      cwd: place, env: { TMPDIR: place }, detached: true, stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', reject: false,
    });
    await expect.poll(() => processesIn(place).filter(looksForOthers), { timeout: minutes }).toHaveLength(2);
    process.kill(-(asking.pid ?? NaN), 'SIGKILL');
    await asking;
    await expect.poll(() => processesIn(place), { timeout: 5000 }).toEqual([]);
    const [abandoned] = await readdir(place);
    const again = execa(python, [script, join(packageRoot, 'runners', 'mindspore')], { cwd: place, env: { TMPDIR: place }, stdin: 'ignore' });
    expect((await again).stdout).toMatch(/Unsupported op \[SyncBatchNorm\] on CPU/);
    expect([abandoned, ...await readdir(place)]).toEqual([expect.stringMatching(/^bn-msrun-/)]);
  }, 5 * minutes);
});

describe('the processes of the ranks', () => {
  it('start with the first case over several ranks, and go with the runner', async () => {
    const golden = readGoldens(join(packageRoot, 'cases', 'golden')).map((one) => one.case);
    const questions = ['first-vector', 'sync-unequal-counts'].map((name, seq) => ({ seq, case: golden.find(({ id }) => id.includes(`name=${name}/`)) ?? golden[0]! }));
    const runner = await runnerNamed('pytorch');
    const session = await openSession(runner, { logFolder: folder, python: await interpreterOf(runner, home) });
    const counts: number[] = [];
    const kinds: Answer['kind'][] = [];
    try {
      for (const question of questions) {
        await session.run(Readable.from([question]), ({ kind }) => { kinds.push(kind); });
        counts.push(processesIn(folder).length);
      }
    } finally {
      await session.close();
    }
    expect(kinds).toEqual(['observed', 'observed']);
    expect(counts).toEqual([2, 6]); // the runner and the supervisor; four ranks
    await expect.poll(() => processesIn(folder), { timeout: 5000 }).toEqual([]);
  }, 5 * minutes);

  it('that come apart are a fault and not a hang, start anew, and go even if the runner is killed alone', async () => {
    const python = await interpreterOf(await runnerNamed('pytorch'), home);
    const script = fileURLToPath(new URL('fixtures/ask_ranks.py', import.meta.url));
    const { stdout, signal } = await execa(python, [script, join(packageRoot, 'runners', 'pytorch')], { cwd: folder, stdin: 'ignore', reject: false, stderr: 'ignore' });
    expect(signal).toBe('SIGKILL');
    expect(stdout).toMatchInlineSnapshot(`
      "observed: dbeta dgamma dx order running_mean running_var step_count; dbeta dgamma dx order running_mean running_var step_count
      fault: the ranks came apart: rank 0 was refused with ValueError: expected at least 2D input (got 1D input), while [1] still waited after 5 s
      observed: dbeta dgamma dx order running_mean running_var step_count; dbeta dgamma dx order running_mean running_var step_count"
    `);
    await expect.poll(() => processesIn(folder), { timeout: 5000 }).toEqual([]);
  }, 5 * minutes);
});
