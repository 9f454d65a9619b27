import { type Accepted, type AcceptedStep, type AcceptedValues, anything } from '../accept/accepted.ts';

/**
 * Whether the check could not fail: for every observable of every step, zero, some constant, and (for state) the initial
 * value all lie in the accepted intervals.
 */
export function isVacuous(accepted: Accepted): boolean {
  return accepted.ranks.every((rank) => {
    if (rank.construct.kind === 'refusal') return false;
    const initial = new Map(rank.construct.values.map((values) => [values.observable, values.value]));
    return rank.steps.every((step) => stepIsVacuous(step, initial));
  });
}

function stepIsVacuous(step: AcceptedStep, initial: ReadonlyMap<string, Float64Array>): boolean {
  if (step.kind === 'refusal') return step.orFinite;
  return step.values.every((values) => acceptsZero(values) && acceptsConstant(values) && acceptsInitial(values, initial.get(values.observable)));
}

function acceptsZero({ value, naive }: AcceptedValues): boolean {
  return value.every((expected, i) => naive[i] === anything || (!Number.isNaN(expected) && !(Math.abs(expected) > naive[i]!)));
}

/** Some one number lies in all intervals: the largest lower end does not exceed the smallest upper end. */
function acceptsConstant({ value, naive }: AcceptedValues): boolean {
  let low = -Infinity;
  let high = Infinity;
  for (let i = 0; i < value.length; i++) {
    if (naive[i] === anything) continue;
    if (Number.isNaN(value[i]!)) return false; // only NaN is accepted there, which no number is
    low = Math.max(low, value[i]! - naive[i]!);
    high = Math.min(high, value[i]! + naive[i]!);
  }
  return !(low > high);
}

function acceptsInitial({ value, naive }: AcceptedValues, initial: Float64Array | undefined): boolean {
  return initial === undefined || value.every((expected, i) => !Number.isNaN(expected) && !(Math.abs(expected - initial[i]!) > naive[i]!));
}
