import type { StateUpdate } from '../reference/trajectory.ts';
import { allocateNumbers } from '../tensor/allocate.ts';
import { roundTo } from '../tensor/round.ts';
import { type Precision, safety } from './accuracy.ts';
import { type ExactState, isExact } from './exact.ts';
import type { ChannelError, StateError } from './channel-error.ts';

export function noStateError(channels: number): StateError {
  return { mean: allocateNumbers(channels), variance: allocateNumbers(channels), overflowed: new Uint8Array(channels) };
}

/**
 * Bounds after one update, from those before it.
 *
 *     T′_rm = |1 − m|·T_rm + K·(m·δμ + 3u·(m·|μ| + |1 − m|·|rm|) + ω·|rm|)
 *     T′_rv = |1 − m|·T_rv + K·(m·c·δv + 4u·(m·c·σ² + |1 − m|·|rv|) + max(0, ω − u·|1 − m|)·|rv|)        c = n/(n − 1)
 *     narrow results  T″ = (1 + u_out)·T′ + u_out·(m·b + |1 − m|·r)
 *
 * ω = |m − fl(m)| is what the weight loses where it is held in the type of the arithmetic: (fl(m) − m)·(b − r). Its part in the
 * batch's b is one of the three u; its part in the state's r is not, for 1 − fl(m) may be much smaller than m. Besides, 1 − m, its
 * product and the sum are rounded: 3u, which leaves one of the variance's four.
 *
 * The arithmetic adds 0 where the data make it exact in any summation order and the state before was exact too; with updating
 * algorithms in the class only up to n = 2, or m = 0, since they divide by 3 to get further. A variance that is not determined has no
 * bound; one that may pass the largest number of its type may be infinite. An empty batch moves nothing.
 */
export function updateStateError(before: StateError, update: StateUpdate, errors: readonly ChannelError[], exact: ExactState, precision: Precision): StateError {
  const { batch, weight } = update;
  if (batch.count === 0) return before;
  const after = noStateError(errors.length);
  const m = Math.abs(weight);
  for (const [c, error] of errors.entries()) {
    const anyOrder = !error.updating || batch.count <= 2 || m === 0;
    const { mean, variance } = stepBounds(update, error, c, precision);
    after.mean[c] = carried(before.mean[c]!, anyOrder && isExact(exact.mean, c), mean, weight, precision);
    after.variance[c] = carried(before.variance[c]!, anyOrder && isExact(exact.variance, c), variance, weight, precision);
    if (error.undetermined && !error.linear && m > 0) after.variance[c] = Infinity;
    const overflows = error.overflows || mayPass(precision.resultHuge, variance.size, after.variance[c]);
    after.overflowed[c] = before.overflowed[c] === 1 || (overflows && m > 0) ? 1 : 0;
  }
  return after;
}

/** What one step adds to a bound, and the size of the result at most. */
interface StepBound {
  readonly added: number;
  readonly size: number;
}

function stepBounds({ before, batch, weight }: StateUpdate, error: ChannelError, c: number, { working, unit: u, tiny }: Precision): { readonly mean: StepBound; readonly variance: StepBound } {
  const m = Math.abs(weight);
  const keep = Math.abs(1 - weight);
  const lost = Math.abs(weight - roundTo(weight, working));
  const bessel = batch.count / (batch.count - 1);
  const rm = Math.abs(before.mean[c]!);
  const rv = Math.abs(before.variance[c]!);
  const mean = sumOfParts(m, Math.abs(batch.mean[c]!), keep, rm);
  const variance = sumOfParts(m, bessel * batch.variance[c]!, keep, rv);
  return {
    mean: { added: safety * (m * error.mean + 3 * u * mean + lost * rm + 2 * tiny), size: mean },
    variance: { added: safety * (scaled(m, bessel * error.variance) + 4 * u * variance + Math.max(0, lost - u * keep) * rv + 2 * tiny), size: variance },
  };
}

function carried(before: number, exact: boolean, { added, size }: StepBound, weight: number, { resultUnit, resultTiny }: Precision): number {
  const step = before === 0 && exact ? 0 : added + resultTiny;
  return (1 + resultUnit) * (scaled(Math.abs(1 - weight), before) + step) + resultUnit * size;
}

/** Whether a result of a size, give or take its bound if it has one, may pass the largest number. */
function mayPass(largest: number, size: number, bound: number): boolean {
  return size + (bound === Infinity ? 0 : bound) > largest;
}

/** m·b + |1 − m|·v, which is at least the size of the result. */
function sumOfParts(m: number, batch: number, keep: number, state: number): number {
  return scaled(m, batch) + scaled(keep, state);
}

/** A weight of 0 takes nothing, not even of a bound that says nothing, where 0·∞ would be NaN. */
function scaled(weight: number, bound: number): number {
  return weight === 0 ? 0 : weight * bound;
}
