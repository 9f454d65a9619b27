import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { sum, sumOf } from './sum.ts';

/** Σ of integers times 2^−40, exact by BigInt. */
function exactSum(values: readonly number[]): number {
  return Number(values.reduce((total, value) => total + BigInt(value * 2 ** 40), 0n)) * 2 ** -40;
}

const fixedPoint = fc.tuple(fc.integer(), fc.integer({ min: -40, max: 20 })).map(([k, e]) => k * 2 ** e);

describe('compensated sum', () => {
  test.prop([fc.array(fixedPoint, { maxLength: 200 })])('property: within u of the sum and (nu)² of the absolute sum', (values) => {
    const u = 2 ** -53;
    const n = values.length;
    const bound = u * Math.abs(exactSum(values)) + (n * u) ** 2 * sum(values.map(Math.abs));
    expect(Math.abs(sum(values) - exactSum(values))).toBeLessThanOrEqual(2 * bound);
  });

  test.prop([fc.array(fc.double(), { maxLength: 50 })])('property: sum and sumOf give the same bits', (values) => {
    expect(sum(values)).toBe(sumOf(values.length, (i) => values[i]!));
    expect(sum(Float64Array.from(values))).toBe(sum(values));
  });

  it('control: where a plain sum loses everything', () => {
    const values = [1, 1e100, 1, -1e100];
    expect(values.reduce((a, b) => a + b, 0)).toBe(0);
    expect(sum(values)).toBe(2);
  });

  it('0.1 ten thousand times', () => {
    expect(sumOf(10_000, () => 0.1)).toBe(1000);
    expect(sumOf(0, () => 1)).toBe(0);
  });

  it('infinities and NaN come out as in a plain sum', () => {
    expect(sum([1, Infinity, 1])).toBe(Infinity);
    expect(sum([Infinity, -Infinity])).toBeNaN();
    expect(sum([NaN, 1])).toBeNaN();
    expect(sum([Number.MAX_VALUE, Number.MAX_VALUE])).toBe(Infinity);
  });
});
