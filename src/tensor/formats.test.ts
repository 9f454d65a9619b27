import { describe, expect, it } from 'vitest';
import { largestFinite, smallestNormal, smallestSubnormal, unitRoundoff } from './formats.ts';
import { roundTo } from './round.ts';

describe('constants of the floating types', () => {
  it('golden: the figures that everybody prints', () => {
    expect([largestFinite('float16'), smallestSubnormal('float16'), smallestNormal('float16')]).toEqual([65504, 5.960464477539063e-8, 6.103515625e-5]);
    expect([largestFinite('bfloat16'), smallestNormal('bfloat16')]).toEqual([3.3895313892515355e38, 1.1754943508222875e-38]);
    expect([largestFinite('float32'), smallestSubnormal('float32')]).toEqual([3.4028234663852886e38, 1.401298464324817e-45]);
    expect([largestFinite('float64'), smallestSubnormal('float64'), smallestNormal('float64')]).toEqual([Number.MAX_VALUE, Number.MIN_VALUE, 2.2250738585072014e-308]);
  });

  it.each(['float16', 'bfloat16', 'float32', 'float64'] as const)('1 + u is half-way to the next %s: it rounds to 1, 1 + 3u does not', (dtype) => {
    const u = unitRoundoff(dtype);
    expect(roundTo(1 + u, dtype)).toBe(1);
    expect(roundTo(1 + 2 * u, dtype)).toBe(1 + 2 * u);
    expect(1 + 2 * u).toBeGreaterThan(1);
  });
});
