import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import { drawGradient, drawInput } from '../cases/data.ts';
import { question, tensor } from '../reference/question.fixture.ts';
import { simulate } from '../reference/simulate.ts';
import { smallestNormal } from '../tensor/formats.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { accept, acceptCase } from './accept.ts';
import { type Accepted, type AcceptedStep, type AcceptedValues, anything } from './accepted.ts';
import { drawnQuestion } from './drawn-question.fixture.ts';

function allValues({ ranks }: Accepted): readonly AcceptedValues[] {
  const values = (step: AcceptedStep) => (step.kind === 'values' ? step.values : step.state.values);
  return ranks.flatMap(({ construct, steps }) => [construct, ...steps].flatMap(values));
}

function shown(accepted: Accepted, step: number, observable: string): AcceptedValues {
  const record = accepted.ranks[0]?.steps[step];
  const values = record?.kind === 'values' ? record.values.find((one) => one.observable === observable) : undefined;
  if (values === undefined) throw new TypeError(`expected ${observable} at step ${String(step)}`);
  return values;
}

const programs = ['train-backward', 'eval-backward', 'train-train-eval-backward', 'train-eval-train-backward-backward', 'fresh-eval'];

const drawn = fc.record({
  seed: fc.nat(), batches: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 3 }), channels: fc.integer({ min: 1, max: 3 }),
  spatial: fc.integer({ min: 1, max: 3 }), program: fc.constantFrom(...programs), statistics: fc.constantFrom('tracked', 'untracked', 'batch', 'running'),
  momentum: fc.constantFrom(0, 0.1, 0.5, 1, null), eps: fc.constantFrom(0, 1e-5, 1e-3, 1), dtype: fc.constantFrom<FloatType>('float16', 'bfloat16', 'float32', 'float64'),
  distinct: fc.boolean(), offset: fc.constantFrom(0, 1, 1e3, 1e6), scale: fc.constantFrom(0, 1e-30, 1e-20, 1e-3, 1, 1e3, 1e19, 1e30),
});

describe('BN-NUM-02 the stable bound lies inside the naive bound of BN-NUM-01', () => {
  test.prop([drawn], { numRuns: 1000 })('property: for every element of every observable, and no bound is negative or NaN', (choice) => {
    const outside = allValues(acceptCase(drawnQuestion(choice))).flatMap(({ observable, stable, naive }) => (
      [...stable].flatMap((bound, i) => (naive[i] === anything || (bound >= 0 && bound <= naive[i]!) ? [] : [`${observable}[${String(i)}]: ${String(bound)}, ${String(naive[i])}`]))
    ));
    expect(outside).toEqual([]);
  });

  it('control: over 20000 values of one sign the naive bound is wider by n ÷ (log₂n + 8)', () => {
    const asked = drawnQuestion({
      seed: 1, batches: [20000], channels: 1, spatial: 1, program: 'train', statistics: 'tracked', momentum: 1, eps: 1e-5, dtype: 'float32', distinct: false, offset: 1e6, scale: 1e-3,
    });
    const { stable, naive } = shown(acceptCase(asked), 0, 'running_mean');
    const expected = 20000 / (Math.log2(20000) + 8);
    expect(naive[0]! / stable[0]!).toBeGreaterThan(0.7 * expected);
    expect(naive[0]! / stable[0]!).toBeLessThan(expected);
  });
});

/** [n, 1] inputs of one channel, one per step. */
function channel(program: string, data: readonly (readonly number[])[], config: Partial<Case['config']> = {}, initial: Case['initial'] = {}): Case {
  return question({ program, config: { numFeatures: 1, ...config }, initial, inputs: [data.map((x) => tensor([x.length, 1], x.map(Math.fround)))], grads: [[tensor([4, 1], [1, -2, 3, 1])]] });
}

