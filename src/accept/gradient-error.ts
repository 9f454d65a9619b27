import type { LayerConfig } from '../cases/case.ts';
import { countPerChannel, forEachInChannel, splitShape } from '../reference/layout.ts';
import type { BackwardRecord, StepRecord } from '../reference/trajectory.ts';
import { allocateNumbers } from '../tensor/allocate.ts';
import { smallestSubnormal, unitRoundoff } from '../tensor/formats.ts';
import { roundTo } from '../tensor/round.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { type AcceptedValues, anything } from './accepted.ts';
import { type AccuracyClass, type AccuracyPair, type Precision, precisionOf, resultBound, safety } from './accuracy.ts';
import { channelSumsExactly, isFloat32 } from './exact.ts';
import type { ErrorPair } from './output-error.ts';
import { inputGradientRule, parameterGradientRule } from './rule-of.ts';
import type { ChannelError } from './channel-error.ts';
import { normalisedError } from './statistics-error.ts';

/** Sums over the elements of one channel of one rank, for the bounds: Σz, Σ|dy|, Σ|dy|·z and Σ|dy|·δx̂. */
interface AbsoluteSums {
  readonly count: number;
  readonly normalised: number;
  readonly dy: number;
  readonly dyNormalised: number;
  readonly dyError: number;
}

/** Bounds of dx [N, C, …], dγ and dβ [C]. */
interface GradientBounds {
  readonly dx: Float64Array;
  readonly dgamma: Float64Array;
  readonly dbeta: Float64Array;
}

/**
 * Accepted dx, and dγ and dβ where the layer has parameters.
 *
 * @param before  what is accepted of dγ and dβ after the accumulating step before
 */
export function acceptGradients(config: LayerConfig, record: BackwardRecord, together: readonly StepRecord[], errors: ErrorPair, accuracy: AccuracyPair, before: AcceptedSums): AcceptedValues[] {
  const ranks = together.filter((other) => other.op === 'backward');
  const stable = gradientBounds(config, record, ranks, errors.stable, accuracy.stable);
  const naive = gradientBounds(config, record, ranks, errors.naive, accuracy.naive);
  const x = record.forward.x;
  const alternative = overflowedGradient(record, errors.naive);
  const dx: AcceptedValues = {
    observable: 'dx', rule: inputGradientRule(record, ranks.length), dtype: x.dtype, shape: x.shape, value: record.dx, stable: stable.dx, naive: naive.dx, alternative,
  };
  const parameter = (observable: 'dgamma' | 'dbeta', value: Float64Array): AcceptedValues => ({
    observable, rule: parameterGradientRule(observable, ranks.length), dtype: config.dtype, shape: [config.numFeatures], value,
    stable: stable[observable], naive: naive[observable],
    alternative: observable === 'dgamma' && alternative !== null ? Float64Array.from(errors.naive, (error) => (error.overflows ? 0 : NaN)) : null,
  });
  const parameters = [
    ...(record.dgamma === null ? [] : [parameter('dgamma', record.dgamma)]), ...(record.dbeta === null ? [] : [parameter('dbeta', record.dbeta)]),
  ];
  return [dx, ...(record.accumulated === undefined ? parameters : parameters.map((values) => accumulatedValues(values, record, before)))];
}

/** Accepted dγ and dβ after the accumulating step before, by name. */
export type AcceptedSums = ReadonlyMap<string, AcceptedValues>;

/**
 * The sum of a gradient and those before it, which is rounded to the parameter's type once more: T′ = T + T_own + u·(|Γ′| + T + T_own),
 * and half the smallest subnormal; exactly T + T_own = 0 where both are exact and the sum is a number of the type.
 */
function accumulatedValues(own: AcceptedValues, { accumulated }: BackwardRecord, before: AcceptedSums): AcceptedValues {
  const earlier = before.get(own.observable);
  if (accumulated?.earlier === null || accumulated === undefined || earlier === undefined) return own;
  const value = own.observable === 'dgamma' ? accumulated.dgamma : accumulated.dbeta ?? own.value;
  const added = (accuracyClass: 'stable' | 'naive') => value.map((sum, c) => addedBound(sum, earlier[accuracyClass][c]!, own[accuracyClass][c]!, own.dtype));
  return { ...own, rule: 'BN-GRAD-05', value, stable: added('stable'), naive: added('naive'), alternative: null }; // BN-GRAD-05
}

