import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Dialect, readDialect } from '../spec/dialect.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { readGoldens } from './golden.ts';
import { materialise } from './materialise.ts';
import { expandSuite, type PlannedCase } from './plan.ts';
import { questionKey } from './question.ts';

const folder = join(packageRoot, 'cases');
const behaviours = readValidated<BehavioursFile>('schemas/behaviours', join(folder, 'behaviours.json'));
const goldens = readGoldens(join(folder, 'golden'));
const read = (name: string) => readValidated<SuiteFile>('schemas/suite', join(folder, 'suites', `${name}.json`));

const catalogue: BehavioursFile = {
  schemaVersion: 1,
  behaviours: [{
    behaviour: 'toy/one', title: 'a toy', rules: ['BN-STAT-01', 'BN-NORM-01'], rulesWhen: [{ when: { program: ['eval'] }, rules: ['BN-NORM-02', 'BN-STAT-01'] }],
    axes: [{ axis: 'program' }, { axis: 'shape' }, { axis: 'dtype', default: 'float32' }, { axis: 'data' }],
  }],
};

type Block = SuiteFile['blocks'][number];
const block: Block = { behaviour: 'toy/one', layers: ['batchnorm1d'], axes: { data: ['unit'], shape: ['4x3', '5x3'], program: ['train', 'eval'] } };

function toy(...blocks: readonly Partial<Block>[]): SuiteFile {
  return { schemaVersion: 1, suite: 'toy', title: 'a toy', seed: 1, minimum: 1, knownShare: 0, goldens: false, blocks: blocks.map((one) => ({ ...block, ...one })) };
}

const idsOf = (suite: SuiteFile) => expandSuite(suite, catalogue, []).cases.map(({ id }) => id);

function told(expand: () => unknown): string {
  try {
    expand();
    return 'no error';
  } catch (error) {
    return error instanceof UserError ? `${error.code}: ${error.message}\n${error.hint}` : String(error);
  }
}

describe('expansion of a suite', () => {
  it('golden: the product of a block, each id with the axes in the order that the behaviour declares', () => {
    expect(idsOf(toy({}))).toEqual([
      'batchnorm1d/toy/one/program=train/shape=4x3/data=unit', 'batchnorm1d/toy/one/program=train/shape=5x3/data=unit',
      'batchnorm1d/toy/one/program=eval/shape=4x3/data=unit', 'batchnorm1d/toy/one/program=eval/shape=5x3/data=unit',
    ]);
  });

  it('golden: an axis at its default is left out of the id, any other value is in its place', () => {
    expect(idsOf(toy({ axes: { ...block.axes, program: ['train'], shape: ['4x3'], dtype: ['float32', 'float16'] } }))).toEqual([
      'batchnorm1d/toy/one/program=train/shape=4x3/data=unit', 'batchnorm1d/toy/one/program=train/shape=4x3/dtype=float16/data=unit',
    ]);
  });

  it('an axis of a case holds its default, shown or not', () => {
    expect(expandSuite(toy({}), catalogue, []).cases[0]?.axes).toEqual({ program: 'train', shape: '4x3', dtype: 'float32', data: 'unit' });
  });

  it('values may differ by layer', () => {
    const axes = { ...block.axes, program: ['train'], shape: { batchnorm1d: ['4x3'], batchnorm2d: ['2x3x2x2'] } } as Block['axes'];
    expect(idsOf(toy({ layers: ['batchnorm1d', 'batchnorm2d'], axes }))).toEqual(['batchnorm1d/toy/one/program=train/shape=4x3/data=unit', 'batchnorm2d/toy/one/program=train/shape=2x3x2x2/data=unit']);
  });

  it('rules are those of the behaviour and of the circumstances that hold, sorted, once each', () => {
    const { cases } = expandSuite(toy({ axes: { ...block.axes, shape: ['4x3'] } }), catalogue, []);
    expect(cases.map(({ rules }) => rules)).toEqual([['BN-NORM-01', 'BN-STAT-01'], ['BN-NORM-01', 'BN-NORM-02', 'BN-STAT-01']]);
  });

  it('an exclusion removes the cells where all of its axes match, and says how many', () => {
    const exclude = [{ when: { program: ['eval'], shape: ['4x3'] }, rule: 'BN-STATE-04', why: 'an example' }];
    const { cases, excluded } = expandSuite(toy({ exclude }), catalogue, []);
    expect(cases).toHaveLength(3);
    expect(excluded).toEqual([{ behaviour: 'toy/one', combination: { program: ['eval'], shape: ['4x3'] }, rule: 'BN-STATE-04', why: 'an example', cells: 1 }]);
  });

  it('a cell that two exclusions remove counts for both', () => {
    const exclude = [{ when: { program: ['eval'] }, rule: 'BN-STATE-04', why: 'one' }, { when: { shape: ['4x3'] }, rule: 'BN-STATE-04', why: 'other' }];
    const { cases, excluded } = expandSuite(toy({ exclude }), catalogue, []);
    expect([cases.length, ...excluded.map(({ cells }) => cells)]).toEqual([1, 2, 2]);
  });

  it('the seed is the suite’s own unless another is given', () => {
    expect([expandSuite(toy({}), catalogue, []).seed, expandSuite(toy({}), catalogue, [], 7).seed]).toEqual([1, 7]);
  });
});

