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