describe('BN-NUM-01 underflow', () => {
  const zero = tensor([1], [0]);
  const subnormal = [0, 1, 2, 3].map((k) => k * 2 ** -66);
  const { value, stable } = shown(acceptCase(channel('train', [subnormal], { momentum: 1 }, { running_var: zero, running_mean: zero })), 0, 'running_var');

  it('a variance that may be flushed to zero is accepted as zero', () => {
    expect(value[0]!).toBeGreaterThan(0);
    expect(value[0]!).toBeLessThan(smallestNormal('float32'));
    expect(value[0]!).toBeLessThan(stable[0]!);
  });

  it('control: the addend is no larger than a few flushed products', () => {
    expect(stable[0]!).toBeLessThan(32 * smallestNormal('float32'));
  });

  it('control: a variance that cannot be flushed is not accepted as zero', () => {
    const normal = shown(acceptCase(channel('train', [subnormal.map((x) => x * 2 ** 12)], { momentum: 1 }, { running_var: zero })), 0, 'running_var');
    expect(normal.value[0]!).toBeGreaterThan(normal.naive[0]!);
  });

  it('a sum of subnormal dy is no exact one: each may be flushed', () => {
    const asked = channel('eval-backward', [[1, 2, 3, 4]]);
    const with4 = (unit: number) => ({ ...asked, ranks: asked.ranks.map((rank) => ({ ...rank, grads: [tensor([4, 1], [1, -2, 3, 1].map((k) => k * unit))] })) });
    expect(shown(acceptCase(with4(2 ** -126)), 1, 'dbeta').stable[0]).toBe(0);
    expect(shown(acceptCase(with4(2 ** -127)), 1, 'dbeta').stable[0]).toBeGreaterThan(4 * 2 ** -126);
  });

  it.each(['y', 'dgamma'])('%s of evaluation: 1/s may multiply what a flushed x or dy loses', (observable) => {
    const state = { running_mean: zero, running_var: zero };
    const asked = channel('eval-backward', [[2 ** -127, 1, 2, 3]], { eps: 1e-12 }, state);
    const bound = shown(acceptCase(asked), observable === 'y' ? 0 : 1, observable).stable[0]!;
    expect(bound).toBeGreaterThan(1e6 * 2 ** -127);
  });

  it('a float16 result may be off by half a subnormal more', () => {
    const x = drawInput([1], 'unit', 'float16', [4, 1]);
    const dy = { ...x, data: x.data.map((one) => Math.round(one * 4) * 2 ** -24) };
    const asked = question({ program: 'train-backward', config: { numFeatures: 1, dtype: 'float16' }, inputs: [[x]], grads: [[dy]] });
    expect(Math.min(...shown(acceptCase(asked), 1, 'dx').stable)).toBeGreaterThanOrEqual(2 ** -25);
  });
});

describe('BN-NUM-01 overflow', () => {
  const huge = [1e30, -2e30, 3e30, 0.5e30];

  it('where a square overflows, y = β, dx = dγ = 0 and an infinite variance are accepted besides the exact result', () => {
    const accepted = acceptCase(channel('train-backward', [huge], {}, { beta: tensor([1], [0.75]) }));
    expect([...shown(accepted, 0, 'y').alternative ?? []]).toEqual([0.75, 0.75, 0.75, 0.75]);
    expect([...shown(accepted, 0, 'running_var').alternative ?? []]).toEqual([Infinity]);
    expect([...shown(accepted, 1, 'dx').alternative ?? []]).toEqual([0, 0, 0, 0]);
    expect([...shown(accepted, 1, 'dgamma').alternative ?? []]).toEqual([0]);
    const { value, naive } = shown(accepted, 0, 'y');
    expect(value.every((y, i) => Number.isFinite(y) && naive[i]! < 1e-4)).toBe(true);
  });

  it('the infinite variance normalises the evaluation after it', () => {
    expect([...shown(acceptCase(channel('train-eval', [huge], {}, { beta: tensor([1], [0.75]) })), 1, 'y').alternative ?? []]).toEqual([0.75, 0.75, 0.75, 0.75]);
  });

  it('a variance past 65504 may be stored as infinity in float16, and normalise the evaluation after it', () => {
    const wide = (scale: number) => question({
      program: 'train-eval', config: { numFeatures: 1, momentum: 1, dtype: 'float16' }, inputs: [[tensor([2, 1], [-scale, scale], 'float16')]], initial: { beta: tensor([1], [0.75], 'float16') },
    });
    const accepted = acceptCase(wide(200)); // σ² = 40000, rv = 80000
    expect([...shown(accepted, 0, 'running_var').alternative ?? []]).toEqual([Infinity]);
    expect([...shown(accepted, 1, 'y').alternative ?? []]).toEqual([0.75, 0.75]);
    expect(shown(acceptCase(wide(180)), 0, 'running_var').alternative).toBeNull(); // rv = 64800
  });

  it('rm and dβ have no alternative', () => {
    const accepted = acceptCase(channel('train-backward', [huge]));
    expect([shown(accepted, 0, 'running_mean').alternative, shown(accepted, 1, 'dbeta').alternative]).toEqual([null, null]);
  });

  it.each([1, 1e3, 1e15])('control: no alternative where nothing overflows, |x| ~ %d', (scale) => {
    const accepted = acceptCase(channel('train-backward', [[1, -2, 3, 0.5].map((x) => x * scale)]));
    expect(allValues(accepted).every(({ alternative }) => alternative === null)).toBe(true);
  });

  it('control: only the channel that overflows has one', () => {
    const asked = question({ program: 'train', inputs: [[tensor([3, 2], [1, 1e30, 2, -1e30, 3, 2e30].map(Math.fround))]] });
    expect([...shown(acceptCase(asked), 0, 'y').alternative ?? []].map(Number.isNaN)).toEqual([true, false, true, false, true, false]);
  });
});

