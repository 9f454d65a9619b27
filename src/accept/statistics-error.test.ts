import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { acceptCase } from './accept.ts';
import { sanctioned } from './accuracy.ts';
import type { HonestForm } from './honest/form.ts';
import { computeHonestly } from './honest/layer.ts';
import { questionOf, type Setting } from './honest/setting.ts';
import { updatingFactor } from './statistics-error.ts';

const u = 2 ** -24;

/** The largest first-order errors that rounding can make of Welford's mean and variance on given values, every rounding against us. */
function worstOfUpdating(x: readonly number[]): { readonly mean: number; readonly variance: number } {
  let [mean, meanError, squares, squaresError] = [0, 0, 0, 0];
  for (const [index, value] of x.entries()) {
    const k = index + 1;
    const before = value - mean;
    mean += before / k;
    const rounding = k === 1 ? 0 : u * (Math.abs(mean) + (2 * Math.abs(before)) / k);
    const product = before * (value - mean);
    squaresError += Math.abs(before) * (((2 * (k - 1)) / k) * meanError + rounding) + 3 * u * product + u * squares;
    meanError = ((k - 1) / k) * meanError + rounding;
    squares += product;
  }
  return { mean: meanError, variance: squaresError / x.length + (u * squares) / x.length };
}

/** K·δμ and K·δv of class B. */
function boundsOf(x: readonly number[]): { readonly mean: number; readonly variance: number } {
  const n = x.length;
  const mu = Math.abs(x.reduce((total, value) => total + value, 0)) / n;
  const size = x.reduce((total, value) => total + Math.abs(value), 0) / n;
  const mean = x.reduce((total, value) => total + value, 0) / n;
  const variance = x.reduce((total, value) => total + (value - mean) ** 2, 0) / n;
  const s = sanctioned.naive.summation(n);
  const meanBound = u * ((s + 1) * size + mu);
  return { mean: 2 * meanBound, variance: 2 * (u * (s + 4) * variance + meanBound ** 2 + u * updatingFactor(n) * mu * Math.sqrt(variance)) };
}

const values = fc.record({
  units: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 200 }), offset: fc.constantFrom(0, 0.5, 1, 3, 10, 300, 1e4),
  shape: fc.constantFrom('plain', 'first', 'last', 'ramp', 'halves'),
}).map(({ units, offset, shape }) => units.map((unit, i) => {
  const place = i / units.length;
  if (shape === 'first') return offset + unit * (i === 0 ? 100 : 1);
  if (shape === 'last') return offset + unit * (i === units.length - 1 ? 100 : 1);
  if (shape === 'ramp') return offset + 3 * place + unit / 100;
  return offset + (shape === 'halves' ? (place < 0.5 ? 1 : -1) + unit / 100 : unit);
}));

describe('BN-NUM-01 what updating a mean may cost', () => {
  it('golden: (n + 3/2)/√3 is at least √(1/n·Σ (k − 2/k)²·k/(k − 1)), and at most 2.1 times it', () => {
    let sum = 0;
    for (let n = 2; n <= 5000; n++) {
      sum += ((n - 2 / n) ** 2 * n) / (n - 1);
      expect(updatingFactor(n)).toBeGreaterThanOrEqual(Math.sqrt(sum / n));
      expect(updatingFactor(n)).toBeLessThan(2.1 * Math.sqrt(sum / n));
    }
  });

  test.prop([values], { numRuns: 3000 })('property: with every rounding against us, Welford stays inside K·δμ and K·δv', (x) => {
    const [worst, bounds] = [worstOfUpdating(x), boundsOf(x)];
    expect(worst.mean).toBeLessThanOrEqual(bounds.mean);
    expect(worst.variance).toBeLessThanOrEqual(bounds.variance);
  });
});

/** Found by a climb: the roundings of the running mean go one way, κ about 300. */
const drifting = [
  -14120601, -2115037, -6031318, 7022895, -12457663, 745885, 7137074, -3982947, 2586136, -10488520, 14994890, -7820519, 11390148, 2382303, 15093655, 2929796,
  -9739271, -9906478, -4696874, 2888649, -871882, 13987294, 3300105, 9163860, 4588233, 14375753, 12204224, 16412228, 12126808, 16558003, 16776986, 16777215,
];
const setting: Setting = {
  seed: 1, n: drifting.length, program: 'train', momentum: 1, eps: 1e-12, dtype: 'float32', offset: 300, scale: 1, pattern: 'plain', gradientScale: 1,
  gradientPattern: 'plain', gamma: 1, beta: 0, mean: 0, variance: 1, edits: drifting.map((integer, index) => ['x', 0, index, integer] as const),
};
const welford: HonestForm = { sums: 'sequential', variance: 'welford', root: 'rsqrt', output: 'direct', gradient: 'projected', fused: false, flushes: false };

describe('BN-NUM-01 Welford on 32 values that its mean keeps rounding one way', () => {
  const asked = questionOf(setting);
  const step = acceptCase(asked).ranks[0]?.steps[0];
  const accepted = step?.kind === 'values' ? step.values.find(({ observable }) => observable === 'running_var') : undefined;
  const error = Math.abs((computeHonestly(asked, welford)[0]?.running_var?.[0] ?? NaN) - (accepted?.value[0] ?? NaN));
  const bound = accepted?.naive[0] ?? NaN;

  it('golden: the running variance is at a fifth of its bound', () => {
    expect(error / bound).toBeGreaterThan(0.2);
    expect(error / bound).toBeLessThan(0.3);
  });

  it('control: with 2u·|μ|·σ for all n the bound would be exceeded twice', () => {
    const x = [...(asked.ranks[0]?.inputs[0]?.data ?? [])];
    const n = x.length;
    const mean = x.reduce((total, value) => total + value, 0) / n;
    const deviation = Math.sqrt(x.reduce((total, value) => total + (value - mean) ** 2, 0) / n);
    const narrower = bound - ((2 * n) / (n - 1)) * u * (updatingFactor(n) - 2) * mean * deviation;
    expect(narrower).toBeGreaterThan(0);
    expect(error / narrower).toBeGreaterThan(2);
  });
});