describe('a block with a strength', () => {
  const axes = { program: ['train', 'eval'], shape: ['4x3', '5x3', '6x3'], data: ['unit', 'exact'] } as Block['axes'];
  const exclude = [{ when: { program: ['eval'], shape: ['4x3'] }, rule: 'BN-STATE-04', why: 'an example' }];

  it('asks every pair of values that is allowed, in fewer cases than there are cells, and says how the sum goes', () => {
    const { blocks: [whole], excluded } = expandSuite(toy({ axes, exclude, strength: 2 }), catalogue, []);
    expect(whole).toMatchObject({ strength: 2, cells: 12, allowed: 10, impossible: 1, defaults: { dtype: 'float32' } });
    expect(excluded).toMatchObject([{ cells: 2 }]);
    expect(whole?.cases.length).toBeGreaterThanOrEqual(6);
    expect(whole?.cases.length).toBeLessThan(10);
    for (const pair of [['train', '4x3'], ['train', '6x3'], ['eval', '5x3'], ['eval', 'exact'], ['4x3', 'unit'], ['4x3', 'exact']]) {
      expect(whole?.cases.filter((id) => pair.every((value) => id.includes(`=${value}`))), pair.join()).not.toEqual([]);
    }
  });

  it('a case of an earlier block is asked once, and stands in both', () => {
    const { cases, blocks } = expandSuite(toy({ axes, exclude }, { axes, exclude, strength: 2 }), catalogue, []);
    expect([cases.length, blocks[0]?.cases.length]).toEqual([10, 10]);
    expect(blocks[1]?.cases.every((id) => blocks[0]?.cases.includes(id))).toBe(true);
  });

  it('other data are drawn with another seed for the same cases', () => {
    const ids = (seed: number) => expandSuite(toy({ axes, strength: 2 }), catalogue, [], seed).cases.map(({ id }) => id);
    expect(ids(1)).toEqual(ids(2));
  });
});

describe('a suite that cannot be expanded', () => {
  it('says what is wrong and what to do', () => {
    expect(told(() => idsOf(toy({ behaviour: 'toy/none' })))).toMatchInlineSnapshot(`
      "BEHAVIOUR_UNKNOWN: suite 'toy' asks behaviour 'toy/none', which cases/behaviours.json does not declare
      declare it, or use one of: toy/one"
    `);
    expect(told(() => idsOf(toy({ axes: { program: ['train'], data: ['unit'] } })))).toMatchInlineSnapshot(`
      "SUITE_AXIS_MISSING: block 'toy/one' gives no values of axis 'shape' for batchnorm1d
      add "shape" to the block's axes: every axis that the behaviour declares needs a value"
    `);
    expect(told(() => idsOf(toy({}, { axes: { ...block.axes, shape: ['4x3'] } })))).toMatchInlineSnapshot(`
      "SUITE_CASE_TWICE: suite 'toy' asks case 'batchnorm1d/toy/one/program=train/shape=4x3/data=unit' twice
      exclude the combination in one of the two blocks"
    `);
  });

  it('a value that an axis does not have is refused when the case becomes tensors, a program at once', () => {
    expect(told(() => idsOf(toy({ axes: { ...block.axes, program: ['warmup'] } })))).toMatchInlineSnapshot(`
      "AXIS_VALUE: axis 'program' has no value 'warmup'
      expected train, eval, fresh"
    `);
    const [first] = expandSuite(toy({ axes: { ...block.axes, data: ['normal'] } }), catalogue, []).cases;
    expect(told(() => first !== undefined && materialise(first, 1))).toMatchInlineSnapshot(`
      "AXIS_VALUE: axis 'data' has no value 'normal'
      expected unit, tiny-variance, offset-1e2, offset-1e3, offset-1e4, offset-1e5, offset-1e6, offset-1e7, exact, two-values, constant, signed-zeros, mostly-zeros, one-outlier, tiny, subnormal, huge, one-nan, one-infinity"
    `);
  });
});

