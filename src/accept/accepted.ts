import type { Observable } from '../cases/case.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { FloatType } from '../tensor/tensor.ts';

/**
 * What the rules allow for one observable: per element the value, the class A (`should`) and the class B (`must`) bound.
 *
 * The reference value is value + low; where `low` is absent or null the float64 number alone is close enough.

 * A bound of Infinity says nothing but that the value is finite, one of `anything` nothing at all. `alternative`, where not NaN, is a further accepted
 * value: the overflowed result.
 */
export interface AcceptedValues {
  readonly observable: Exclude<Observable, 'step_count'>;
  readonly rule: RuleId;
  readonly dtype: FloatType;
  readonly shape: readonly number[];
  readonly value: Float64Array;
  readonly low?: Float64Array | null;
  readonly stable: Float64Array;
  readonly naive: Float64Array;
  readonly alternative: Float64Array | null;
}

/** The bound of an element of which the rules say nothing: it divides by an s² that is 0, positive or negative as the sums round. */
export const anything = -Infinity;

export interface AcceptedCount {
  readonly rule: RuleId;
  readonly value: number;
}

/** Values that a step must show; `count` is null where the layer keeps no state, or is called as a function that counts nothing. */
export interface AcceptedObservation {
  readonly kind: 'values';
  readonly values: readonly AcceptedValues[];
  readonly count: AcceptedCount | null;
  /** Whether the layer keeps running state at all (BN-STATE-11). */
  readonly keepsState: boolean;
}

/** The step must be refused under `rule`, the state staying at `state`; or leave a finite state (`orFinite`). */
export interface AcceptedRefusal {
  readonly kind: 'refusal';
  readonly rule: RuleId;
  readonly orFinite: boolean;
  /** What the dialect says of the error (BN-ERR-02); absent or empty: nothing. */
  readonly errors?: readonly ErrorContract[];
  readonly state: AcceptedObservation;
}

export type AcceptedStep = AcceptedObservation | AcceptedRefusal;

export interface AcceptedRank {
  readonly construct: AcceptedStep;
  readonly steps: readonly AcceptedStep[];
}

export interface Accepted {
  readonly ranks: readonly AcceptedRank[];
}