function addedBound(sum: number, before: number, own: number, dtype: FloatType): number {
  if (before === anything || own === anything) return anything;
  const bound = before + own;
  if (bound === 0 && roundTo(sum, dtype) === sum) return 0;
  return bound + unitRoundoff(dtype) * (Math.abs(sum) + bound) + smallestSubnormal(dtype) / 2;
}

function gradientBounds(config: LayerConfig, record: BackwardRecord, ranks: readonly BackwardRecord[], errors: readonly ChannelError[], accuracy: AccuracyClass): GradientBounds {
  const precision = precisionOf(record.forward.x.dtype, accuracy);
  const ofParameters = precisionOf(record.forward.x.dtype, accuracy, config.dtype);
  const channels = record.forward.gamma.length;
  const bounds = { dx: allocateNumbers(record.dx.length), dgamma: allocateNumbers(channels), dbeta: allocateNumbers(channels) };
  for (let c = 0; c < channels; c++) {
    const own = absoluteSums(record, c, errors[c]!, precision);
    const all = ranks.length === 1 ? own : addSums(ranks.map((rank) => absoluteSums(rank, c, errors[c]!, precision)));
    parameterBounds(bounds, record, c, own, errors[c]!, accuracy, ofParameters);
    inputBounds(bounds.dx, record, c, all, errors[c]!, accuracy, precision);
  }
  return bounds;
}

/** Bound of dx alone, of a pass on one rank. */
export function inputGradientBounds(record: BackwardRecord, errors: readonly ChannelError[], accuracy: AccuracyClass): Float64Array {
  const precision = precisionOf(record.forward.x.dtype, accuracy);
  const bound = allocateNumbers(record.dx.length);
  for (const [c, error] of errors.entries()) inputBounds(bound, record, c, absoluteSums(record, c, error, precision), error, accuracy, precision);
  return bound;
}

/**
 *     tol_dβ = K·u·(s_n + 1)·Σ|dy|, 0 where Σdy is exact in any order
 *     tol_dγ = K·(u·(s_n + 4)·Σ|dy|z + Σ|dy|δx̂)
 *
 * Flushed: each dy, each product and sum; for dγ each x̂ = (x − μ)·invstd besides, n products by x − μ of which invstd is a
 * factor, and dγ.
 */
function parameterBounds(bounds: GradientBounds, record: BackwardRecord, c: number, own: AbsoluteSums, error: ChannelError, accuracy: AccuracyClass, precision: Precision): void {
  if (own.count === 0) return; // sums of nothing are exactly 0
  const { unit: u, tiny } = precision;
  const s = accuracy.summation(own.count);
  const n = own.count;
  const exact = record.dy.dtype === 'float32' && isFloat32(record.dbeta?.[c] ?? 0) && channelSumsExactly([record.dy], c);
  bounds.dbeta[c] = exact ? 0 : resultBound(safety * (u * (s + 1) * own.dy + n * tiny), record.dbeta?.[c] ?? 0, precision);
  const flushed = tiny * (n * (1 + 1 / record.forward.deviation[c]!) + own.normalised + own.dy);
  const dgamma = safety * (u * (s + 4) * own.dyNormalised + own.dyError + flushed);
  bounds.dgamma[c] = error.undetermined ? error.unbounded : resultBound(dgamma, record.dgamma?.[c] ?? 0, precision);
}

/**
 *     batch    tol_dx = K·|γ|/s·(u·(4|dy| + (s_n + 3)·D1 + (s_n + 6)·z·D2) + δx̂·D2 + z·D3 + δs·(|dy| + D1 + z·D2))
 *     running  tol_dx = K·|γ|/s·|dy|·(6u + δs)
 *
 * D1, D2 and D3 are the means of |dy|, |dy|·z and |dy|·δx̂ over all ranks.
 *
 * Flushed, in units of the smallest normal number, n times for good measure: each dy, Σdy/n, x − μ, x̂ and their products, times
 * |γ|/s; what is multiplied by γ last; the result. Where γ·invstd/n itself is flushed, all of dx is lost. By running statistics
 * dx does not depend on x: there dy, its products by invstd and γ, γ·invstd and the result are flushed.
 */
