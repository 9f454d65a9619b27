import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { localStatistics, poolStatistics } from '../reference/statistics.ts';
import type { BatchStatistics } from '../reference/trajectory.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { precisionOf, safety, sanctioned } from './accuracy.ts';
import { arithmeticOf } from './honest/arithmetic.ts';
import { honestStatistics } from './honest/statistics.ts';
import { batchError, magnitudes } from './statistics-error.ts';

const arithmetic = arithmeticOf(false, false);
const { round, multiplyAdd } = arithmetic;

const honestForm = { sums: 'pairwise', variance: 'two-pass', root: 'rsqrt', output: 'direct', gradient: 'projected', fused: false, flushes: false } as const;

function tensorOf(data: Float64Array): Tensor {
  return { dtype: 'float32', shape: [data.length, 1], data };
}

/** Honest float32: each rank pairwise and in two passes, then μ = Σ n_r·μ_r/n and σ² = Σ n_r·(σ²_r + (μ_r − μ)²)/n. */
function pooledHonestly(ranks: readonly Float64Array[]): { readonly mean: number; readonly variance: number } {
  return pooled(ranks.map((x) => ({ n: x.length, ...honestStatistics(x, honestForm, arithmetic) })));
}

function pooled(local: readonly { readonly n: number; readonly mean: number; readonly variance: number }[]): { readonly mean: number; readonly variance: number } {
  const count = local.reduce((total, { n }) => total + n, 0);
  const mean = round(local.reduce((sum, rank) => multiplyAdd(rank.n, rank.mean, sum), 0) / count);
  const spread = local.reduce((sum, rank) => {
    const apart = round(rank.mean - mean);
    return multiplyAdd(rank.n, multiplyAdd(apart, apart, rank.variance), sum);
  }, 0);
  return { mean, variance: round(spread / count) };
}

/** |error| ÷ K·δ of the pooled mean and variance under class A; the variance also without what pooling adds. */
function shares(ranks: readonly Float64Array[]): { readonly mean: number; readonly variance: number; readonly withoutPooling: number } {
  const tensors = ranks.map(tensorOf);
  const exact = poolStatistics(tensors.map(localStatistics));
  const size = magnitudes(tensors, 1);
  const [mu, variance] = [exact.mean[0] ?? NaN, exact.variance[0] ?? NaN];
  const bound = (one: typeof size) => batchError(exact satisfies BatchStatistics, Math.sqrt(variance), one, 0, sanctioned.stable, precisionOf('float32', sanctioned.stable));
  const honest = pooledHonestly(ranks);
  const error = Math.abs(honest.variance - variance);
  return {
    mean: Math.abs(honest.mean - mu) / (safety * bound(size).mean), variance: error / (safety * bound(size).variance),
    withoutPooling: error / (safety * bound({ ...size, ranks: 1, between: [0] }).variance),
  };
}

/** The same where each rank hands on fl(1/√(σ² + ε)), out of which the others read its variance. */
function sharesByRoot(ranks: readonly Float64Array[], eps: number): { readonly error: number; readonly bound: number; readonly variance: number } {
  const exact = poolStatistics(ranks.map(tensorOf).map(localStatistics));
  const handedOn = ranks.map((x) => {
    const { mean, variance } = honestStatistics(x, honestForm, arithmetic);
    const inverse = round(1 / round(Math.sqrt(round(variance + eps))));
    const root = round(1 / inverse);
    return { n: x.length, mean, variance: round(round(root * root) - eps) };
  });
  const variance = exact.variance[0] ?? NaN;
  const error = Math.abs(pooled(handedOn).variance - variance);
  const bound = safety * batchError(exact, Math.sqrt(variance + eps), magnitudes(ranks.map(tensorOf), 1), 0, sanctioned.stable, precisionOf('float32', sanctioned.stable)).variance;
  return { error, bound, variance: error / bound };
}

const drawnRanks = fc.record({
  units: fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 }), { minLength: 2, maxLength: 8 }),
  offset: fc.constantFrom(0, 1, 30, 1e3), apart: fc.constantFrom(0, 1, 100),
}).map(({ units, offset, apart }) => units.map((rank, r) => Float64Array.from(rank, (unit) => Math.fround(offset + apart * r + unit))))
  .filter((ranks) => new Set(ranks.flatMap((rank) => [...rank])).size > 1);

describe('BN-SYNC-01 what pooling the ranks may cost', () => {
  test.prop([drawnRanks], { numRuns: 4000, seed: 11 })('property: honest pairwise pooling in float32 stays inside K·δμ and K·δv of class A', (ranks) => {
    const share = shares(ranks);
    expect(share.mean).toBeLessThanOrEqual(1);
    expect(share.variance).toBeLessThanOrEqual(1);
  });

  test.prop([drawnRanks, fc.constantFrom(1e-12, 1e-5, 1e-3, 1)], { numRuns: 2000, seed: 12 })('property: so does what crosses as 1/√(σ² + ε), as PyTorch has it', (ranks, eps) => {
    expect(sharesByRoot(ranks, eps).variance).toBeLessThanOrEqual(1);
  });

  it('control: a constant channel comes back as 1.1e-12 at ε = 1e-5, inside the bound; ε itself in the variance is 1e5 bounds away', () => {
    const { error, bound } = sharesByRoot([Float64Array.of(3, 3), Float64Array.of(3, 3, 3)], 1e-5);
    expect(error).toBeGreaterThan(1e-13);
    expect(error).toBeLessThan(bound);
    expect(1e-5 / bound).toBeGreaterThan(1e5);
  });

  it('control: without the term for the distance between the ranks an honest one would be accused', () => {
    const ranks = [[1000.1, 1000.7], [1000.3, 999.2], [999.5, 999.9]].map((rank) => Float64Array.from(rank, Math.fround));
    const worst = Math.max(...Array.from({ length: 200 }, (_, k) => shares(ranks.map((rank, r) => rank.map((x) => Math.fround(x + ((k * (r + 1)) % 17) / 16)))).withoutPooling));
    expect(worst).toBeGreaterThan(1);
  });

  it('one rank costs nothing more, and a rank without samples is none', () => {
    const x: Tensor = { dtype: 'float32', shape: [3, 1], data: Float64Array.of(1, 2, 6) };
    const empty: Tensor = { dtype: 'float32', shape: [0, 1], data: new Float64Array(0) };
    expect(magnitudes([x, empty], 1)).toEqual(magnitudes([x], 1));
    expect(magnitudes([x], 1)).toMatchObject({ ranks: 1, between: [0] });
  });

  it('golden: ranks of 1 and 3 samples whose means are 4 apart have σ_b = √3', () => {
    const tensors = [[5], [0, 1, 2]].map((data): Tensor => ({ dtype: 'float32', shape: [data.length, 1], data: Float64Array.from(data) }));
    expect(magnitudes(tensors, 1).between[0]).toBeCloseTo(Math.sqrt(3), 15);
  });
});
