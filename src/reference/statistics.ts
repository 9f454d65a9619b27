import { allocateNumbers } from '../tensor/allocate.ts';
import { sum, sumOf } from '../tensor/sum.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { countPerChannel, gatherChannel, splitShape } from './layout.ts';
import type { BatchStatistics, GradientSums } from './trajectory.ts';

/**
 * Mean and biased variance of each channel.
 *
 *     μ = Σx / n        σ² = Σ(x − μ)² / n        n = N·∏spatial
 *
 * Two passes with compensated sums: a relative error of a few 2⁻⁵³ in μ relative to mean|x|, and in σ².
 *
 * @param x  input, shape [N, C, …spatial]
 * @returns  count n; mean [C] in input units; variance [C] in squared input units; NaN for n = 0
 * @see spec/batch-norm.md#bn-stat-01
 */
export function localStatistics(x: Tensor): BatchStatistics {
  const count = countPerChannel(x.shape);
  const { channels } = splitShape(x.shape);
  const mean = allocateNumbers(channels);
  const variance = allocateNumbers(channels);
  const values = allocateNumbers(count);
  for (let c = 0; c < channels; c++) {
    gatherChannel(x, c, values);
    const mu = sum(values) / count;
    for (let i = 0; i < count; i++) values[i] = (values[i]! - mu) ** 2;
    mean[c] = mu;
    variance[c] = sum(values) / count;
  }
  return { count, mean, variance };
}

/**
 * Statistics of all ranks together.
 *
 *     μ = Σ n_r·μ_r / T        σ² = Σ n_r·(σ²_r + (μ_r − μ)²) / T        T = Σ n_r
 *
 * A rank without samples takes part with weight 0. One rank's statistics are its own.
 *
 * @see spec/batch-norm.md#bn-sync-01
 */
export function poolStatistics(local: readonly BatchStatistics[]): BatchStatistics {
  const filled = local.filter((rank) => rank.count > 0);
  const first = filled[0] ?? local[0];
  if (first === undefined) throw new RangeError('expected the statistics of at least one rank, got none');
  if (filled.length <= 1) return first;
  const count = filled.reduce((total, rank) => total + rank.count, 0);
  const mean = first.mean.map((_, c) => sumOf(filled.length, (r) => filled[r]!.count * filled[r]!.mean[c]!) / count);
  const spread = (r: number, c: number) => filled[r]!.variance[c]! + (filled[r]!.mean[c]! - mean[c]!) ** 2;
  const variance = first.mean.map((_, c) => sumOf(filled.length, (r) => filled[r]!.count * spread(r, c)) / count);
  return { count, mean, variance };
}

/** Gradient sums of all ranks together: counts, Σdy and Σdy·x̂ added over the ranks. */
export function poolSums(local: readonly GradientSums[]): GradientSums {
  const first = local[0];
  if (first === undefined) throw new RangeError('expected the gradient sums of at least one rank, got none');
  if (local.length === 1) return first;
  return {
    count: local.reduce((total, rank) => total + rank.count, 0),
    dy: first.dy.map((_, c) => sumOf(local.length, (r) => local[r]!.dy[c]!)),
    dyNormalised: first.dy.map((_, c) => sumOf(local.length, (r) => local[r]!.dyNormalised[c]!)),
  };
}