describe('invariance repeats', () => {
  it('the first of the cases that ask the same is distinct, the others repeat it', () => {
    const wider: BehavioursFile = { ...catalogue, behaviours: catalogue.behaviours.map((one) => ({ ...one, axes: [...one.axes, { axis: 'momentum' }] as typeof one.axes })) };
    const { cases } = expandSuite(toy({ axes: { ...block.axes, shape: ['4x3'], momentum: ['0.1', '0.5'] } }), wider, []);
    expect(cases.map(({ id, repeats }) => [id.split('/')[3], repeats])).toEqual([['program=train', false], ['program=train', false], ['program=eval', false], ['program=eval', true]]);
  });
});

const core = expandSuite(read('core'), behaviours, goldens);
const smoke = expandSuite(read('smoke'), behaviours, goldens);

/** Cases that ask something new of a dialect that offers their row and momentum. */
function distinctOffered({ statistics }: Dialect, layers: readonly string[], cumulative: boolean): readonly PlannedCase[] {
  const row = ({ axes }: PlannedCase) => (axes['statistics'] ?? 'tracked') as keyof typeof statistics;
  return core.cases.filter((planned) => layers.includes(planned.layer) && !planned.repeats && statistics[row(planned)].spelling !== null && (cumulative || planned.axes['momentum'] !== 'cumulative'));
}

describe('core', () => {
  it('counts: every block is its product less its exclusions, and the goldens', () => {
    const own = new Set(core.cases.map(({ id }) => id));
    expect(own.size).toBe(core.cases.length);
    const cells = read('core').blocks.map((one) => {
      const { axes } = behaviours.behaviours.find(({ behaviour }) => behaviour === one.behaviour) ?? { axes: [] };
      const valuesOf = (axis: string, layer: string): number => {
        const values = one.axes[axis];
        return Array.isArray(values) ? values.length : (values as Readonly<Record<string, readonly string[]>> | undefined)?.[layer]?.length ?? 1;
      };
      return one.layers.reduce((sum, layer) => sum + axes.reduce((product, { axis }) => product * valuesOf(axis, layer), 1), 0);
    });
    const full = cells.reduce((sum, count) => sum + count, 0);
    const excluded = read('core').blocks.reduce((sum, one) => sum + expandSuite({ ...read('core'), goldens: false, blocks: [{ ...one, exclude: [] }] }, behaviours, []).cases.filter(({ axes }) => (
      (one.exclude ?? []).some(({ when }) => Object.entries(when).every(([axis, values]) => values.includes(axes[axis] ?? '')))
    )).length, 0);
    expect(core.cases.length).toBe(full - excluded + goldens.length);
    expect(core.cases.length).toBeGreaterThanOrEqual(core.minimum);
  });

  it('at most 15 % are invariance repeats, counted by what each case asks', () => {
    const asked = new Set(core.cases.map(({ layer, behaviour, axes, literal, id }) => (literal === null ? questionKey(layer, behaviour, axes) : id)));
    const repeats = core.cases.filter((planned) => planned.repeats).length;
    expect(repeats).toBe(core.cases.length - asked.size);
    expect(repeats).toBeGreaterThan(0);
    expect(repeats / core.cases.length).toBeLessThanOrEqual(0.15);
  });

  it.each([['pytorch', '2.13.0', true], ['mindspore', '2.10.0', false]] as const)('asks %s at least 2000 distinct cases of rows and momenta that it offers', (framework, version, cumulative) => {
    const layers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d'];
    expect(distinctOffered(readDialect(framework, version), layers, cumulative).length).toBeGreaterThanOrEqual(2000);
  });

  it('every exclusion removes something and gives a reason', () => {
    expect(core.excluded.filter(({ cells, why }) => cells === 0 || why === '')).toEqual([]);
  });

  it('every case becomes tensors of the shape that its id names', () => {
    for (const planned of core.cases.filter((_, index) => index % 37 === 0)) {
      const { ranks, program, id } = materialise(planned, core.seed);
      const shapes = ranks.map(({ inputs }) => inputs[0]?.shape.join('x')).join('+');
      expect(id).toContain(planned.literal === null ? shapes : 'golden');
      expect(ranks[0]?.inputs).toHaveLength(program.filter(({ op }) => op === 'forward').length);
    }
  });
});

describe('smoke', () => {
  it('is small: between its minimum and 60 cases, no id twice', () => {
    expect(smoke.cases.length).toBeGreaterThanOrEqual(smoke.minimum);
    expect(smoke.cases.length).toBeLessThanOrEqual(60);
    expect(new Set(smoke.cases.map(({ id }) => id)).size).toBe(smoke.cases.length);
  });
});
