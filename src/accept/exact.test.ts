import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { drawGradient, drawInput, type Regime } from '../cases/data.ts';
import { question, tensor } from '../reference/question.fixture.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { acceptCase } from './accept.ts';
import { sumsExactly } from './exact.ts';
import type { HonestForm } from './honest/form.ts';
import { computeHonestly } from './honest/layer.ts';

const welford: HonestForm = { sums: 'sequential', variance: 'welford', root: 'reciprocal', output: 'direct', gradient: 'projected', fused: false, flushes: false };

interface Asked {
  readonly regime?: Regime;
  readonly n?: number;
  readonly momentum?: number | null;
  readonly program?: string;
  readonly dtype?: FloatType;
  readonly level?: 'stable' | 'naive';
}

/** Bounds of the last step that shows each observable, class A unless asked otherwise, on one channel. */
function bounds({ regime = 'exact', n = 4, momentum = 0.5, program = 'train-backward', dtype = 'float32', level = 'stable' }: Asked): Readonly<Record<string, readonly number[]>> {
  const asked = question({
    program, config: { numFeatures: 1, momentum, dtype },
    inputs: [[0, 1, 2].map((step) => drawInput([7, step], regime, dtype, [n, 1]))], grads: [[drawGradient([7], regime, dtype, [n, 1])]],
  });
  const steps = acceptCase(asked).ranks[0]?.steps ?? [];
  return Object.fromEntries(steps.flatMap((step) => (step.kind === 'values' ? step.values : [])).map((values) => [values.observable, [...values[level]]]));
}

describe('BN-STATE-02 exact data leave no room in the running mean', () => {
  it.each([0, 0.25, 0.5, 1])('golden: bound 0 at n = 4, m = %d', (momentum) => {
    expect(bounds({ momentum })['running_mean']).toEqual([0]);
  });

  it.each([2, 8, 16])('golden: bound 0 at n = %d', (n) => {
    expect(bounds({ n })['running_mean']).toEqual([0]);
  });

  it.each<[string, Asked]>([
    ['n is no power of two', { n: 6 }], ['m is not dyadic', { momentum: 0.1 }], ['the sums need more than 24 bits', { regime: 'offset-1e3', n: 32 }],
    ['the state is stored in float16', { dtype: 'float16' }],
  ])('control: a bound above 0 where %s', (_, asked) => {
    expect(bounds(asked)['running_mean']?.[0]).toBeGreaterThan(0);
  });

  it('golden: three cumulative steps are exact until m = 1/3', () => {
    expect(bounds({ momentum: null, program: 'train-train' })['running_mean']).toEqual([0]);
    expect(bounds({ momentum: null, program: 'train-train-train' })['running_mean']?.[0]).toBeGreaterThan(0);
  });
});

describe('BN-NUM-01 exact data and algorithms that update a mean', () => {
  it.each([[2, 0.5], [2, 0.25], [4, 0]])('golden: class B has bound 0 as well at n = %d, m = %d', (n, momentum) => {
    expect(bounds({ n, momentum, level: 'naive' })['running_mean']).toEqual([0]);
  });

  it.each([4, 8, 16])('golden: at n = %d class B has its ordinary bound, K·(m·δμ + 3u·m·|μ|), and class A 0', (n) => {
    const x = drawInput([7, 0], 'exact', 'float32', [n, 1]).data;
    const mean = Math.abs(x.reduce((total, value) => total + value, 0)) / n;
    const size = x.reduce((total, value) => total + Math.abs(value), 0) / n;
    const ordinary = 2 * 2 ** -24 * (0.5 * ((Math.max(n, Math.log2(n) + 8) + 1) * size + mean) + 3 * 0.5 * mean);
    expect(bounds({ n })['running_mean']).toEqual([0]);
    expect(bounds({ n, level: 'naive' })['running_mean']?.[0]).toBeCloseTo(ordinary, 12);
  });

  it('golden: Welford on 0, 4, 0, 0, whose mean 1 is exact in any order of summation, divides 4/3 by 4 and misses it by 2⁻²⁴', () => {
    const asked = question({ program: 'train', config: { numFeatures: 1, momentum: 1 }, inputs: [[tensor([4, 1], [0, 4, 0, 0])]] });
    const step = acceptCase(asked).ranks[0]?.steps[0];
    const mean = step?.kind === 'values' ? step.values.find(({ observable }) => observable === 'running_mean') : undefined;
    const got = (variance: 'welford' | 'two-pass') => computeHonestly(asked, { ...welford, variance })[0]?.running_mean?.[0];
    expect([got('two-pass'), got('welford')]).toEqual([1, 1 - 2 ** -24]);
    expect([mean?.value[0], mean?.stable[0]]).toEqual([1, 0]);
    expect(mean?.naive[0]).toBeGreaterThan(2 ** -24);
    expect(mean?.naive[0]).toBeLessThan(2 ** -18);
  });
});

describe('BN-STATE-03 exact data leave no room in the running variance of two values', () => {
  it('golden: bound 0 at n = 2', () => {
    expect(bounds({ n: 2 })['running_var']).toEqual([0]);
  });

  it.each([4, 8])('control: a bound above 0 at n = %d, where n/(n − 1) is not exact', (n) => {
    expect(bounds({ n })['running_var']?.[0]).toBeGreaterThan(0);
  });
});

describe('BN-GRAD-03 exact data leave no room in dβ', () => {
  it.each([2, 3, 4, 7])('golden: bound 0 at n = %d, since a sum needs no division', (n) => {
    expect(bounds({ n })['dbeta']).toEqual([0]);
  });
});

describe('BN-NORM-01, BN-GRAD-01 y, dx and dγ are never exact: 1/s rounds', () => {
  it.each(['y', 'dx', 'dgamma'])('%s has a bound above 0', (observable) => {
    const values = bounds({ n: 2 })[observable] ?? [];
    expect(values.length).toBeGreaterThan(0);
    expect(Math.min(...values)).toBeGreaterThan(0);
  });
});

describe('BN-NUM-01 what is exact in any order', () => {
  const values = fc.array(fc.tuple(fc.integer({ min: -(2 ** 20), max: 2 ** 20 }), fc.integer({ min: -8, max: 8 })).map(([k, e]) => k * 2 ** e), { minLength: 1, maxLength: 24 });

  test.prop([values, fc.nat()])('property: where sumsExactly says so, float32 sums in any order agree', (x, turn) => {
    if (!sumsExactly(x)) return;
    const rotated = x.map((_, i) => x[(i + turn) % x.length]!);
    const sum = (terms: readonly number[]) => terms.reduce((total, term) => Math.fround(total + term), 0);
    expect([sum(rotated), sum(x.toReversed()), sum(x.toSorted((a, b) => a - b))]).toEqual(Array(3).fill(x.reduce((total, term) => total + term, 0)));
  });

  it.each<[string, readonly number[], boolean]>([
    ['nothing', [], true], ['zeros', [0, 0], true], ['small integers', [3, -5, 7], true], ['halves', [0.5, 1.5], true],
    ['2²⁴ and 1', [2 ** 24, 1], false], ['1 and 2⁻²⁴', [1, 2 ** -24], false], ['2²³ and 2²³', [2 ** 23, 2 ** 23], true],
    ['2⁻¹²⁶ twice', [2 ** -126, 2 ** -126], true], ['a subnormal number, which may be flushed', [2 ** -127, 2 ** -126], false],
    ['infinity', [Infinity], false], ['NaN', [NaN, 1], false],
  ])('golden: %s', (_, x, exact) => {
    expect(sumsExactly(x)).toBe(exact);
  });
});
