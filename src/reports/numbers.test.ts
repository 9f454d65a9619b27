import { describe, expect, it } from 'vitest';
import { formatBeside, formatCount, formatInterval, formatRate, formatRatio, plural } from './numbers.ts';

describe('numbers for reading', () => {
  it.each([
    [62000, '6.2e4'], [1000, '1e3'], [999.6, '1000'], [12.345, '12.3'], [2, '2'], [1.5, '1.5'], [1.0004, '1.0004'], [1 + 2 ** -52, '1.0000000000000002'], [0.25, '0.25'], [Infinity, '∞'],
  ])('ratio %f reads %s', (ratio, text) => {
    expect(formatRatio(ratio)).toBe(text);
  });

  it('golden: the interval of the style guide', () => {
    expect(formatInterval(1.0666666666666667, 6.5e-7)).toBe('[1.0666660, 1.0666673]');
    expect(formatBeside(1.02499997615814, 1.0666666666666667, 6.5e-7)).toBe('1.0249999762');
  });

  it.each([
    [0, 1e-7, '[-1.0e-7, 1.0e-7]'], [3, 0, 'exactly 3'], [NaN, 1, 'exactly NaN'], [-Infinity, 1, 'exactly -Infinity'], [1, Infinity, 'any finite value'],
    [1e30, 1e24, '[9.999990e+29, 1.000001e+30]'], [1, 1e-16, '[0.99999999999999989, 1.0000000000000000]'],
  ])('%f ± %f reads %s', (value, bound, text) => {
    expect(formatInterval(value, bound)).toBe(text);
  });

  it('a value just outside is told apart from the ends of its interval', () => {
    expect(formatBeside(1 + 1.0001e-12, 1, 1e-12)).toBe('1.000000000001');
    expect(formatBeside(NaN, 1, 1e-12)).toBe('NaN');
    expect(formatBeside(0.1 + 0.2, 0.3, 0)).toBe('0.30000000000000004');
  });

  it.each([[1, 1, '100 %'], [99_999, 100_000, '99.9 %'], [1, 3, '33.3 %'], [0, 5, '0 %'], [0, 0, '–'], [9995, 10_000, '99.9 %']])('%i of %i is %s, rounded down', (part, whole, text) => {
    expect(formatRate(part, whole)).toBe(text);
  });

  it('counts', () => {
    expect([formatCount(1234567), plural(1, 'case'), plural(2000, 'case')]).toEqual(['1,234,567', '1 case', '2,000 cases']);
  });
});
