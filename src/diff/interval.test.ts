import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { anything } from '../accept/accepted.ts';
import { errorRatio, isAccepted } from './interval.ts';

/** Float32, without an alternative. */
const accepts = (got: number, value: number, bound: number, alternative = NaN): boolean => isAccepted(got, value, bound, alternative, 'float32');

describe('BN-NUM-01 what an accepted interval contains', () => {
  it.each<[string, number, number, number, boolean]>([
    ['the value', 1, 1, 0, true], ['the lower end', 0.5, 1, 0.5, true], ['the upper end', 1.5, 1, 0.5, true],
    ['just past the upper end', 1.5 + 2 ** -52, 1, 0.5, false], ['another value where the bound is 0', 1 + 2 ** -52, 1, 0, false],
    ['−0 for +0', -0, 0, 0, true], ['+0 for −0', 0, -0, 0, true],
    ['NaN for NaN', NaN, NaN, 0, true], ['NaN in a finite interval', NaN, 1, 10, false], ['NaN where the bound says nothing', NaN, 1, Infinity, false], ['a number for NaN', 1, NaN, Infinity, false],
    ['∞ for ∞', Infinity, Infinity, 0, true], ['−∞ for ∞', -Infinity, Infinity, 1, false], ['a number for ∞', 1, Infinity, Infinity, false], ['NaN for ∞', NaN, Infinity, Infinity, false],
    ['∞ in a finite interval', Infinity, 1, 10, false], ['∞ where the bound says nothing', Infinity, 1, Infinity, false], ['any number where the bound says nothing', -1e30, 1, Infinity, true],
    ['∞ for a value that rounds to it', Infinity, 3.5e38, 1, true], ['−∞ for a value that rounds to it', -Infinity, -3.5e38, 1, true],
    ['∞ where the interval reaches past the largest number', Infinity, 3.4e38, 1e37, true], ['−∞ there', -Infinity, 3.4e38, 1e37, false],
    ['∞ for a value past the largest number where the bound says nothing', Infinity, 3.5e38, Infinity, true], ['−∞ there', -Infinity, 3.5e38, Infinity, false],
    ['NaN where anything is accepted', NaN, 1, anything, true], ['∞ there', Infinity, NaN, anything, true], ['a number there', 3, NaN, anything, true],
  ])('%s', (_, got, value, bound, accepted) => {
    expect(accepts(got, value, bound)).toBe(accepted);
  });

  it('the overflowed alternative is accepted, and what lies beside it is not', () => {
    expect([accepts(0.75, 2, 1e-6, 0.75), accepts(Infinity, 2, 1e-6, Infinity)]).toEqual([true, true]);
    expect([accepts(0.7500001, 2, 1e-6, 0.75), accepts(-Infinity, 2, 1e-6, Infinity), accepts(NaN, 2, 1e-6, Infinity)]).toEqual([false, false, false]);
  });

  it('low moves the interval by less than float64 can show: (got − value) − low', () => {
    const inside = (got: number, low: number, bound: number) => isAccepted(got, 1, bound, NaN, 'float64', low);
    expect([inside(1 + 2 ** -52, 2 ** -54, 2 ** -52), inside(1 + 2 ** -52, -(2 ** -54), 2 ** -52)]).toEqual([true, false]);
    expect([inside(1 - 2 ** -53, -(2 ** -54), 2 ** -53), inside(1 - 2 ** -53, 2 ** -54, 2 ** -53)]).toEqual([true, false]);
  });

  it('the number nearest to value + low is accepted even where the bound is 0, its neighbour is not', () => {
    expect([1, 1 + 2 ** -52].map((got) => isAccepted(got, 1, 0, NaN, 'float64', 2 ** -60))).toEqual([true, false]);
  });

  it('the largest number is that of the type', () => {
    expect(isAccepted(Infinity, 70_000, 1, NaN, 'float16')).toBe(true);
    expect(isAccepted(Infinity, 70_000, 1, NaN, 'float32')).toBe(false);
  });

  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

  test.prop([finite, finite, fc.double({ min: 0, max: 1e300, noNaN: true })])('property: a finite value is accepted exactly when its ratio is at most 1, where the bound is above 0', (got, value, bound) => {
    fc.pre(bound > 1e-300);
    expect(accepts(got, value, bound)).toBe(Math.abs(got - value) <= bound);
    expect(errorRatio(got, value, bound) <= 1 + 1e-15 || !accepts(got, value, bound)).toBe(true);
  });
});

describe('error ÷ bound', () => {
  it.each<[string, number, number, number, number]>([
    ['half way', 1.25, 1, 0.5, 0.5], ['equal at bound 0', 1, 1, 0, 0], ['missed at bound 0', 2, 1, 0, Infinity], ['NaN for NaN', NaN, NaN, 0, 0],
    ['NaN for a number', NaN, 1, 1, Infinity], ['∞ for ∞', Infinity, Infinity, 1, 0], ['∞ for a number', Infinity, 1, 1, Infinity],
    ['a number without a bound', 5, 1, Infinity, 0], ['∞ without a bound', Infinity, 1, Infinity, Infinity],
  ])('%s', (_, got, value, bound, ratio) => {
    expect(errorRatio(got, value, bound)).toBe(ratio);
  });

  it('low counts: 3/4 of a step where the value is a quarter of a step above its float64 number', () => {
    const step = 2 ** -52;
    expect(errorRatio(1 + step, 1, step, step / 4)).toBe(0.75);
    expect(errorRatio(1, 1, step, step / 4)).toBe(0.25);
    expect(errorRatio(1, 1, 0, step / 4)).toBe(0);
  });
});
