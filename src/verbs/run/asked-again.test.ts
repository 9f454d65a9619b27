import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../../environments/home.ts';
import { interpreterOf } from '../fixtures/interpreter-of.ts';
import { runnerNamed, runnersFolder } from '../runners-folder.ts';
import { run } from './run.ts';

const home = harnessHome(process.env);
const minutes = 60_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-again-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('BN-NUM-04 a case that says how many threads it wants is asked again', () => {
  it.each([
    ['miniature-honest', 'miniatures', 'MiniatureAdapter'], ['pytorch', 'pytorch', 'TorchAdapter'], ['mindspore', 'mindspore', 'MindSporeAdapter'],
  ])('%s: twice, and a third time after another case; any other case is asked once', async (runner, of, adapter) => {
    const python = await interpreterOf(await runnerNamed(runner), home);
    const { stdout } = await execa(python, [join(runnersFolder, 'protocol', 'count_questions.py'), of, adapter]);
    expect(stdout.split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([[0], [0, 0, 11, 0]]);
  }, 2 * minutes);

  it('a miniature that sums in another order each time is inside every bound, and is found out where it is asked again', async () => {
    const runner = 'miniature-sums-in-changing-order';
    const options = {
      suite: 'core', runners: [runner], python: {}, select: ['batchnorm1d/num/threads/program=train-backward/**', 'batchnorm1d/grad/backward/program=train-backward/shape=5x3/**'],
      out: join(folder, 'lie'), strict: false, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 60_000, home, command: 'asked-again.test',
    };
    const { summary, run: { runners } } = await run(options, { stage: () => undefined, progress: () => undefined }, new AbortController().signal);
    const findings = summary.runners[`${runner}@1.0`]?.findings ?? [];
    expect(findings.map(({ cause, rule, status }) => [cause, rule, status])).toEqual([['not-repeatable', 'BN-NUM-04', 'inaccurate']]);
    const cases = runners.flatMap((one) => one.cases);
    expect(cases.length).toBeGreaterThan(20);
    expect(cases.filter(({ id, status }) => (status === 'inaccurate') !== id.includes('/num/threads/'))).toEqual([]);
  }, 2 * minutes);
});
