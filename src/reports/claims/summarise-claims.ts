import type { ClaimSummary } from '../../spec/generated/summary.ts';
import type { JudgedClaim } from './judge-claims.ts';

/** The verdicts as `summary.json` and `claims --json` hold them. */
export function summariseClaims(judged: readonly JudgedClaim[]): ClaimSummary[] {
  return judged.map(({ claim, runners, verdict, checks }) => ({
    id: claim.id, runners: [...runners], verdict,
    checks: checks.map(({ condition, outcome, agreeing, differing, case: id, saw }) => ({ condition, outcome, agreeing, differing, case: id, saw })),
  }));
}
