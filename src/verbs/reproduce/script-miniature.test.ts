import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../cases/case.ts';
import { materialise } from '../../cases/materialise.ts';
import { select } from '../../cases/select.ts';
import { underContract } from '../../diff/contract.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { harnessHome } from '../../environments/home.ts';
import { readDialect } from '../../spec/dialect.ts';
import { expectationFor } from '../fuzz/question.ts';
import { caseOf, type Recipe } from '../fuzz/recipe.ts';
import { loadPlan } from '../load-plan.ts';
import { runnerNamed, runnersFolder } from '../runners-folder.ts';
import { definitionsOf, miniatureModel } from './miniature-model.ts';
import { scriptOf, type Story } from './script.ts';

const story: Story = { status: 'violates', cause: null, rule: null, title: null, from: 'Made for a test.' };
const recipe: Recipe = {
  seed: 3, layer: 'batchnorm2d', shape: [3, 2, 2, 2], program: 'train-backward-reload-eval-backward', statistics: 'tracked', momentum: 0.3, eps: 1e-3, affine: true,
  dtype: 'float32', layout: 'channels-last', start: 'distinct', x: ['unit'], dy: 'unit',
};
const plain: Recipe = { ...recipe, layer: 'batchnorm1d', layout: 'contiguous', shape: [4, 3], program: 'train' };

let python = '';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bn-miniature-'));
  const { environment } = await runnerNamed('miniature-honest');
  if (environment === undefined) throw new TypeError('expected a pinned environment');
  ({ python } = await ensureEnvironment(environment, { home: harnessHome(process.env), onProgress: () => undefined }));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

async function runLie(lie: string, question: Case): Promise<{ readonly code: number | undefined; readonly stdout: string }> {
  const { planned, case: asked, accepted } = expectationFor(question);
  const expected = { planned, case: asked, accepted: underContract(accepted, asked, readDialect('core', 'newest').errors) };
  const path = join(folder, `${lie}.py`);
  await writeFile(path, scriptOf({ framework: 'miniature', variant: lie }, expected, story)?.text ?? '');
  const { exitCode, stdout, stderr } = await execa(python, ['-I', path], { reject: false }); // -I: nothing but numpy can be imported
  return { code: exitCode, stdout: stdout === '' ? stderr : stdout };
}

const everyStep = caseOf(recipe, 'script');
const oneValue = caseOf({ ...plain, shape: [1, 3] }, 'script');
const twoRanks: Case = { ...caseOf({ ...plain, program: 'train-backward' }, 'script'), layer: 'syncbatchnorm', ranks: [...everyPlain(5), ...everyPlain(9)] };

function everyPlain(seed: number): Case['ranks'] {
  return caseOf({ ...plain, program: 'train-backward', seed }, 'script').ranks;
}

/** The first case of `core` that a pattern names. */
function coreCase(pattern: string): Case {
  const plan = loadPlan('core');
  const [one] = select(plan.cases, [pattern]);
  if (one === undefined) throw new RangeError(`expected a case like ${pattern}`);
  return materialise(one, plan.seed);
}

