/* Generated from spec/schemas/summary.schema.json by npm run generate. */

export interface Summary {
  schemaVersion: number;
  tool: {
    name: string;
    version: string;
  };
  suite: string;
  seed: number;
  /**
   * Cases over all runners; equals the sum of all statuses.
   */
  planned: number;
  statuses: StatusCounts;
  /**
   * By <id>@<version>.
   */
  runners: {
    [k: string]: RunnerSummary;
  };
  gate: 'pass' | 'fail';
  reasons: string[];
  /**
   * Of the suite claims alone: the verdict on every claim of spec/claims, per framework version or pair of them.
   */
  claims?: ClaimSummary[];
  durationMs: number;
}
export interface StatusCounts {
  conforms: number;
  documented: number;
  inaccurate: number;
  violates: number;
  known: number;
  stale: number;
  unsupported: number;
  ungradable: number;
  mistrusted: number;
  crashed: number;
  'timed-out': number;
  garbled: number;
  'not-run': number;
}
export interface RunnerSummary {
  framework: string;
  version: string;
  device: string;
  planned: number;
  statuses: StatusCounts;
  findings: FindingSummary[];
}
export interface FindingSummary {
  cause: string;
  rule: string;
  /**
   * A status, or what is wrong with the harness where the reference is.
   */
  status: string;
  cases: number;
  /**
   * Id of the smallest case.
   */
  example: string;
  /**
   * Largest error ÷ bound.
   */
  worstRatio?: number | 'Infinity';
  translation?: string;
  /**
   * How the example was looked into; absent where that was not done, as after a hang.
   */
  evidence?: EvidenceSummary[];
}
/**
 * One way in which the smallest case of a finding was asked again, and what came of it.
 */
export interface EvidenceSummary {
  /**
   * A new process; the exact oracle; the other form or memory layout; another number of threads.
   */
  check:
    | 'fresh-process'
    | 'exact-oracle'
    | 'module-form'
    | 'functional-form'
    | 'contiguous'
    | 'channels-last'
    | 'transposed'
    | 'strided'
    | 'threads';
  outcome:
    | 'same-bits'
    | 'other-bits'
    | 'deviates-again'
    | 'deviates-too'
    | 'deviates-otherwise'
    | 'conforms'
    | 'not-reproduced'
    | 'reference-right'
    | 'reference-wrong'
    | 'not-applicable'
    | 'no-answer';
  /**
   * Of the check threads.
   */
  threads?: number;
  /**
   * Of the check exact-oracle: largest |reference − exact| ÷ bound where the case deviates.
   */
  share?: number | 'Infinity';
  /**
   * Why there is no answer, or how the answer differs.
   */
  detail?: string;
}
export interface ClaimSummary {
  id: string;
  /**
   * Whom it was asked of, <id>@<version>.
   */
  runners: string[];
  verdict: 'holds' | 'does-not-hold' | 'holds-with-a-condition' | 'not-testable';
  /**
   * In the order of the claim.
   */
  checks: ClaimCheckSummary[];
}
export interface ClaimCheckSummary {
  /**
   * What the check covers.
   */
  condition: string | null;
  outcome: 'agrees' | 'differs' | 'unanswered';
  /**
   * Cases.
   */
  agreeing: number;
  /**
   * Cases.
   */
  differing: number;
  /**
   * The smallest that differs, else the smallest that agrees.
   */
  case: string | null;
  /**
   * What was seen in it, or why there is no answer.
   */
  saw: string;
}
