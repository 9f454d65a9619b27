import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { harnessHome } from '../../environments/home.ts';
import type { CaseResult } from '../../reports/run.ts';
import { readDialect } from '../../spec/dialect.ts';
import type { RunOutcome } from './options.ts';
import { defaultRunners } from '../runners-folder.ts';
import { run } from './run.ts';

/** A cross-section of core beside smoke, in few shapes: JAX compiles each operation anew for each shape and type. */
const selection = [
  'batchnorm1d/norm/output/*/shape=5x3/*/affine=true/*/eps=1e-5/initial=distinct/*',
  'batchnorm2d/grad/backward/*/shape=2x3x2x3/*/affine=true/*/eps=1e-3/initial=default/*',
  'batchnorm1d/state/trajectory/*/shape=5x3/*/affine=true/momentum=0.5/eps=1e-5/initial=distinct/*',
  'batchnorm1d/state/reload/*/shape=5x3/**', 'batchnorm1d/shape/layout/*/shape=5x3/**', 'batchnorm1d/state/fresh-mode/*/shape=5x3/**',
  'batchnorm1d/dtype/whole-layer/*/shape=5x3/dtype=float64/momentum=0.1/initial=distinct/**', '*/num/many-elements/**/data=offset-1e3',
];
const minutes = 60_000;

let out = '';
let smoke: RunOutcome;
let core: RunOutcome;
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'bn-other-frameworks-'));
  smoke = await ask('smoke', []);
  core = await ask('core', selection);
}, 15 * minutes);
afterAll(() => rm(out, { recursive: true, force: true }));

function ask(suite: string, select: readonly string[]): Promise<RunOutcome> {
  const options = {
    suite, select, runners: ['flax', 'keras'], python: {}, out: join(out, suite), strict: true, jobs: 2, threads: 1, device: 'cpu', timeLimitMs: 60_000,
    home: harnessHome(process.env), command: 'other-frameworks.test',
  };
  return run(options, { stage: () => undefined, progress: () => undefined }, new AbortController().signal);
}

function casesOf(outcome: RunOutcome, framework: string): readonly CaseResult[] {
  return outcome.run.runners.filter(({ facts }) => facts?.framework === framework).flatMap(({ cases }) => cases);
}

function axesOf(id: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(id.split('/').slice(3).map((axis) => axis.split('=') as [string, string]));
}

const behaviourOf = (id: string): string => id.split('/').slice(1, 3).join('/');

/** Whether the case moves the state by a batch, read off its id: from the mode table, not from what the harness judged. */
function stores(id: string): boolean {
  const { program = '', statistics, momentum } = axesOf(id);
  return momentum !== '0' && normalisesByBatch(id) && (statistics === 'batch' || /train|fresh/.test(program));
}

function normalisesByBatch(id: string): boolean {
  const { program = '', statistics } = axesOf(id);
  return statistics === 'batch' || (statistics !== 'running' && /train|fresh/.test(program));
}

/** `cause`, or the status of a case that has none. */
const shown = ({ status, cause }: CaseResult): string => (status === 'documented' ? `documented ${cause ?? ''}` : cause ?? status);

/** Cases whose cause is not among those that the framework's source code leaves possible. */
function wronglyNamed(cases: readonly CaseResult[], possible: (id: string) => readonly string[]): readonly string[] {
  return cases.filter((one) => !possible(one.id).includes(shown(one))).map((one) => `${one.id} is ${shown(one)}, not ${possible(one.id).join(' or ')}`);
}