describe('a stand-alone script of a miniature', { timeout: 30_000 }, () => {
  it.each([
    ['biased-running-variance', 'BN-STATE-03', everyStep, /step 0: running_var: DEVIATES\n {2}\[0\] expected \S+ within \S+, got \S+/],
    ['missing-mean-term', 'BN-GRAD-01', everyStep, /step 1: dx: DEVIATES/],
    ['wrong-dtype', 'BN-DTYPE-01', everyStep, /step 0: y: DEVIATES\n {2}expected float32 \(3, 2, 2, 2\), got float64 \(3, 2, 2, 2\)/],
    ['parameter-gradients-missing', 'BN-GRAD-02', everyStep, /step 1: dgamma: DEVIATES\n {2}expected float32 \(2,\), got object \(0,\)/],
    ['state-lost-on-reload', 'BN-STATE-13', everyStep, /step 2: running_mean: DEVIATES/],
    ['input-modified', 'BN-STATE-12', everyStep, /operands that the call has changed: DEVIATES: expected \[\], got \['x'\]/],
    ['nan-instead-of-error', 'BN-STAT-02', oneValue, /step 0: refused: DEVIATES: expected True, got False/],
    ['state-changed-by-refused-call', 'BN-ERR-01', oneValue, /refused: ValueError[^]*step 0: refused: ok[^]*step 0: step count: DEVIATES: expected 0, got 1/],
    ['refusal-of-another-class', 'BN-ERR-02', oneValue, /step 0: class of the error: DEVIATES/],
    ['untracked-keeps-state', 'BN-STATE-11', caseOf({ ...plain, statistics: 'untracked', start: 'default' }, 'script'), /step 0: running state: DEVIATES: expected \[\], got \['running_mean'/],
    ['rank-2-refused', 'BN-SHAPE-01', caseOf(plain, 'script'), /DEVIATES: expected a result, got ValueError: batchnorm1d expected/],
    ['rank-local-statistics', 'BN-SYNC-01', twoRanks, /rank 0, step 0: y: DEVIATES[^]*rank 1, step 0: y: DEVIATES/],
    ['mode-lost-on-conversion', 'BN-SYNC-04', coreCase('batchnorm1d/sync/converted/program=eval-convert-stay/**'), /step 2: y: DEVIATES/],
    ['momentum-change-ignored', 'BN-STATE-14', coreCase('batchnorm1d/state/live-settings/program=train-momentum:0.5-train-eval/**'), /step 2: running_mean: DEVIATES/],
    ['paused-evaluation-by-batch', 'BN-STATE-15', coreCase('batchnorm1d/state/paused/program=statistics:paused-train-eval-train/**/statistics=tracked/**'), /step 2: y: DEVIATES/],
    ['initialiser-ignored', 'BN-STATE-16', coreCase('batchnorm1d/err/option/program=train-backward/shape=5x3/option=initial-names/**'), /construction: running_mean: DEVIATES/],
    ['gradients-replaced', 'BN-GRAD-05', coreCase('batchnorm1d/grad/accumulation/program=train-accumulate-train-accumulate/**'), /step 3: dgamma: DEVIATES/],
    ['second-order-missing', 'BN-GRAD-06', coreCase('batchnorm1d/grad/double-backward/program=train-double/**'), /step 1: ddx: DEVIATES/],
    ['second-thread-lost', 'BN-STAT-01', coreCase('batchnorm1d/num/threads/program=train-backward/shape=5x65/threads=2/**'), /step 0: y: DEVIATES/],
    ['avx2-tail-missing', 'BN-STAT-01', coreCase('batchnorm1d/num/threads/program=train-backward/shape=5x65/**/capability=avx2/**'), /step 0: y: DEVIATES/],
    ['biased-running-variance+gamma-plus-one', 'BN-NORM-04', everyStep, /step 0: y: DEVIATES[^]*step 0: running_var: DEVIATES/],
  ])('%s (%s) deviates, and the honest model does not', async (lie, _, question, line) => {
    const lying = await runLie(lie, question);
    expect([lying.code, lying.stdout], lying.stdout).toEqual([1, expect.stringMatching(line)]);
    const honest = await runLie('honest', question);
    expect([honest.code, honest.stdout.includes('DEVIATES'), honest.stdout.includes(': ok')], honest.stdout).toEqual([0, false, true]);
  });

  it('another honest arithmetic exits with 0, too', async () => {
    expect(await runLie('honest-flush-to-zero', everyStep)).toMatchObject({ code: 0 });
  });
});

describe('the model in a script', () => {
  it('holds the lie, not those beside it, and no import of the protocol', () => {
    const { className, source } = miniatureModel('eps-outside-sqrt') ?? { className: '', source: '' };
    expect([className, source.match(/^class \w+(?=\(HonestLayer\))/gm)]).toEqual(['EpsOutsideSqrt', ['class EpsOutsideSqrt']]);
    expect(source).toContain('return np.sqrt(variance) + self.config.eps');
    expect(source).not.toMatch(/import|bn_protocol/);
  });

  it.each(['hangs', 'dies', 'truncated-frame', 'no-such-lie', 'eps-ignored+hangs'])('there is none of %s', (lie) => {
    expect(miniatureModel(lie)).toBeNull();
  });

  it('there is one of every lie that is not of the process', async () => {
    const { lies } = JSON.parse(await readFile(join(runnersFolder, 'miniatures', 'lies.json'), 'utf8')) as { readonly lies: readonly { readonly name: string; readonly kind: string }[] };
    expect(lies.filter(({ name, kind }) => (miniatureModel(name) === null) !== (kind === 'conduct'))).toEqual([]);
  });

  it('no name is defined twice, so that each means one definition', async () => {
    const root = join(runnersFolder, 'miniatures');
    const paths = ['rows.py', 'mode_table.py', 'refusals.py', 'model.py', 'variants.py', ...(await readdir(join(root, 'lies'))).filter((name) => /^[a-z]\w*\.py$/.test(name)).map((name) => join('lies', name))];
    const names = (await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')))).flatMap(definitionsOf).map(({ name }) => name);
    expect(names.length).toBeGreaterThan(100);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('control: a definition is a class with its decorator, a function or a constant, without imports and comments of the module', () => {
    const text = '"""Words."""\n\nfrom a import (\n    b,\n)\nimport c\n\n# --- part\n\nONE: int = 1\n\n\n@of\nclass Two:\n    def inner(self): ...\n\n\ndef three() -> None:\n    pass\n';
    expect(definitionsOf(text)).toEqual([{ name: 'ONE', text: 'ONE: int = 1' }, { name: 'Two', text: '@of\nclass Two:\n    def inner(self): ...' }, { name: 'three', text: 'def three() -> None:\n    pass' }]);
  });
});
