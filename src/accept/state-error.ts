import type { StateUpdate } from '../reference/trajectory.ts';
import { type Precision, safety } from './accuracy.ts';
import { type ExactState, isExact } from './exact.ts';
import type { ChannelError, StateError } from './channel-error.ts';

export function noStateError(channels: number): StateError {
  return { mean: new Float64Array(channels), variance: new Float64Array(channels), overflowed: new Uint8Array(channels) };
}

/**
 * Bounds after one update, from those before it.
 *
 *     T′_rm = |1 − m|·T_rm + K·(m·δμ + 3u·(m·|μ| + |1 − m|·|rm|)) + u_out·|rm′|
 *     T′_rv = |1 − m|·T_rv + K·(m·c·δv + 4u·(m·c·σ² + |1 − m|·|rv|)) + u_out·|rv′|        c = n/(n − 1)
 *
 * The arithmetic adds 0 where the data make it exact in any summation order and the state before was exact too. A variance
 * that is not determined has no bound. An empty batch moves nothing.
 */
export function updateStateError(before: StateError, update: StateUpdate, errors: readonly ChannelError[], exact: ExactState, precision: Precision): StateError {
  const { before: state, batch, weight } = update;
  if (batch.count === 0) return before;
  const after = noStateError(errors.length);
  const m = Math.abs(weight);
  const keep = Math.abs(1 - weight);
  const bessel = batch.count / (batch.count - 1);
  const { unit: u, tiny, resultUnit, resultTiny } = precision;
  for (const [c, error] of errors.entries()) {
    const mean = sumOfParts(m, Math.abs(batch.mean[c]!), keep, Math.abs(state.mean[c]!));
    const variance = sumOfParts(m, bessel * batch.variance[c]!, keep, Math.abs(state.variance[c]!));
    const meanError = safety * (m * error.mean + 3 * u * mean + 2 * tiny) + resultTiny;
    const varianceError = safety * (scaled(m, bessel * error.variance) + 4 * u * variance + 2 * tiny) + resultTiny;
    after.mean[c] = scaled(keep, before.mean[c]!) + (before.mean[c] === 0 && isExact(exact.mean, c) ? 0 : meanError) + resultUnit * mean;
    after.variance[c] = scaled(keep, before.variance[c]!) + (before.variance[c] === 0 && isExact(exact.variance, c) ? 0 : varianceError) + resultUnit * variance;
    if (error.undetermined && !error.linear && m > 0) after.variance[c] = Infinity;
    after.overflowed[c] = before.overflowed[c] === 1 || (error.overflows && m > 0) ? 1 : 0;
  }
  return after;
}

/** m·b + |1 − m|·v, which is at least the size of the result. */
function sumOfParts(m: number, batch: number, keep: number, state: number): number {
  return scaled(m, batch) + scaled(keep, state);
}

/** A weight of 0 takes nothing, not even of a bound that says nothing, where 0·∞ would be NaN. */
function scaled(weight: number, bound: number): number {
  return weight === 0 ? 0 : weight * bound;
}
