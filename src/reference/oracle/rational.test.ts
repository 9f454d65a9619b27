import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { absolute, add, compare, divide, fromInteger, fromNumber, multiply, negate, one, subtract, zero, type Rational } from './rational.ts';
import { toNumber } from './to-number.ts';

const integer = fc.oneof(fc.bigInt({ min: -50n, max: 50n }), fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }));
const rational = fc.tuple(integer, integer.filter((n) => n !== 0n)).map(([n, d]) => divide(fromInteger(n), fromInteger(d)));
const double = fc.double({ noNaN: true, noDefaultInfinity: true });

function expectEqual(a: Rational, b: Rational): void {
  expect(compare(a, b)).toBe(0);
}

describe('rational numbers form an ordered field', () => {
  test.prop([rational, rational, rational])('property: sums and products commute, associate and distribute', (a, b, c) => {
    expectEqual(add(a, b), add(b, a));
    expectEqual(multiply(a, b), multiply(b, a));
    expectEqual(add(add(a, b), c), add(a, add(b, c)));
    expectEqual(multiply(multiply(a, b), c), multiply(a, multiply(b, c)));
    expectEqual(multiply(a, add(b, c)), add(multiply(a, b), multiply(a, c)));
  });

  test.prop([rational, rational])('property: differences and quotients undo sums and products', (a, b) => {
    expectEqual(subtract(add(a, b), b), a);
    expectEqual(add(a, negate(a)), zero);
    if (compare(b, zero) !== 0) expectEqual(divide(multiply(a, b), b), a);
    if (compare(a, zero) !== 0) expectEqual(multiply(a, divide(one, a)), one);
  });

  test.prop([rational, rational, rational])('property: the order is kept by sums and by positive factors', (a, b, c) => {
    expect(compare(add(a, c), add(b, c))).toBe(compare(a, b));
    expect(compare(b, a)).toBe(0 - compare(a, b));
    const factor = absolute(c);
    if (compare(factor, zero) > 0) expect(compare(multiply(a, factor), multiply(b, factor))).toBe(compare(a, b));
  });

  test.prop([rational])('property: denominators are odd and positive', ({ denominator }) => {
    expect(denominator > 0n && denominator % 2n === 1n).toBe(true);
  });

  it('control: neighbours are told apart', () => {
    expect(compare(fromNumber(0.1), divide(one, fromInteger(10)))).toBe(1);
    expect(compare(fromNumber(1), fromNumber(1 + 2 ** -52))).toBe(-1);
  });
});

describe('rational numbers and float64', () => {
  test.prop([double])('property: a float64 number comes back', (value) => {
    expect(toNumber(fromNumber(value))).toBe(value + 0);
  });

  // + 0 turns −0, which exact numbers do not have, into 0
  test.prop([double, double])('property: rounding the exact result gives what IEEE 754 arithmetic gives', (a, b) => {
    expect(toNumber(add(fromNumber(a), fromNumber(b))) + 0).toBe(a + b + 0);
    expect(toNumber(subtract(fromNumber(a), fromNumber(b))) + 0).toBe(a - b + 0);
    expect(toNumber(multiply(fromNumber(a), fromNumber(b))) + 0).toBe(a * b + 0);
    if (b !== 0) expect(toNumber(divide(fromNumber(a), fromNumber(b))) + 0).toBe(a / b + 0);
  });

  it('rounds half-way cases to even, subnormals included, and overflows to infinity', () => {
    const half = fromNumber(0.5);
    const smallest = fromNumber(Number.MIN_VALUE);
    expect(toNumber(multiply(smallest, half))).toBe(0);
    expect(toNumber(multiply(smallest, fromNumber(1.5)))).toBe(2 * Number.MIN_VALUE);
    expect(toNumber(multiply(smallest, fromNumber(2.5)))).toBe(2 * Number.MIN_VALUE);
    expect(toNumber(add(one, fromNumber(2 ** -53)))).toBe(1);
    expect(toNumber(add(fromNumber(1 + 2 ** -52), fromNumber(2 ** -53)))).toBe(1 + 2 ** -51);
    const beyond = add(fromNumber(Number.MAX_VALUE), fromNumber(2 ** 970));
    expect(toNumber(beyond)).toBe(Infinity);
    expect(toNumber(negate(beyond))).toBe(-Infinity);
    expect(toNumber(subtract(beyond, smallest))).toBe(Number.MAX_VALUE);
  });

  it('refuses what has no exact value', () => {
    expect(() => fromNumber(NaN)).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected a finite number, got NaN]`);
    expect(() => divide(one, zero)).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected a divisor other than 0]`);
  });
});
