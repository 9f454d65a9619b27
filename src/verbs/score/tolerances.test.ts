import { describe, expect, it } from 'vitest';
import { rejects, tolerances } from './tolerances.ts';

/** Names of the tolerances that reject `got` for `expected`, in float32. */
function rejecting(got: readonly number[], expected: readonly number[]): readonly string[] {
  const pair = { got: Float64Array.from(got), expected: Float64Array.from(expected), dtype: 'float32' as const };
  return tolerances.filter((tolerance) => rejects(tolerance, [pair])).map(({ name }) => name);
}

const ulp = 2 ** -23;

describe('the ways of comparing that people use', () => {
  it('none rejects equal tensors, zeros and NaN included', () => {
    expect(rejecting([1, -2, 0, NaN], [1, -2, 0, NaN])).toEqual(['cosine > 0.99, mean 1e-4']); // NaN is never close on average
    expect(rejecting([1, -2, 0], [1, -2, 0])).toEqual([]);
    expect(rejecting([0, 0], [0, 0])).toEqual([]);
  });

  it('all reject a sign', () => {
    expect(rejecting([1, 2, -3], [1, 2, 3])).toEqual(tolerances.map(({ name }) => name));
  });

  const all = tolerances.map(({ name }) => name);
  const [allclose, assertClose, fixed3, fixed4, fixed5, ulps, cosine] = all;

  it.each<[number, readonly (string | undefined)[]]>([
    [6 * ulp, []],
    [7 * ulp, [ulps]],
    [1.05e-5, [allclose, ulps]],
    [9e-5, [allclose, assertClose, fixed5, ulps]],
    [1.5e-3, [allclose, assertClose, fixed4, fixed5, ulps, cosine]],
    [3e-3, [allclose, assertClose, fixed3, fixed4, fixed5, ulps, cosine]],
    [0.06, all],
  ])('golden: 1 + %d against 1', (difference, expected) => {
    expect(rejecting([1 + difference], [1])).toEqual(expected);
  });

  it('golden: -5.96e-8 for 0, which the first golden vector sees, passes all but those that are relative', () => {
    const seen = rejecting([-5.9604645e-8, 1, 2], [0, 1, 2]);
    expect(seen).toEqual([allclose, ulps]);
  });
});
