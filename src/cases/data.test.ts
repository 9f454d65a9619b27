import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { integers } from '../tensor/generator.ts';
import { float32Beside } from '../tensor/narrow.ts';
import { roundTo } from '../tensor/round.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { drawGradient, drawInitial, drawInput, parseRegime, type Regime } from './data.ts';
import { valueOf } from './regimes.ts';

const regimes: readonly Regime[] = ['unit', 'tiny-variance', 'offset-1e3', 'offset-1e7', 'exact'];
const large = [500, 1, 20];

function moments(regime: Regime): { mean: number; variance: number } {
  const { data } = drawInput([1], regime, 'float64', large);
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  return { mean, variance: data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length };
}

describe('regimes draw what they promise', () => {
  it('golden: unit has mean 0 and a variance of 4/3', () => {
    const { mean, variance } = moments('unit');
    expect(Math.abs(mean)).toBeLessThan(0.05);
    expect(variance).toBeCloseTo(4 / 3, 1);
  });

  it('golden: tiny-variance has a variance of about ε = 1e-5', () => {
    expect(moments('tiny-variance').variance / 1e-5).toBeCloseTo(1.14, 1);
  });

  it('golden: offset-1e3 has |μ|/s of about 1e3', () => {
    const { mean, variance } = moments('offset-1e3');
    expect(mean).toBeCloseTo(1000, 0);
    expect(mean / Math.sqrt(variance)).toBeGreaterThan(800);
    expect(mean / Math.sqrt(variance)).toBeLessThan(1200);
  });

  it('golden: offset-1e7 has |μ|/s of about 1e7, in whole numbers once rounded to float32', () => {
    const { mean, variance } = moments('offset-1e7');
    expect([mean / 1e7, variance]).toEqual([expect.closeTo(1, 6), expect.closeTo(4 / 3, 1)]);
    expect([...new Set(drawInput([1], 'offset-1e7', 'float32', large).data)].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2].map((k) => 1e7 + k));
  });

  it('golden: exact draws all whole numbers in [−16, 16), and gradients of the same kind', () => {
    const drawn = new Set([...drawInput([1], 'exact', 'float32', large).data, ...drawGradient([1], 'exact', 'float32', large).data]);
    expect([...drawn].sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, k) => k - 16));
  });

  it('gradients are unit draws for every other regime', () => {
    expect(drawGradient([1], 'tiny-variance', 'float64', [4, 1]).data.every((dy) => Number.isInteger(dy * 1024) && Math.abs(dy) <= 2)).toBe(true);
  });

  it.each(regimes)('%s is its own word', (regime) => {
    expect(parseRegime(regime)).toBe(regime);
  });

  it('another word is refused', () => {
    expect(() => parseRegime('normal')).toThrow("axis 'data' has no value 'normal'");
  });
});

describe('the same bits everywhere, for ever', () => {
  it('golden: the first values of each regime', () => {
    expect(Object.fromEntries(regimes.map((regime) => [regime, [...drawInput([20261121, 0, 0], regime, 'float32', [2, 2]).data]]))).toMatchInlineSnapshot(`
      {
        "exact": [
          6,
          0,
          5,
          14,
        ],
        "offset-1e3": [
          1001.1044921875,
          998.890625,
          1000.828125,
          1000.9345703125,
        ],
        "offset-1e7": [
          10000001,
          10000001,
          10000001,
          10000002,
        ],
        "tiny-variance": [
          -0.002838134765625,
          -0.004088401794433594,
          0.0006694793701171875,
          0.0007495880126953125,
        ],
        "unit": [
          0.234375,
          -1.341796875,
          0.3916015625,
          0.8310546875,
        ],
      }
    `);
  });

  it('golden: initial values', () => {
    const names = ['gamma', 'beta', 'running_mean', 'running_var'] as const;
    expect(Object.fromEntries(names.map((name) => [name, [...drawInitial([20261121], name, 'float32', 3).data]]))).toMatchInlineSnapshot(`
      {
        "beta": [
          0.8125,
          1.1875,
          0.3125,
        ],
        "gamma": [
          0.8125,
          1.4375,
          -0.3125,
        ],
        "running_mean": [
          -0.5625,
          1.4375,
          0.5625,
        ],
        "running_var": [
          0.6875,
          1.1875,
          0.3125,
        ],
      }
    `);
  });

  const drawn = fc.record({ seed: fc.nat(), regime: fc.constantFrom(...regimes), dtype: fc.constantFrom<FloatType>('float16', 'bfloat16', 'float32', 'float64'), n: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 513, max: 520 })) });
  const wide = fc.record({ seed: fc.nat(), regime: fc.constantFrom(...regimes), dtype: fc.constantFrom<FloatType>('float32', 'float64') });

  test.prop([drawn])('property: equal choices draw equal bits, representable in the type', ({ seed, regime, dtype, n }) => {
    const once = drawInput([seed, 0], regime, dtype, [n, 2]);
    const again = drawInput([seed, 0], regime, dtype, [n, 2]);
    if (n > 512) expect(again.data).not.toBe(once.data); // small ones are shared
    expect(again).toEqual(once);
    expect(once.data.every((x) => roundTo(x, dtype) === x)).toBe(true);
    expect(once).toMatchObject({ dtype, shape: [n, 2] });
  });

  it.each(['unit', 'tiny-variance', 'mostly-zeros', 'exact'] as const)('%s: a large float32 tensor is drawn as a small one is, and lies beside itself as float32', (regime) => {
    const shape = [65_536, 1];
    const next = integers([5, 'input', regime, 'float32', ...shape]);
    const expected = Float64Array.from({ length: 65_536 }, () => roundTo(valueOf(regime, (next() >>> 8) % 4096, { index: 0, count: 1, channel: 0, dtype: 'float64' }), 'float32'));
    const { data } = drawInput([5], regime, 'float32', shape);
    expect([Buffer.compare(Buffer.from(data.buffer), Buffer.from(expected.buffer)), Buffer.compare(Buffer.from(float32Beside(data)?.buffer ?? new ArrayBuffer(0)), Buffer.from(Float32Array.from(expected).buffer))]).toEqual([0, 0]);
    expect([drawInput([5], regime, 'float64', shape), drawInput([5], regime, 'float32', [65_535, 1])].map((other) => float32Beside(other.data))).toEqual([undefined, undefined]);
  });

  test.prop([wide])('property: seed, rank, step, shape, and input or gradient each draw other bits', ({ seed, regime, dtype }) => {
    const shape = [8, 2];
    const draws = [
      drawInput([seed, 0, 0], regime, dtype, shape), drawInput([seed + 1, 0, 0], regime, dtype, shape), drawInput([seed, 1, 0], regime, dtype, shape), drawInput([seed, 0, 1], regime, dtype, shape),
      drawInput([seed, 0, 0], regime, dtype, [4, 4]), drawGradient([seed, 0, 0], regime, dtype, shape),
    ];
    expect(new Set(draws.map(({ data }) => data.join())).size).toBe(draws.length);
  });

  test.prop([fc.nat(), fc.integer({ min: 2, max: 8 })])('property: no initial value is at its default, neighbours differ, a variance is positive', (seed, channels) => {
    for (const name of ['gamma', 'beta', 'running_mean', 'running_var'] as const) {
      const { data } = drawInitial([seed], name, 'float32', channels);
      expect(data.some((value) => value === 0 || value === 1)).toBe(false);
      expect(data.subarray(1).every((value, c) => value !== data[c])).toBe(true);
      if (name === 'running_var') expect(Math.min(...data)).toBeGreaterThan(0);
    }
  });
});
