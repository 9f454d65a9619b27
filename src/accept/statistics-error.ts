import { countPerChannel, splitShape } from '../reference/layout.ts';
import type { BatchStatistics, ForwardRecord } from '../reference/trajectory.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { AccuracyClass, Precision } from './accuracy.ts';
import { safety } from './accuracy.ts';
import type { ChannelError, StateError } from './channel-error.ts';

/** Magnitudes of a channel over all ranks: mean|x|, mean x², max|x|, and how far the ranks' own means lie apart. */
export interface Magnitudes {
  readonly meanAbs: readonly number[];
  readonly meanSquare: readonly number[];
  readonly max: readonly number[];
  /** σ_b = √(Σ n_r·(μ_r − μ)²/n) over the ranks; 0 for one rank. */
  readonly between: readonly number[];
  /** How many ranks have samples. */
  readonly ranks: number;
}

export function magnitudes(inputs: readonly Tensor[], channels: number): Magnitudes {
  const filled = inputs.filter((x) => x.data.length > 0);
  const result = { meanAbs: zeros(channels), meanSquare: zeros(channels), max: zeros(channels), between: zeros(channels), ranks: filled.length };
  const count = filled.reduce((total, { shape }) => total + countPerChannel(shape), 0);
  const sums = filled.map((x) => ({ count: countPerChannel(x.shape), sum: zeros(channels) }));
  for (const [rank, x] of filled.entries()) addRank(x, result, sums[rank]!.sum);
  for (let c = 0; c < channels; c++) {
    result.meanAbs[c]! /= count;
    result.meanSquare[c]! /= count;
    result.between[c] = deviationBetween(sums, c);
  }
  return result;
}

/** For a few channels cheaper than a typed array. */
function zeros(channels: number): number[] {
  const numbers: number[] = [];
  for (let c = 0; c < channels; c++) numbers.push(0);
  return numbers;
}

/** Elements per channel of a rank, and their sum, [C]. */
interface RankSums {
  readonly count: number;
  readonly sum: readonly number[];
}

/** Adds Σ|x| and Σx² of a rank to those of the ranks before, raises max|x|, and finds Σx, all [C]. */
function addRank({ data, shape }: Tensor, soFar: Readonly<Record<'meanAbs' | 'meanSquare' | 'max', number[]>>, sums: number[]): void {
  const { batch, channels, spatial } = splitShape(shape);
  for (let c = 0; c < channels; c++) {
    let [abs, square, max, sum] = [soFar.meanAbs[c]!, soFar.meanSquare[c]!, soFar.max[c]!, 0];
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++) {
        const value = data[i]!;
        sum += value;
        abs += Math.abs(value);
        square += value * value;
        max = Math.max(max, Math.abs(value));
      }
    }
    [soFar.meanAbs[c], soFar.meanSquare[c], soFar.max[c], sums[c]] = [abs, square, max, sum];
  }
}

function deviationBetween(ranks: readonly RankSums[], c: number): number {
  if (ranks.length < 2) return 0;
  const count = ranks.reduce((total, rank) => total + rank.count, 0);
  const mean = ranks.reduce((total, rank) => total + rank.sum[c]!, 0) / count;
  return Math.sqrt(ranks.reduce((total, rank) => total + rank.count * (rank.sum[c]! / rank.count - mean) ** 2, 0) / count);
}

/**
 * Errors of batch statistics.
 *
 *     δμ = u·((s_n + 1)·mean|x| + |μ|)
 *     δv = u·(s_n + 4)·σ² + δμ²                 two passes
 *        + u·(n + 3/2)/√3·|μ|·σ                 updating algorithms, `updatingFactor`
 *        = u·(s_n + 3)·(mean x² + μ²)           one pass
 *        + what pooling costs, `poolingError`, where R > 1 ranks do
 *     δs = δv/(2s²) + 3u
 *
 * K·δs covers 1/√(1 − r) − 1 for every r = δv/s² ≤ ½, beyond which the variance is not determined. Each product may be flushed to zero: n times the smallest normal number is added to δμ and δv.
 */
export function batchError(batch: BatchStatistics, deviation: number, size: Magnitudes, c: number, accuracy: AccuracyClass, precision: Precision): ChannelError {
  const { unit: u, tiny, huge } = precision;
  const n = batch.count;
  const s = accuracy.summation(n);
  const mu = Math.abs(batch.mean[c]!);
  const sigma2 = batch.variance[c]!;
  const pooling = poolingError(size, sigma2, deviation, c, s, u);
  const mean = u * ((s + 1) * size.meanAbs[c]! + mu) + pooling.mean + n * tiny;
  const twoPass = u * (s + 4) * sigma2 + mean * mean + pooling.variance + 2 * size.between[c]! * mean + (accuracy.updating ? u * updatingFactor(n) * mu * Math.sqrt(sigma2) : 0);
  const variance = (accuracy.onePass ? u * (s + 3) * (size.meanSquare[c]! + mu * mu) + twoPass : twoPass) + n * tiny;
  const overflows = n * sigma2 > huge / 4 || size.max[c]! ** 2 > huge / 4;
  const relative = relativeTo(variance, deviation);
  return { mean, variance, deviation: relative / 2 + 3 * u, undetermined: !(relative <= 0.5), unbounded: Infinity, overflows, linear: accuracy.onePass, updating: accuracy.updating };
}

