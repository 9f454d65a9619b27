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
 *     T′_rm = |1 − m|·T_rm + K·(m·δμ + 3u·(m·|μ| + |1 − m|·|rm|))
 *     T′_rv = |1 − m|·T_rv + K·(m·c·δv + 4u·(m·c·σ² + |1 − m|·|rv|))        c = n/(n − 1)
 *
 * 0 where the data make the result exact in any summation order. A variance that is not determined has no bound.
 */
export function updateStateError(before: StateError, update: StateUpdate, errors: readonly ChannelError[], exact: ExactState, precision: Precision): StateError {
  const { before: state, batch, weight } = update;
  const after = noStateError(errors.length);
  const m = Math.abs(weight);
  const keep = Math.abs(1 - weight);
  const bessel = batch.count / (batch.count - 1);
  const { unit: u, tiny } = precision;
  for (const [c, error] of errors.entries()) {
    const mean = m * error.mean + 3 * u * (m * Math.abs(batch.mean[c]!) + keep * Math.abs(state.mean[c]!)) + 2 * tiny;
    const variance = m * bessel * error.variance + 4 * u * (m * bessel * batch.variance[c]! + keep * Math.abs(state.variance[c]!)) + 2 * tiny;
    after.mean[c] = keep * before.mean[c]! + (isExact(exact.mean, c) ? 0 : safety * mean + precision.resultTiny);
    after.variance[c] = keep * before.variance[c]! + (isExact(exact.variance, c) ? 0 : safety * variance + precision.resultTiny);
    if (error.undetermined && m > 0) after.variance[c] = Infinity;
    after.overflowed[c] = before.overflowed[c] === 1 || (error.overflows && m > 0) ? 1 : 0;
  }
  return after;
}