function inputBounds(bound: Float64Array, record: BackwardRecord, c: number, all: AbsoluteSums, error: ChannelError, accuracy: AccuracyClass, precision: Precision): void {
  const { unit: u, tiny } = precision;
  const gamma = Math.abs(record.gamma[c]!);
  const deviation = record.deviation[c]!;
  const factor = gamma / deviation;
  const s = accuracy.summation(all.count);
  const n = all.count;
  const d1 = all.dy / n;
  const d2 = all.dyNormalised / n;
  const d3 = all.dyError / n;
  const lost = factor < n * tiny ? factor : 0;
  const { x } = record.forward;
  if (record.source === 'running') {
    forEachInChannel(x, c, (i) => {
      const dy = Math.abs(record.dy.data[i]!);
      const flushed = n * tiny * (2 * factor + gamma + dy + 1);
      bound[i] = error.undetermined ? error.unbounded : resultBound(safety * (factor * dy * (6 * u + error.deviation) + flushed + lost * dy), record.dx[i]!, precision);
    });
    return;
  }
  // n·tiny·(factor·(2 + z + (1 + z)·(1/s + D1 + D2)) + |γ|·(1 + z) + 1) is linear in z
  const perZ = n * tiny * (factor * (1 + 1 / deviation + d1 + d2) + gamma);
  const flushed = perZ + n * tiny * (factor + 1);
  const { batch, channels, spatial } = splitShape(x.shape);
  const mu = record.mean[c]!;
  for (let b = 0; b < batch; b++) {
    const start = (b * channels + c) * spatial;
    for (let i = start; i < start + spatial; i++) {
      const dy = Math.abs(record.dy.data[i]!);
      const z = Math.abs(x.data[i]! - mu) / deviation;
      const dz = normalisedError(error, mu, deviation, x.data[i]!, z, u);
      const size = dy + d1 + z * d2;
      const arithmetic = u * (4 * dy + (s + 3) * d1 + (s + 6) * z * d2) + dz * d2 + z * d3 + error.deviation * size;
      bound[i] = error.undetermined ? error.unbounded : resultBound(safety * (factor * arithmetic + flushed + perZ * z + lost * size), record.dx[i]!, precision);
    }
  }
}

function absoluteSums({ forward: { x }, dy, mean, deviation }: BackwardRecord, c: number, error: ChannelError, { unit }: Precision): AbsoluteSums {
  const { batch, channels, spatial } = splitShape(x.shape);
  const [mu, s] = [mean[c]!, deviation[c]!];
  let [normalised, dySum, dyNormalised, dyError] = [0, 0, 0, 0];
  for (let n = 0; n < batch; n++) {
    const start = (n * channels + c) * spatial;
    for (let i = start; i < start + spatial; i++) {
      const size = Math.abs(dy.data[i]!);
      const z = Math.abs(x.data[i]! - mu) / s;
      normalised += z;
      dySum += size;
      dyNormalised += size * z;
      dyError += size * normalisedError(error, mu, s, x.data[i]!, z, unit);
    }
  }
  return { count: countPerChannel(x.shape), normalised, dy: dySum, dyNormalised, dyError };
}

function addSums(sums: readonly AbsoluteSums[]): AbsoluteSums {
  return sums.reduce((a, b) => ({
    count: a.count + b.count, normalised: a.normalised + b.normalised, dy: a.dy + b.dy, dyNormalised: a.dyNormalised + b.dyNormalised, dyError: a.dyError + b.dyError,
  }));
}

/** Where the variance may overflow, 1/s is 0 and so is dx. */
function overflowedGradient({ forward, dx }: BackwardRecord, errors: readonly ChannelError[]): Float64Array | null {
  if (!errors.some((error) => error.overflows)) return null;
  const alternative = new Float64Array(dx.length).fill(NaN);
  for (const [c, error] of errors.entries()) {
    if (!error.overflows) continue;
    forEachInChannel(forward.x, c, (i) => {
      alternative[i] = 0;
    });
  }
  return alternative;
}
