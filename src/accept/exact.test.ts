import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { drawGradient, drawInput, type Regime } from '../cases/data.ts';
import { question } from '../reference/question.fixture.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { acceptCase } from './accept.ts';
import { sumsExactly } from './exact.ts';

interface Asked {
  readonly regime?: Regime;
  readonly n?: number;
  readonly momentum?: number | null;
  readonly program?: string;
  readonly dtype?: FloatType;
}

/** Class B bounds of the last step that shows each observable, on one channel. */
function bounds({ regime = 'exact', n = 4, momentum = 0.5, program = 'train-backward', dtype = 'float32' }: Asked): Readonly<Record<string, readonly number[]>> {
  const asked = question({
    program, config: { numFeatures: 1, momentum, dtype },
    inputs: [[0, 1, 2].map((step) => drawInput([7, step], regime, dtype, [n, 1]))], grads: [[drawGradient([7], regime, dtype, [n, 1])]],
  });
  const steps = acceptCase(asked).ranks[0]?.steps ?? [];
  return Object.fromEntries(steps.flatMap((step) => (step.kind === 'values' ? step.values : [])).map(({ observable, naive }) => [observable, [...naive]]));
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
    ['infinity', [Infinity], false], ['NaN', [NaN, 1], false],
  ])('golden: %s', (_, x, exact) => {
    expect(sumsExactly(x)).toBe(exact);
  });
});