/**
 * What is added where each of R ranks finds its own mean and variance and these are pooled,
 * μ = Σ n_r·μ_r/n and σ² = Σ n_r·(σ²_r + (μ_r − μ)²)/n.
 *
 * R products and R − 1 sums more: u·R·mean|x| in μ, u·(R + 3)·σ² in σ². A rank's mean has an error e_r ≤ u·((s_n + 1)·mean_r|x| + |μ_r|),
 * and the pooled mean δμ, so (μ_r − μ)² has 2·|μ_r − μ|·(e_r + δμ), over all ranks, by Cauchy and Schwarz,
 *
 *     2/n·Σ n_r·|μ_r − μ|·(e_r + δμ) ≤ 2·σ_b·(√(Σ n_r·e_r²/n) + δμ) ≤ 2·σ_b·(u·(s_n + 2)·√(mean x²) + δμ)
 *
 * Here without the part of δμ, which `batchError` adds.
 *
 * What crosses between the ranks may be 1/s_r and not σ²_r (PyTorch, torch/nn/modules/_functions.py). Sum, root and quotient leave 3.5u
 * in it at most, its reciprocal u and the square u more, so σ²_r = (1/s_r)⁻² − ε comes back with 8u·(σ²_r + ε), over all ranks
 *
 *     8u/n·Σ n_r·(σ²_r + ε) ≤ 8u·s²
 *
 * which is more than 0 where a channel is constant.
 */
function poolingError(size: Magnitudes, sigma2: number, deviation: number, c: number, s: number, u: number): { readonly mean: number; readonly variance: number } {
  if (size.ranks < 2) return { mean: 0, variance: 0 };
  return {
    mean: u * size.ranks * size.meanAbs[c]!,
    variance: u * (size.ranks + 3) * sigma2 + 8 * u * deviation ** 2 + 2 * size.between[c]! * u * (s + 2) * Math.sqrt(size.meanSquare[c]!),
  };
}

/**
 * How far an updating algorithm's rounded means move the variance, in units of u·|μ|·σ: at most (n + 3/2)/√3.
 *
 * The k-th update adds d·r, d = x − m_{k−1}, r = x − m_k = d·(k − 1)/k. With errors e_{k−1} and e_k in the means,
 * e_k = e_{k−1}·(k − 1)/k + η_k, it adds to first order
 *
 *     (d − e_{k−1})·(r − e_k) − d·r = −d·(2·(k − 1)/k·e_{k−1} + η_k)
 *
 * A rounded mean has |η_k| ≤ u·|μ| (and 2u·|d|/k, which is a part of u·n·σ² that K covers), the first mean is exact, so
 * k·|e_k| ≤ u·|μ|·(2 + 3 + … + k), and the bracket is at most u·|μ|·(k − 2/k). By Σ d²·(k − 1)/k = n·σ² and Cauchy and Schwarz
 *
 *     δv ≤ u·|μ|·σ·√(1/n·Σ_{k=2..n} (k − 2/k)²·k/(k − 1)) ≤ u·|μ|·σ·(n + 3/2)/√3
 *
 * It is 2u·|μ|·σ at n = 2. Merging lanes of updated means costs less: each mean has gone through fewer roundings.
 *
 * @see Chan, Golub, LeVeque, The American Statistician 37(3), 1983: n·κ·u for updating
 */
export function updatingFactor(n: number): number {
  return (n + 1.5) / Math.sqrt(3);
}

/**
 * Errors of running statistics: those that earlier steps left in the state. They are bounds T already, factor and all, and a
 * narrow type's rounding in them is no first-order term of float32, so nothing is left to K here:
 *
 *     K·δs = 1/√(1 − T_rv/s²) − 1 + 3K·u        K·δμ = T_rm·(1 + K·δs)
 */
export function runningError(record: ForwardRecord, state: StateError, c: number, precision: Precision): ChannelError {
  const deviation = record.deviation[c]!;
  const relative = relativeTo(state.variance[c]!, deviation);
  const undetermined = !(relative < 1);
  const share = undetermined ? Infinity : 1 / Math.sqrt(1 - relative) - 1;
  return {
    mean: (state.mean[c]! * (1 + share)) / safety, variance: state.variance[c]! / safety, deviation: share / safety + 3 * precision.unit,
    undetermined, unbounded: Infinity, overflows: state.overflowed[c] === 1, linear: false, updating: false,
  };
}

/** δv/s². A zero divisor is determined when no error is possible; 0/0 must not become NaN. */
function relativeTo(variance: number, deviation: number): number {
  return variance === 0 ? 0 : variance / (deviation * deviation);
}

/** δx̂ of one element: δμ/s + z·δs + u·(3|μ| + 2|x|)/s + 2u·z; covers (x − μ)·invstd and αx + β′. */
export function normalisedError(error: ChannelError, mean: number, deviation: number, x: number, z: number, unit: number): number {
  return (error.mean + unit * (3 * Math.abs(mean) + 2 * Math.abs(x))) / deviation + z * (error.deviation + 2 * unit);
}
