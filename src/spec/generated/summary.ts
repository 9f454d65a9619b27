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
}
