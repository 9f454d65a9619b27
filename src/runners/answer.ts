import type { Case } from '../cases/case.ts';
import type { ObservedError, Observation } from './observation.ts';

/** One case on its way to a runner. */
export interface Question {
  /** Key of the answer: an integer in [0, 2^52), used once per session. */
  readonly seq: number;
  readonly case: Case;
}

export interface ObservedAnswer {
  readonly kind: 'observed';
  readonly seq: number;
  readonly observation: Observation;
}

/** The framework does not offer this, as a call that was really made shows. */
export interface UnsupportedAnswer {
  readonly kind: 'unsupported';
  readonly seq: number;
  readonly reason: string;
  /** Where the framework's documentation or source says so. */
  readonly source: string;
  readonly probe: { readonly call: string; readonly error: ObservedError };
}

/** The runner itself, not the framework, failed on the case. */
export interface FailedAnswer {
  readonly kind: 'failed';
  readonly seq: number;
  readonly error: ObservedError;
  /** Last lines that the runner wrote to its stderr. */
  readonly stderrTail: string;
}

/** How a runner process can go wrong on a case. */
export type BreakKind = 'crashed' | 'timed-out' | 'garbled';

/** The process died, hung, or broke the protocol on the case, asked alone in a new process. */
export interface BrokenAnswer {
  readonly kind: BreakKind;
  readonly seq: number;
  readonly message: string;
  readonly stderrTail: string;
}

/** What came of one case. */
export type Answer = ObservedAnswer | UnsupportedAnswer | FailedAnswer | BrokenAnswer;
