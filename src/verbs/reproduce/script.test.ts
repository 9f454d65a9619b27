import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../cases/case.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import { runnerNamed } from '../runners-folder.ts';
import { hexFloat, pythonNumbers } from './python.ts';
import { expectationFor } from '../fuzz/question.ts';
import { caseOf, type Recipe } from '../fuzz/recipe.ts';
import { standAloneScript, type Story } from './script.ts';

const home = harnessHome(process.env);
const minutes = 60_000;
const story: Story = { status: 'violates', cause: 'unexplained', rule: 'BN-NORM-01', title: null, from: 'Made for a test.' };
const recipe: Recipe = {
  seed: 3, layer: 'batchnorm2d', shape: [3, 2, 2, 2], program: 'train-backward-reload-eval-backward', statistics: 'tracked', momentum: 0.3, eps: 1e-3, affine: true,
  dtype: 'float32', layout: 'channels-last', start: 'distinct', x: ['unit'], dy: 'unit',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-script-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function runScript(runner: string, question: Case, change: (script: string) => string = (script) => script): Promise<{ readonly code: number | undefined; readonly stdout: string }> {
  const { environment } = await runnerNamed(runner);
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  const { python } = await ensureEnvironment(environment, { home, onProgress: () => undefined });
  const path = join(folder, `case-of-${runner}.py`);
  await writeFile(path, change(standAloneScript(runner, expectationFor(question), story) ?? ''));
  const { exitCode, stdout, stderr } = await execa(python, [path], { reject: false, env: { GLOG_v: '3' } });
  return { code: exitCode, stdout: stdout === '' ? stderr : stdout };
}

describe.each(['pytorch', 'mindspore'])('a stand-alone script for %s', (runner) => {
  it.each(['channels-last', 'transposed', 'strided'] as const)('runs every kind of step in layout %s, and exits with 0 where all is as the rules say', async (layout) => {
    const { code, stdout } = await runScript(runner, caseOf({ ...recipe, layout, layer: layout === 'strided' ? 'batchnorm3d' : 'batchnorm2d', shape: layout === 'strided' ? [2, 2, 2, 1, 2] : recipe.shape }, 'script'));
    expect([code, stdout.match(/: ok/g)?.length, stdout.includes('DEVIATES')], stdout).toEqual([0, runner === 'pytorch' ? 23 : 18, false]);
  }, 2 * minutes);

  it('control: exits with 1 where one expected number is another', async () => {
    const expected = /(y0,[\s(]*')(\S+)/;
    const { code, stdout } = await runScript(runner, caseOf(recipe, 'script'), (script) => script.replace(expected, '$10x1p+7'));
    expect([code, stdout.match(/DEVIATES/g)?.length, /step 0: y: DEVIATES\n {2}\[0\] expected 128\.0 within \S+, got -?\d/.test(stdout)], stdout).toEqual([1, 1, true]);
  }, 2 * minutes);

  it('BN-ERR-01 a call that must be refused is, and the state is checked', async () => {
    const { code, stdout } = await runScript(runner, caseOf({ ...recipe, program: 'train', features: 3 }, 'script'));
    expect([code, stdout], stdout).toEqual([runner === 'pytorch' ? 1 : 0, expect.stringMatching(/refused: \w+Error[^]*step 0: refused: ok[^]*running_var: ok/)]);
  }, 2 * minutes);
});

describe('numbers in a script', () => {
  it.each([
    [0, '0x0p+0'], [-0, '-0x0p+0'], [1, '0x1p+0'], [-1.5, '-0x1.8p+0'], [0.1, '0x1.999999999999ap-4'], [2 ** -1074, '0x1p-1074'], [3 * 2 ** -1074, '0x1.8p-1073'],
    [Number.MAX_VALUE, '0x1.fffffffffffffp+1023'], [NaN, 'nan'], [-Infinity, '-inf'],
  ])('%s is %s', (value, text) => {
    expect(hexFloat(value)).toBe(text);
  });

  it('many numbers take several lines, none longer than 110 characters', () => {
    const text = pythonNumbers(Array.from({ length: 40 }, (_, i) => i / 3), '    ');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    expect(text.match(/0x/g)).toHaveLength(40);
  });

  it('no script is written for a framework that has no spelling here', () => {
    expect(standAloneScript('miniature', expectationFor(caseOf(recipe, 'script')), story)).toBeNull();
  });
});
