import { forEachInChannel } from '../reference/layout.ts';
import type { BatchStatistics, ForwardRecord } from '../reference/trajectory.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { AccuracyClass, Precision } from './accuracy.ts';
import { safety } from './accuracy.ts';
import type { ChannelError, StateError } from './channel-error.ts';

/** Magnitudes of a channel over all ranks: mean|x|, mean x² and max|x|. */
export interface Magnitudes {
  readonly meanAbs: Float64Array;
  readonly meanSquare: Float64Array;
  readonly max: Float64Array;
}

export function magnitudes(inputs: readonly Tensor[], channels: number): Magnitudes {
  const result = { meanAbs: new Float64Array(channels), meanSquare: new Float64Array(channels), max: new Float64Array(channels) };
  for (let c = 0; c < channels; c++) {
    let count = 0;
    for (const x of inputs) {
      forEachInChannel(x, c, (i) => {
        const value = Math.abs(x.data[i]!);
        count += 1;
        result.meanAbs[c]! += value;
        result.meanSquare[c]! += value * value;
        result.max[c] = Math.max(result.max[c]!, value);
      });
    }
    result.meanAbs[c]! /= count;
    result.meanSquare[c]! /= count;
  }
  return result;
}

/**
 * Errors of batch statistics.
 *
 *     δμ = u·((s_n + 1)·mean|x| + |μ|)
 *     δv = u·(s_n + 4)·σ² + δμ²                 two passes
 *        + 2u·|μ|·σ                             updating algorithms
 *        = u·(s_n + 3)·(mean x² + μ²)           one pass
 *     δs = δv/(2s²) + 3u
 *
 * Each product may be flushed to zero: n times the smallest normal number is added to δμ and δv.
 */
export function batchError(batch: BatchStatistics, deviation: number, size: Magnitudes, c: number, accuracy: AccuracyClass, precision: Precision): ChannelError {
  const { unit: u, tiny, huge } = precision;
  const n = batch.count;
  const s = accuracy.summation(n);
  const mu = Math.abs(batch.mean[c]!);
  const sigma2 = batch.variance[c]!;
  const mean = u * ((s + 1) * size.meanAbs[c]! + mu) + n * tiny;
  const twoPass = u * (s + 4) * sigma2 + mean * mean + (accuracy.updating ? 2 * u * mu * Math.sqrt(sigma2) : 0);
  const variance = (accuracy.onePass ? u * (s + 3) * (size.meanSquare[c]! + mu * mu) + twoPass : twoPass) + n * tiny;
  const overflows = n * sigma2 > huge / 4 || size.max[c]! ** 2 > huge / 4;
  return { mean, variance, ...deviationError(variance, deviation, u), overflows, linear: accuracy.onePass };
}

/** Errors of running statistics: those that earlier steps left in the state. */
export function runningError(record: ForwardRecord, state: StateError, c: number, precision: Precision): ChannelError {
  const variance = state.variance[c]! / safety;
  return { mean: state.mean[c]! / safety, variance, ...deviationError(variance, record.deviation[c]!, precision.unit), overflows: state.overflowed[c] === 1, linear: false };
}

function deviationError(variance: number, deviation: number, unit: number) {
  const squared = deviation * deviation;
  // A zero divisor is determined when no error is possible; 0/0 must not become NaN.
  const relative = variance === 0 ? 0 : variance / squared;
  return { deviation: relative / 2 + 3 * unit, undetermined: !(relative <= 0.5) };
}

/** δx̂ of one element: δμ/s + z·δs + u·(3|μ| + 2|x|)/s + 2u·z; covers (x − μ)·invstd and αx + β′. */
export function normalisedError(error: ChannelError, mean: number, deviation: number, x: number, z: number, unit: number): number {
  return (error.mean + unit * (3 * Math.abs(mean) + 2 * Math.abs(x))) / deviation + z * (error.deviation + 2 * unit);
}
