import { type Accepted, type AcceptedObservation, type AcceptedStep, type AcceptedValues, anything } from '../accept/accepted.ts';

/**
 * Whether the check could not fail: for every observable of every step, zero, some constant, and (for state) the initial
 * value all lie in the accepted intervals.
 */
export function isVacuous(accepted: Accepted): boolean {
  return accepted.ranks.every((rank) => {
    const { construct, steps } = rank;
    return construct.kind !== 'refusal' && steps.every((step) => stepIsVacuous(step, construct));
  });
}

function stepIsVacuous(step: AcceptedStep, construct: AcceptedObservation): boolean {
  if (step.kind === 'refusal') return step.orFinite;
  return step.values.every((values) => acceptsZero(values) && acceptsConstant(values) && acceptsInitial(values, construct.values.find(({ observable }) => observable === values.observable)?.value));
}

function acceptsZero({ value, naive }: AcceptedValues): boolean {
  for (let i = 0; i < value.length; i++) { // through `every` each element would cost a call
    if (naive[i] !== anything && (Number.isNaN(value[i]!) || Math.abs(value[i]!) > naive[i]!)) return false;
  }
  return true;
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
