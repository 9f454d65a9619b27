import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { absolute, add as exactAdd, compare, divide as exactDivide, fromNumber, multiply as exactMultiply, type Rational, subtract as exactSubtract } from '../oracle/rational.ts';
import { squareRoot as exactRoot } from '../oracle/root.ts';
import { toNumber } from '../oracle/to-number.ts';
import { add, divide, multiply, scale, squareRoot, subtract, sumOf, type Wide, wide } from './double-double.ts';

const exact = ({ hi, lo }: Wide): Rational => exactAdd(fromNumber(hi), fromNumber(lo));

/** |got − expected| ÷ |expected|. */
function relativeError(got: Wide, expected: Rational): number {
  const error = absolute(exactSubtract(exact(got), expected));
  return error.numerator === 0n ? 0 : toNumber(exactDivide(error, absolute(expected)));
}

const significand = fc.double({ min: 1, max: 2, noNaN: true });
const number = (range: number) => fc.tuple(significand, fc.integer({ min: -range, max: range }), fc.boolean()).map(([m, e, negative]) => (negative ? -m : m) * 2 ** e);
/** hi + lo with |lo| at most half a unit of hi; lo may be 0. */
const wides = (range: number) => fc.tuple(number(range), fc.double({ min: -1, max: 1, noNaN: true })).map(([hi, part]) => add(wide(hi), wide(hi * part * 2 ** -54)));

const bits = 2 ** -100;

describe('double-double arithmetic against exact rationals', () => {
  test.prop([wides(300), wides(300)])('property: product and quotient are within 2⁻¹⁰⁰, relatively', (a, b) => {
    expect(relativeError(multiply(a, b), exactMultiply(exact(a), exact(b)))).toBeLessThan(bits);
    expect(relativeError(divide(a, b), exactDivide(exact(a), exact(b)))).toBeLessThan(bits);
  });

  test.prop([wides(60), wides(60)])('property: sum and difference are within 2⁻¹⁰⁰, relatively, however much cancels', (a, b) => {
    expect(relativeError(add(a, b), exactAdd(exact(a), exact(b)))).toBeLessThan(bits);
    expect(relativeError(subtract(a, b), exactSubtract(exact(a), exact(b)))).toBeLessThan(bits);
  });

  test.prop([wides(500)])('property: the root is within 2⁻¹⁰⁰, relatively', (a) => {
    const positive = a.hi < 0 ? subtract(wide(0), a) : a;
    expect(relativeError(squareRoot(positive), exactRoot(exact(positive)))).toBeLessThan(bits);
  });

  test.prop([fc.array(number(40), { minLength: 1, maxLength: 200 })])('property: a sum is within 2⁻⁹⁰ of the absolute sum', (values) => {
    const total = values.reduce((sum, value) => exactAdd(sum, fromNumber(value)), fromNumber(0));
    const size = values.reduce((sum, value) => exactAdd(sum, fromNumber(Math.abs(value))), fromNumber(0));
    const error = absolute(exactSubtract(exact(sumOf(values.length, (i) => wide(values[i]!))), total));
    expect(compare(error, exactMultiply(size, fromNumber(2 ** -90)))).toBeLessThanOrEqual(0);
  });

  test.prop([wides(400), fc.integer({ min: -600, max: 600 })])('property: hi is the float64 number nearest to the sum', (a, shift) => {
    for (const result of [a, multiply(a, wide(1 / 3)), scale(wide(a.hi), -shift)]) expect(result.hi + result.lo - result.hi).toBe(0);
  });

  it('control: float64 alone is 2⁴⁷ times further off', () => {
    expect(relativeError(wide(1 / 3), exactDivide(fromNumber(1), fromNumber(3)))).toBeGreaterThan(2 ** -55);
    expect(relativeError(divide(wide(1), wide(3)), exactDivide(fromNumber(1), fromNumber(3)))).toBeLessThan(bits);
  });
});

describe('double-double at the ends of the range', () => {
  it('products of the largest numbers keep their rounding error', () => {
    const a = 1.1 * 2 ** 1000;
    expect(relativeError(multiply(wide(a), wide(1.1)), exactMultiply(fromNumber(a), fromNumber(1.1)))).toBeLessThan(bits);
    expect(relativeError(multiply(wide(1.1), wide(a)), exactMultiply(fromNumber(a), fromNumber(1.1)))).toBeLessThan(bits);
  });

  it('quotients and roots of the smallest numbers keep their low part', () => {
    const tiny = 2 ** -1060 * 3;
    expect(relativeError(divide(wide(tiny), wide(2 ** -600 * 1.1)), exactDivide(fromNumber(tiny), fromNumber(2 ** -600 * 1.1)))).toBeLessThan(bits);
    expect(relativeError(squareRoot(wide(tiny)), exactRoot(fromNumber(tiny)))).toBeLessThan(bits);
  });

  it('what overflows or is NaN is what float64 makes of it, without a low part', () => {
    const huge = wide(Number.MAX_VALUE);
    expect([add(huge, huge), multiply(huge, wide(-2)), divide(wide(1), wide(0)), divide(wide(1), wide(Infinity)), squareRoot(wide(Infinity)), scale(huge, 1)]).toEqual(
      [wide(Infinity), wide(-Infinity), wide(Infinity), wide(0), wide(Infinity), wide(Infinity)],
    );
    expect([squareRoot(wide(-1)).hi, divide(wide(0), wide(0)).hi, subtract(wide(Infinity), wide(Infinity)).hi]).toEqual([NaN, NaN, NaN]);
    expect(squareRoot(wide(0))).toEqual(wide(0));
  });

  it('powers of two scale exactly over the whole range', () => {
    expect(scale(wide(2 ** -1074), 2046)).toEqual(wide(2 ** 972));
    expect(scale({ hi: 3, lo: 2 ** -60 }, -3)).toEqual({ hi: 3 / 8, lo: 2 ** -63 });
  });
});