/** mean(x²) − mean(x)² unless told otherwise, the biased variance stored, any rank taken: flax/nnx/nn/normalization.py. */
function possibleInFlax(id: string): readonly string[] {
  const { statistics, momentum, layout, data, dtype } = axesOf(id);
  if (statistics === 'untracked' || momentum === 'cumulative' || layout === 'strided') return ['unsupported'];
  if (behaviourOf(id) === 'sync/converted') return ['unsupported'];
  if (['shape/wrong-rank', 'dtype/integer-input'].includes(behaviourOf(id))) return ['missing-refusal'];
  if (['shape/wrong-channels', 'stat/one-value'].includes(behaviourOf(id))) return ['conforms'];
  if (dtype !== undefined) return ['wrong-dtype'];
  if (layout === 'expanded' && data === 'unit') return ['conforms']; // one value per channel, many times: either estimator is 0
  if (layout === 'expanded' && normalisesByBatch(id)) return ['one-pass-variance'];
  if (normalisesByBatch(id) && data === 'offset-1e3') return [stores(id) ? 'biased-running-variance' : 'one-pass-variance']; // both, where it stores
  return biasedWhereSeen(id, 'biased-running-variance');
}

/** Two-pass, the biased variance stored, evaluation unless told to train, both documented: keras/src/layers/normalization/batch_normalization.py. */
function possibleInKeras(id: string): readonly string[] {
  const { program, statistics, momentum, layout } = axesOf(id);
  if (statistics === 'untracked' || statistics === 'batch' || momentum === 'cumulative' || layout === 'strided') return ['unsupported'];
  if (behaviourOf(id) === 'sync/converted') return ['unsupported'];
  if (['shape/wrong-rank', 'shape/wrong-channels', 'stat/one-value'].includes(behaviourOf(id))) return ['conforms'];
  if (behaviourOf(id) === 'dtype/integer-input') return ['missing-refusal'];
  if (layout === 'expanded') return ['conforms'];
  if (program === 'fresh') return ['documented fresh-layer-evaluates'];
  return biasedWhereSeen(id, 'documented biased-running-variance');
}

/** A tiny variance may hide the estimator in the rounding of the old state, a half precision or 20,000 values per channel hide it always or nearly so. */
function biasedWhereSeen(id: string, name: string): readonly string[] {
  const { data, dtype, shape } = axesOf(id);
  if (!stores(id)) return ['conforms'];
  return data === 'tiny-variance' || shape === '20000x2' || dtype === 'bfloat16' || dtype === 'float16' ? [name, 'conforms'] : [name];
}

const isManyRows = ({ id }: CaseResult): boolean => behaviourOf(id) === 'num/many-elements';
const isFloat64 = ({ id }: CaseResult): boolean => axesOf(id)['dtype'] === 'float64';
const isGolden = ({ id }: CaseResult): boolean => behaviourOf(id) === 'num/golden';

describe('the real Flax and the real Keras', () => {
  it('are there, and in no run that does not name them', () => {
    expect([...smoke.run.runners.map(({ runner }) => runner)].sort()).toEqual(['flax@0.12.8', 'keras@3.15.1']);
    expect(defaultRunners).toEqual(['pytorch', 'mindspore']);
  });

  it('momentum: both weigh the old state, and their ε differs', () => {
    const facts = (framework: string, version: string) => (({ parameters: { eps, momentum }, assumed }) => [eps.default, momentum.default, momentum.conversion, assumed])(readDialect(framework, version));
    expect([facts('flax', '0.12.8'), facts('keras', '3.15.1')]).toEqual([[1e-5, 0.99, 'complement', false], [1e-3, 0.99, 'complement', false]]);
  });

  it('every unsupported case says why, with a call that was really refused', () => {
    const unsupported = [smoke, core].flatMap((outcome) => [...casesOf(outcome, 'flax'), ...casesOf(outcome, 'keras')]).filter(({ status }) => status === 'unsupported');
    expect(unsupported.length).toBeGreaterThan(0);
    for (const { reason } of unsupported) expect(reason).toMatch(/\((.+); \w.+ → \w+Error: .+\)/);
  });

  it('BN-STATE-03 the first finding of Flax is the biased variance; Keras has none but of float64, which it computes in float32, and of integers, which it takes', () => {
    expect(smoke.summary.gate).toBe('fail');
    expect(smoke.summary.runners['flax@0.12.8']?.findings[0]).toMatchObject({ cause: 'biased-running-variance', rule: 'BN-STATE-03', status: 'violates' });
    const examples = smoke.summary.runners['keras@3.15.1']?.findings.map(({ example }) => example) ?? ['no summary'];
    expect(examples.filter((example) => axesOf(example)['dtype'] !== 'float64').map(behaviourOf)).toEqual(['dtype/integer-input']);
  });

  it('BN-STATE-03 Keras documents the biased variance, and the reason quotes it', () => {
    const reasons = casesOf(smoke, 'keras').filter(({ cause }) => cause === 'biased-running-variance').map(({ status, reason }) => `${status} ${reason ?? ''}`);
    expect(reasons.length).toBeGreaterThan(10);
    expect(new Set(reasons).size).toBe(1);
    expect(reasons[0]).toContain('documented “- `moving_var = moving_var * momentum + var(batch) * (1 - momentum)`”');
  });

  it('BN-STATE-03 golden: both store 1.0 + 0.1·(1.25 − 1.0) where the rule says 1.0666…', () => {
    const seen = ['flax', 'keras'].flatMap((framework) => casesOf(smoke, framework).filter(({ id }) => id.includes('name=one-to-four')).flatMap(({ deviations }) => deviations));
    expect(seen.map(({ observable, got, expected }) => [observable, Number(got).toFixed(4), Number(expected).toFixed(4)])).toEqual(Array(2).fill(['running_var', '1.0250', '1.0667']));
  });
});