describe('BN-NUM-01 a variance that is not determined', () => {
  const spread = (x: number) => [x, Math.fround(x * (1 + 2 ** -22)), x, x];

  it('leaves y, dx, dγ and rv without a bound; rm and dβ keep theirs', () => {
    const accepted = acceptCase(channel('train-backward', [spread(1e6)], { momentum: 0.1 }));
    const bound = (step: number, observable: string) => shown(accepted, step, observable).stable[0];
    expect([bound(0, 'y'), bound(1, 'dx'), bound(1, 'dgamma'), bound(0, 'running_var')]).toEqual([Infinity, Infinity, Infinity, Infinity]);
    expect(bound(0, 'running_mean')).toBeLessThan(2);
    expect(bound(1, 'dbeta')).toBe(0);
  });

  it('control: with a spread that float32 resolves, all have one', () => {
    const bounds = allValues(acceptCase(channel('train-backward', [[1, 2, 3, 6]]))).flatMap(({ naive }) => [...naive]);
    expect(Math.max(...bounds)).toBeLessThan(1e-3);
  });

  it('is undetermined from δv = (σ² + ε)/2 on: a large ε determines it', () => {
    expect(shown(acceptCase(channel('train', [spread(1e3)], { eps: 1e-12 })), 0, 'y').naive[0]).toBe(Infinity);
    expect(shown(acceptCase(channel('train', [spread(1e3)], { eps: 1 })), 0, 'y').naive[0]).toBeLessThan(1);
  });

  it('a running variance without a bound leaves the evaluation after it without one', () => {
    expect(shown(acceptCase(channel('train-eval', [spread(1e6)])), 1, 'y').stable[0]).toBe(Infinity);
  });

  it('momentum 1 forgets it: the next training step determines the variance again', () => {
    const accepted = acceptCase(channel('train-train', [spread(1e6), [1, 2, 3, 6]], { momentum: 1 }));
    expect(shown(accepted, 0, 'running_var').naive[0]).toBe(Infinity);
    expect(shown(accepted, 1, 'running_var').naive[0]).toBeLessThan(1e-4);
  });

  it('momentum 0 never takes it in', () => {
    expect(shown(acceptCase(channel('train', [spread(1e6)], { momentum: 0 })), 0, 'running_var').naive[0]).toBeLessThan(1e-5);
  });
});

