import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../environments/ensure.ts';
import { harnessHome } from '../environments/home.ts';
import { ruleTitles } from '../reports/formats.ts';
import { rerunCommand } from '../reports/rerun.ts';
import { judgeDump, type JudgeOptions } from './judge.ts';
import { judgedText } from './judge/text.ts';
import { runnerNamed } from './runners-folder.ts';

const minutes = 60_000;
const home = harnessHome(process.env);

const makeDumps = `
import sys
import numpy as np

draw = np.random.default_rng(5).normal
x, dy = draw(3, 2, (6, 3, 4)).astype('float32'), draw(0, 1, (6, 3, 4)).astype('float32')
f = lambda *values: np.array(values, 'float32')
state = {'weight': f(0.5, 1, 2), 'bias': f(0, 1, -1), 'running_mean': f(3, 2, 4), 'running_var': f(4, 3, 5), 'num_batches_tracked': np.array(7)}
np.save('x.npy', x)
np.save('columns.npy', np.asfortranarray(x))
np.save('dy.npy', dy)
np.savez('state.npz', **state)
np.savez_compressed('all.npz', input=x, grad_output=dy, **state)
np.save('patterns.npy', (x.view('uint32') >> 16).astype('uint16'))
np.save('objects.npy', np.array([{}, []], object))
np.savez('strange.npz', x=x, gama=f(1, 1, 1))
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-judge-'));
  const { environment } = await runnerNamed('miniature-honest');
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  const { python } = await ensureEnvironment(environment, { home, onProgress: () => undefined });
  await execa(python, ['-c', makeDumps], { cwd: folder });
}, 3 * minutes);
afterAll(() => rm(folder, { recursive: true, force: true }));

const listener = { stage: () => undefined, progress: () => undefined };
const judge = (input: string, change: Partial<JudgeOptions> = {}) => judgeDump({
  input: join(folder, input), layer: 'BatchNorm1d', settings: {}, mode: null, runners: ['miniature-honest'], python: {}, out: join(folder, 'out'), strict: false, jobs: 2, threads: 1,
  device: 'cpu', timeLimitMs: minutes, home, command: 'bn-conformance judge --input x.npy --layer BatchNorm1d', ...change,
}, listener, new AbortController().signal);
const dumped = () => ({ dy: join(folder, 'dy.npy'), state: join(folder, 'state.npz') });

describe('judge', { timeout: 5 * minutes }, () => {
  it('the real frameworks lie inside, forward and backward, in both modes', async () => {
    const { run, decision } = await judge('x.npy', { ...dumped(), runners: ['pytorch', 'mindspore'], settings: { eps: '1e-3' } });
    expect(run.runners.map(({ cases }) => cases.map(({ status, accuracy }) => [status, accuracy.length]))).toEqual([[['conforms', 7], ['conforms', 7]], [['conforms', 6], ['conforms', 6]]]);
    expect(decision.gate).toBe('pass');
    expect((await readdir(join(folder, 'out'))).sort()).toEqual(expect.arrayContaining(['discrepancies.csv', 'index.html', 'junit.xml', 'results.csv', 'run.ndjson', 'summary.json']));
  });

  it('one archive, two files and Fortran order ask the same questions', async () => {
    const ids = await Promise.all([judge('all.npz', { out: join(folder, 'a') }), judge('columns.npy', { ...dumped(), out: join(folder, 'b') })].map(async (judged) => [...(await judged).run.header.cases]));
    expect(ids[0]).toEqual(ids[1]);
    expect(ids[0]).toHaveLength(2);
  });

  it('golden: what lies outside, where, why, and how to reconcile it; the control beside it lies inside', async () => {
    const judged = await judge('x.npy', { ...dumped(), runners: ['miniature-biased-running-variance', 'miniature-honest'], mode: 'train' });
    expect(judgedText(judged, ruleTitles()).replaceAll(/again in a fresh process.*$/gm, 'EVIDENCE')).toMatchInlineSnapshot(`
      "batchnorm1d, x [6, 3, 4] float32; eps 0.00001, momentum 0.1, statistics tracked

      miniature-biased-running-variance@1.0  miniature 1.0, cpu
        train, backward: outside (violates)
          BN-STATE-03 running variance stores the unbiased batch variance
          3 elements of running_var, worst running_var[1] = 2.9718506336, expected 2.9836701722, accepted [2.983667, 2.983673], 3.8e3 × the bound
          cause: biased-running-variance: running variance stores the biased batch variance (divisor n, not n − 1)
          to reconcile: multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts
          evidence: EVIDENCE

      miniature-honest@1.0  miniature 1.0, cpu
        train, backward: inside: y, dx, dgamma, dbeta, running_mean, running_var, step_count; largest error 0.078 of the bound, in running_mean

      gate: fail
        1 violates
      "
    `);
    expect(judged.decision.gate).toBe('fail');
    expect(judged.run.runners.map((runner) => rerunCommand(judged.run.header, runner, judged.run.header.cases.at(0) ?? ''))[0]).toBe('npm run cli -- judge --input x.npy --layer BatchNorm1d');
  });

  it('an element of y is named by its indices', async () => {
    const judged = await judge('x.npy', { ...dumped(), runners: ['miniature-eps-outside-sqrt'], settings: { eps: '0.5' }, mode: 'eval' });
    expect(judgedText(judged, ruleTitles())).toMatch(/72 elements of y, worst y\[[0-5], [0-2], [0-3]\] = -?\d/);
  });

  it('16-bit patterns are bfloat16 where --dtype says so', async () => {
    const { run, questions } = await judge('patterns.npy', { dtype: 'bfloat16', runners: ['pytorch'], mode: 'train', settings: { dtype: 'float32' } });
    expect(questions.cases[0]?.literal?.ranks[0]?.inputs[0]?.dtype).toBe('bfloat16');
    expect(run.runners[0]?.cases.map(({ status }) => status)).toEqual(['conforms']);
  });

  it('what no framework offers is judged by none', async () => {
    await expect(judge('x.npy', { runners: ['mindspore'], settings: { statistics: 'untracked' } })).rejects.toMatchObject({ code: 'NOTHING_JUDGED' });
  });

  it.each<[what: string, input: string, change: () => Partial<JudgeOptions>, code: string, message: string]>([
    ['no file', 'none.npy', () => ({}), 'DUMP_UNREADABLE', 'ENOENT'], ['objects', 'objects.npy', () => ({}), 'DUMP_INVALID', "elements '|O'"],
    ['patterns without a name', 'patterns.npy', () => ({}), 'DUMP_INVALID', "elements '<u2'"], ['a name that nothing has', 'strange.npz', () => ({}), 'DUMP_NAME_UNKNOWN', 'strange.npz: gama is none'],
    ['a type that the file contradicts', 'x.npy', () => ({ dtype: 'float16' }), 'DUMP_TYPE', 'is float32, --dtype says float16'],
    ['one array given twice', 'all.npz', () => ({ dy: join(folder, 'dy.npy') }), 'DUMP_NAME_TWICE', 'are both dy'],
    ['a state that is one array', 'x.npy', () => ({ state: join(folder, 'dy.npy') }), 'DUMP_INVALID', 'is one array, expected an archive'],
  ])('%s is refused before anything starts', async (_, input, change, code, message) => {
    await expect(judge(input, change())).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
  });
});
