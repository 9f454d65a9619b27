import type { LayerConfig } from '../cases/case.ts';
import { forEachInChannel, splitShape } from '../reference/layout.ts';
import type { ForwardRecord } from '../reference/trajectory.ts';
import type { AcceptedValues } from './accepted.ts';
import { type AccuracyPair, type Precision, precisionOf, resultBound, safety } from './accuracy.ts';
import { outputRule } from './rule-of.ts';
import type { ChannelError } from './channel-error.ts';
import { normalisedError } from './statistics-error.ts';
import { allocateNumbers } from '../tensor/allocate.ts';

/** Channel errors of one forward under both classes. */
export interface ErrorPair {
  readonly stable: readonly ChannelError[];
  readonly naive: readonly ChannelError[];
}

/** Accepted y of one forward: tol_y = K·(|γ|·δx̂ + 2u·|β| + u·|y|), with the result's own rounding and underflow. */
export function acceptOutput(config: LayerConfig, record: ForwardRecord, errors: ErrorPair, ranks: number, accuracy: AccuracyPair): AcceptedValues {
  return {
    observable: 'y', rule: outputRule(record, ranks), dtype: record.x.dtype, shape: record.x.shape, value: record.y,
    stable: outputBound(record, errors.stable, precisionOf(record.x.dtype, accuracy.stable)),
    naive: outputBound(record, errors.naive, precisionOf(record.x.dtype, accuracy.naive)),
    alternative: overflowedOutput(config, record, errors.naive),
  };
}

/**
 * tol_y of every element.
 *
 * Flushed: x and μ and their difference as 3/s of |γ|, x̂ as one more, then products by γ and α, β, and sums. Where α itself is
 * flushed, all of γ·x̂ is lost.
 */
function outputBound(record: ForwardRecord, errors: readonly ChannelError[], precision: Precision): Float64Array {
  const bound = allocateNumbers(record.y.length);
  const { unit: u, tiny } = precision;
  const { x: { data, shape }, y: values } = record;
  const { batch, channels, spatial } = splitShape(shape);
  for (let c = 0; c < channels; c++) {
    const error = errors[c]!;
    const gamma = Math.abs(record.gamma[c]!);
    const beta = Math.abs(record.beta[c]!);
    const mu = record.mean[c]!;
    const s = record.deviation[c]!;
    const flushed = (gamma * (1 + 3 / s) + 4) * tiny;
    const lost = gamma < tiny * s ? gamma : 0;
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++) {
        const x = data[i]!;
        const y = Math.abs(values[i]!);
        const z = Math.abs(x - mu) / s;
        const arithmetic = safety * (gamma * normalisedError(error, mu, s, x, z, u) + 2 * u * beta + u * y + flushed + lost * z);
        bound[i] = error.undetermined ? error.unbounded : resultBound(arithmetic, y, precision);
      }
    }
  }
  return bound;
}

/** Where the variance may overflow, invstd is 0 and y = β. */
function overflowedOutput(config: LayerConfig, record: ForwardRecord, errors: readonly ChannelError[]): Float64Array | null {
  if (!errors.some((error) => error.overflows)) return null;
  const alternative = new Float64Array(record.y.length).fill(NaN);
  for (let c = 0; c < config.numFeatures; c++) {
    if (errors[c]?.overflows !== true) continue;
    forEachInChannel(record.x, c, (i) => {
      alternative[i] = record.beta[c]!;
    });
  }
  return alternative;
}
