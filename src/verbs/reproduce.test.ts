import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureEnvironment } from '../environments/ensure.ts';
import { harnessHome } from '../environments/home.ts';
import { reproduce, slugOf } from './reproduce.ts';
import { runnerNamed } from './runners-folder.ts';

const minutes = 60_000;
const oneValue = 'batchnorm1d/stat/one-value/program=train/shape=1x3/affine=true/momentum=0.1/initial=default/data=unit';
const many = 'batchnorm1d/num/many-elements/program=train-backward/shape=20000x2/momentum=0.1/initial=distinct/data=offset-1e3';
const golden = 'batchnorm1d/num/golden/name=first-vector/**';

let out = '';
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-reproduce-'));
});
afterAll(() => rm(out, { recursive: true, force: true }));

async function pythonOf(id: string): Promise<string> {
  const { environment } = await runnerNamed(id);
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  return (await ensureEnvironment(environment, { home: harnessHome(process.env), onProgress: () => undefined })).python;
}

async function outcomeOf(python: string, ...words: readonly string[]): Promise<{ readonly code: number | undefined; readonly stdout: string }> {
  const { exitCode, stdout, stderr } = await execa(python, words, { reject: false, env: { GLOG_v: '3' } });
  return { code: exitCode, stdout: stdout === '' ? stderr : stdout };
}

describe('reproduce', { timeout: 3 * minutes }, () => {
  it('BN-STAT-02 one value per channel: the script shows what MindSpore does, without the harness', async () => {
    const [path = ''] = await reproduce(oneValue, { runners: ['mindspore'], out });
    expect(basename(path)).toBe(`${slugOf(oneValue)}-mindspore.py`);
    const { code, stdout } = await outcomeOf(await pythonOf('mindspore'), path);
    expect([code, stdout], stdout).toEqual([1, expect.stringContaining('step 0: a finite state: DEVIATES')]);
  });

  it('two runners: one script each, and a third that compares their answers bit by bit', async () => {
    const paths = await reproduce(golden, { runners: ['pytorch', 'mindspore'], out });
    expect(paths.map((path) => path.slice(path.lastIndexOf('-') + 1))).toEqual(['pytorch.py', 'mindspore.py', 'comparison.py']);
    const pythons = await Promise.all(['pytorch', 'mindspore'].map(pythonOf));
    const alone = await Promise.all(pythons.map((python, i) => outcomeOf(python, paths[i] ?? '')));
    expect(alone.map(({ code }) => code), alone.map(({ stdout }) => stdout).join('\n')).toEqual([0, 0]);
    const { code, stdout } = await outcomeOf(pythons[0] ?? '', paths[2] ?? '', ...pythons);
    expect(code, stdout).toBe(1);
    expect(stdout).toMatch(/^step 0: running_mean: the same$/m);
    expect(stdout).toMatch(/^step 1: dx\[\d\]: pytorch \S+, mindspore \S+$/m);
    expect(stdout).toContain('step 0: step count: only pytorch has it');
  });

  it('BN-NUM-02 much data lies in a file beside the script, and the script shows what it would show inline', async () => {
    const [path = '', numbers = ''] = await reproduce(many, { runners: ['miniature-honest'], out });
    expect([basename(path), basename(numbers)]).toEqual([`${slugOf(many)}-miniature-honest.py`, `${slugOf(many)}-miniature-honest.npy`]);
    expect((await readFile(path)).length).toBeLessThan(60_000);
    const python = await pythonOf('miniature-honest');
    const honest = await outcomeOf(python, path);
    expect([honest.code, honest.stdout.includes('DEVIATES')], honest.stdout).toEqual([0, false]);
    const [lying = ''] = await reproduce(many, { runners: ['miniature-nan-in-last-element'], out });
    expect(await outcomeOf(python, lying)).toEqual({ code: 1, stdout: expect.stringMatching(/step 0: y: DEVIATES\n {2}\[39999\] expected -?\d\S+ within \S+, got nan\n/) as string });
  });

  it('without a run the script names the case; of what a run calls a finding it tells the cause', async () => {
    const [path = ''] = await reproduce(golden, { runners: ['pytorch'], out });
    expect((await readFile(path, 'utf8')).split('\n').slice(0, 4)).toEqual([
      '"""One case of Batch Normalization.', '', expect.stringContaining('A case of bn-conformance, batchnorm1d/num/golden/name=first-vector/'),
      'Needs torch and numpy, nothing else. Exit code 1 while the framework deviates from the rule, 0 once it does not.',
    ]);
  });

  it.each([
    ['batchnorm1d/stat/one-value/**', ['pytorch'], 'CASE_AMBIGUOUS'], ['no/such/case', ['pytorch'], 'SELECT_EMPTY'], [golden, ['miniature-hangs'], 'NOT_REPRODUCIBLE'],
    [golden, ['pytorhc'], 'UNKNOWN_RUNNER'],
  ])('%s for %s is refused: %s', async (pattern, runners, code) => {
    await expect(reproduce(pattern, { runners, out })).rejects.toMatchObject({ code });
  });
});