describe('BN-STATE-02, BN-STATE-03 bounds of a trajectory', () => {
  const x = [0, 1, 2].map((step) => drawInput([3, step], 'unit', 'float32', [5, 1]));
  const asked = (program: string, inputs: typeof x, initial: Case['initial'] = {}) => question({
    program, config: { numFeatures: 1, momentum: 0.25 }, initial, inputs: [inputs], grads: [[drawGradient([3], 'unit', 'float32', [5, 1])]],
  });

  it.each(['running_mean', 'running_var'])('T′ = (1 − m)·T + what the step adds: %s', (observable) => {
    const whole = asked('train-train-train', x);
    const trajectory = simulate(whole);
    const accepted = accept(whole, trajectory);
    for (const step of [1, 2]) {
      const state = trajectory.ranks[0]?.steps[step - 1]?.state;
      const from = { running_mean: tensor([1], [state?.mean[0] ?? NaN]), running_var: tensor([1], [state?.variance[0] ?? NaN]) };
      const alone = shown(acceptCase(asked('train', [x[step]!], from)), 0, observable).naive[0]!;
      const carried = 0.75 * shown(accepted, step - 1, observable).naive[0]!;
      expect(carried).toBeGreaterThan(0);
      expect(shown(accepted, step, observable).naive[0]! / (carried + alone)).toBeCloseTo(1, 9);
    }
  });

  it.each<[string, number]>([['running_mean', 300], ['running_var', 700]])('a weight of 0.99 held in float32 keeps another share of the state before: %s', (observable, before) => {
    const state = { running_mean: tensor([1], [300]), running_var: tensor([1], [700]) };
    const asked = channel('train', [[0, 0, 0, 0]], { momentum: 0.99 }, state);
    const { value, stable } = shown(acceptCase(asked), 0, observable);
    const held = Math.fround(Math.fround(1 - Math.fround(0.99)) * before);
    const without = 2 * (observable === 'running_mean' ? 3 : 4) * 2 ** -24 * 0.01 * before;
    expect(Math.abs(held - value[0]!)).toBeGreaterThan(without);
    expect(Math.abs(held - value[0]!)).toBeLessThan(stable[0]!);
  });

  it.each([0.1, 0.25, 0.5, 1])('control: a weight of %d adds nothing to the bound of the variance', (momentum) => {
    const state = { running_mean: tensor([1], [0]), running_var: tensor([1], [700]) };
    const { stable } = shown(acceptCase(channel('train', [[0, 0, 0, 0]], { momentum }, state)), 0, 'running_var');
    expect(stable[0]! / (2 * 4 * 2 ** -24 * (1 - momentum) * 700 + 32 * 2 ** -126)).toBeLessThan(1 + 1e-9);
  });

  it('a bfloat16 variance that rounding may halve bounds the evaluation after it by 1/√(1 − T/s²), not by T/(2s²)', () => {
    const x = drawInput([3, 0], 'unit', 'bfloat16', [5, 1]);
    const question16 = question({ program: 'train-train-train-eval', config: { numFeatures: 1, momentum: 0.1, dtype: 'bfloat16' }, inputs: [[x]] });
    const accepted = acceptCase(question16);
    const state = shown(accepted, 2, 'running_var');
    const share = state.stable[0]! / (state.value[0]! + 1e-5);
    const eval3 = shown(accepted, 3, 'y');
    const far = [...x.data.keys()].reduce((a, b) => (Math.abs(eval3.value[b]!) > Math.abs(eval3.value[a]!) ? b : a));
    expect(eval3.stable[far]!).toBeGreaterThan(Math.abs(eval3.value[far]!) * (1 / Math.sqrt(1 - share) - 1 + 2 ** -8));
  });

  it('evaluation moves no bound of the state, and carries it into y', () => {
    const accepted = acceptCase(asked('train-eval', x));
    expect(shown(accepted, 1, 'running_var').naive).toEqual(shown(accepted, 0, 'running_var').naive);
    const state = simulate(asked('train', x)).ranks[0]?.steps[0]?.state;
    const exact = { running_mean: tensor([1], [state?.mean[0] ?? NaN]), running_var: tensor([1], [state?.variance[0] ?? NaN]) };
    const alone = shown(acceptCase(asked('eval', [x[1]!], exact)), 0, 'y').naive;
    expect(shown(accepted, 1, 'y').naive.every((bound, i) => bound > alone[i]!)).toBe(true);
  });

  it('a state that nothing moved has bound 0', () => {
    const accepted = acceptCase(asked('eval-backward', x));
    expect([...shown(accepted, 1, 'running_mean').naive, ...shown(accepted, 1, 'running_var').naive]).toEqual([0, 0]);
  });

  it.each<[FloatType, number]>([['float16', 2 ** -11], ['bfloat16', 2 ** -8]])('a state stored in %s is rounded at each step', (dtype, unit) => {
    const narrow = question({ program: 'train-train', config: { numFeatures: 1, momentum: 0.25, dtype }, inputs: [[0, 1].map((step) => drawInput([3, step], 'unit', dtype, [5, 1]))] });
    const accepted = acceptCase(narrow);
    const first = shown(accepted, 0, 'running_var');
    const second = shown(accepted, 1, 'running_var');
    expect(first.stable[0]).toBeGreaterThan(unit * first.value[0]!);
    expect(second.stable[0]).toBeGreaterThan(unit * (second.value[0]! + 0.75 * first.value[0]!));
  });

  it('an empty batch adds nothing to the bounds', () => {
    const empty = question({ program: 'train-train', config: { numFeatures: 1 }, inputs: [[x[0]!, tensor([0, 1], [])]] });
    const accepted = acceptCase(empty);
    expect(shown(accepted, 1, 'running_mean').naive).toEqual(shown(accepted, 0, 'running_mean').naive);
  });
});
