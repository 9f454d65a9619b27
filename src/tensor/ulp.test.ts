import { describe, expect, it } from 'vitest';
import { ulpDistance } from './ulp.ts';

describe('ulp distance', () => {
  it('counts the elements between', () => {
    expect(ulpDistance(1, 1 + 2 ** -23, 'float32')).toBe(1);
    expect(ulpDistance(1, 1 - 2 ** -24, 'float32')).toBe(1);
    expect(ulpDistance(1, 2, 'bfloat16')).toBe(128);
    expect(ulpDistance(1, 1 + 2 ** -52, 'float64')).toBe(1);
    expect(ulpDistance(65504, Infinity, 'float16')).toBe(1);
  });

  it('counts across zero, where both zeros are one', () => {
    expect(ulpDistance(-0, 0, 'float32')).toBe(0);
    expect(ulpDistance(-Number.MIN_VALUE, Number.MIN_VALUE, 'float64')).toBe(2);
  });

  it('golden: two right values of a cancelling dx are 4.8e5 apart, 0 and −5.96e-8 are 8.6e8 apart', () => {
    expect(ulpDistance(-4.672022e-6, -4.453022e-6, 'float32')).toBeCloseTo(4.8e5, -4);
    expect(ulpDistance(0, -5.9604645e-8, 'float32')).toBe(864026624);
  });

  it('NaN is 0 from NaN and NaN from anything else', () => {
    expect(ulpDistance(NaN, NaN, 'float32')).toBe(0);
    expect(ulpDistance(NaN, 1, 'float32')).toBeNaN();
  });
});