describe('no cause is a wrong one', () => {
  it.each([['flax', possibleInFlax], ['keras', possibleInKeras]] as const)('%s: every case is named as its source code says', (framework, possible) => {
    const cases = [smoke, core].flatMap((outcome) => casesOf(outcome, framework)).filter((one) => !isGolden(one) && !isManyRows(one) && !isFloat64(one));
    expect(cases.length).toBeGreaterThan(150);
    expect(wronglyNamed(cases, possible)).toEqual([]);
  });

  it('BN-NUM-01 Flax at a mean of 1000 has a one-pass variance in every program that trains, and beside it stores the biased one', () => {
    const offset = casesOf(core, 'flax').filter(({ id, status }) => axesOf(id)['data'] === 'offset-1e3' && axesOf(id)['layout'] !== 'expanded' && status === 'violates');
    const named = offset.map(({ id, cause, candidates }) => `${String(stores(id))}: ${candidates.length === 0 ? cause ?? '' : candidates.join()}`);
    expect(new Set(named)).toEqual(new Set(['false: one-pass-variance', 'true: biased-running-variance,one-pass-variance']));
    expect(offset.length).toBeGreaterThan(20);
  });

  it('control: the expectations of one framework are not those of the other', () => {
    const count = (framework: string, possible: (id: string) => readonly string[]) => wronglyNamed(casesOf(core, framework).filter((one) => !isGolden(one)), possible).length;
    expect(count('keras', possibleInFlax)).toBeGreaterThan(60);
    expect(count('flax', possibleInKeras)).toBeGreaterThan(60);
  });
});

describe('what no rule of the bounds alone can tell', () => {
  const manyRows = (): CaseResult | undefined => casesOf(smoke, 'flax').find(isManyRows);

  it('BN-NUM-02 Flax with 20,000 rows at 1000: the mean is inside the stable bound, what the variance enters is not', () => {
    const observables = manyRows()?.deviations.map(({ observable }) => observable);
    expect(observables).toEqual(expect.arrayContaining(['running_var', 'y', 'dx']));
    expect(observables).not.toContain('running_mean');
  });

  it('BN-NUM-02 Flax with 20,000 rows at 1000 is not accused of naive sums: its other findings name the one-pass variance', () => {
    expect(manyRows()?.candidates).toContain('one-pass-variance');
    const finding = core.summary.runners['flax@0.12.8']?.findings.find(({ example }) => example === manyRows()?.id);
    expect(finding?.cause).toBe('one-pass-variance');
  });

  it('BN-NUM-01 Keras computes a float64 layer in float32, and nobody says in float16', () => {
    const double = casesOf(core, 'keras').filter((one) => isFloat64(one) && one.status === 'violates');
    expect(double.length).toBeGreaterThan(0);
    expect(double.map(({ cause }) => cause)).not.toContain('half-precision-inside');
  });
});
