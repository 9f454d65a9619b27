import type { Observable } from '../cases/case.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { FloatType } from '../tensor/tensor.ts';

/**
 * What the rules allow for one observable: per element the value, the class A (`should`) and the class B (`must`) bound.
 *
 * The reference value is value + low; where `low` is absent or null the float64 number alone is close enough.

 * A bound of Infinity says nothing but that the value is finite. `alternative`, where not NaN, is a further accepted
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

export interface AcceptedCount {
  readonly rule: RuleId;
  readonly value: number;
}

/** Values that a step must show; `count` is null where the layer keeps no state. */
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
  readonly state: AcceptedObservation;
}

export type AcceptedStep = AcceptedObservation | AcceptedRefusal;

export interface AcceptedRank {
  readonly construct: AcceptedObservation;
  readonly steps: readonly AcceptedStep[];
}

export interface Accepted {
  readonly ranks: readonly AcceptedRank[];
}
