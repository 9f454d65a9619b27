import type { Observable } from '../cases/case.ts';
import type { RuleId } from '../spec/rule-id.ts';

/** The verdict on one case for one runner. `known` and `stale` come from the gate's list, `not-run` from an incomplete run. */
export const statuses = [
  'conforms', 'documented', 'inaccurate', 'violates', 'known', 'stale', 'unsupported', 'ungradable', 'mistrusted',
  'crashed', 'timed-out', 'garbled', 'not-run',
] as const;
export type Status = (typeof statuses)[number];

/** What a deviation is about: an element's value, or something of the whole observable or step. */
export type DeviationKind = 'value' | 'dtype' | 'shape' | 'missing' | 'unexpected' | 'refusal' | 'changed' | 'signature' | 'text' | 'order' | 'unrepeated';

/** The worst deviating element of one observable at one step. */
export interface Deviation {
  readonly kind: DeviationKind;
  /** `must` outside the class B bound, `should` outside class A alone. */
  readonly level: 'must' | 'should';
  readonly rule: RuleId;
  readonly rank: number;
  /** Index into the program; −1 is the construction. */
  readonly step: number;
  readonly observable: Observable | 'error' | 'operands' | 'constructor';
  /** Flat index of the worst element, or null for the whole observable. */
  readonly element: number | null;
  /** How many elements of the observable deviate. */
  readonly elements: number;
  readonly got: number | string;
  readonly expected: number | string;
  /** Half width of the accepted interval; 0 for exact data and for counts. */
  readonly bound: number;
  /** |got − expected| ÷ bound; Infinity when the bound is 0 or no number compares. */
  readonly ratio: number;
}

/** Largest error ÷ bound of one observable in a case, and how many of its elements were judged. */
export interface Accuracy {
  readonly observable: Observable;
  readonly graded: number;
  readonly ungradable: number;
  /** Largest |got − expected| ÷ class A bound over conforming and deviating elements; NaN when nothing was graded. */
  readonly stable: number;
  /** The same against class B. */
  readonly naive: number;
}

export interface Verdict {
  readonly status: Status;
  /** The rule that the case is reported under; null when nothing deviates. */
  readonly rule: RuleId | null;
  /** Attribution id, `unexplained`, `ambiguous`, or null when nothing deviates. */
  readonly cause: string | null;
  /** All causes that explain the case, when more than one does. */
  readonly candidates: readonly string[];
  /** Worst first. */
  readonly deviations: readonly Deviation[];
  readonly accuracy: readonly Accuracy[];
  /** Why a case is unsupported, crashed, timed out, garbled or documented. */
  readonly reason: string | null;
}
