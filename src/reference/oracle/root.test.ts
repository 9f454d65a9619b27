import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { add, compare, divide, fromInteger, fromNumber, multiply, one } from './rational.ts';
import { squareRoot } from './root.ts';
import { toNumber } from './to-number.ts';

const positive = fc.tuple(fc.bigInt({ min: 1n, max: 2n ** 300n }), fc.bigInt({ min: 1n, max: 2n ** 300n })).map(([n, d]) => divide(fromInteger(n), fromInteger(d)));

describe('square root', () => {
  test.prop([positive, fc.integer({ min: 1, max: 300 })])('property: r ≤ √a < r·(1 + 2^−bits)', (a, bits) => {
    const root = squareRoot(a, bits);
    const above = multiply(root, add(one, divide(one, fromInteger(2n ** BigInt(bits)))));
    expect(compare(multiply(root, root), a)).toBeLessThanOrEqual(0);
    expect(compare(multiply(above, above), a)).toBe(1);
  });

  test.prop([fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })])('property: rounded to float64 it is Math.sqrt', (value) => {
    expect(toNumber(squareRoot(fromNumber(value)))).toBe(Math.sqrt(value));
  });

  test.prop([fc.double({ noNaN: true, noDefaultInfinity: true })])('property: the root of a square is exact', (value) => {
    const exact = fromNumber(Math.abs(value));
    expect(compare(squareRoot(multiply(exact, exact)), exact)).toBe(0);
  });

  it('refuses negative numbers', () => {
    expect(() => squareRoot(fromInteger(-1))).toThrow('expected a number ≥ 0 under the root');
  });
});
