import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { fromDecimal, toDecimal } from './decimal.ts';
import { compare, divide, fromInteger, fromNumber } from './rational.ts';
import { toNumber } from './to-number.ts';

const double = fc.double({ noNaN: true, noDefaultInfinity: true });

describe('decimal numbers', () => {
  test.prop([double])('property: 17 digits name a float64 number', (value) => {
    expect(Number(toDecimal(fromNumber(value), 17))).toBe(value + 0);
    expect(toNumber(fromDecimal(toDecimal(fromNumber(value), 17)))).toBe(value + 0);
  });

  test.prop([double, fc.integer({ min: 21, max: 60 })])('property: the digits are those of toExponential', (value, digits) => {
    expect(compare(fromDecimal(toDecimal(fromNumber(value), digits)), fromDecimal(value.toExponential(digits - 1)))).toBe(0);
  });

  it('golden: how numbers are written', () => {
    const seventh = divide(fromInteger(1), fromInteger(7));
    expect(toDecimal(seventh, 20)).toBe('0.14285714285714285714');
    expect(toDecimal(divide(fromInteger(-8), fromInteger(3)), 5)).toBe('-2.6667');
    expect(['0', '-12', '1200', '0.00001', '1e-6', '-4.5927674333774e-6', '100000000000000000000', '1e23'].map((text) => toDecimal(fromDecimal(text), 20)))
      .toEqual(['0', '-12', '1200', '0.00001', '1e-6', '-4.5927674333774e-6', '100000000000000000000', '1e23']);
    expect(toDecimal(fromDecimal('0.99995'), 4)).toBe('1');
    expect([toDecimal(fromDecimal('2.5'), 1), toDecimal(fromDecimal('3.5'), 1)]).toEqual(['2', '4']);
  });

  it('reads 0.1 as one tenth', () => {
    expect(compare(fromDecimal('0.1'), divide(fromInteger(1), fromInteger(10)))).toBe(0);
    expect(() => fromDecimal('1,5')).toThrow("expected a decimal number, got '1,5'");
  });
});
