import type { PageChange, PageComparison, PageSide } from './page-data.ts';
import { jsonNumber } from './page-encode.ts';
import { worstRatio } from './results-csv.ts';
import type { CaseResult, Run } from './run.ts';

/** What became of the cases from an earlier run to this one, as the comparison of runs finds it. */
export interface ComparedRuns {
  readonly before: Run;
  readonly runners: readonly {
    readonly before: { readonly runner: string };
    readonly after: { readonly runner: string };
    readonly compared: number;
    readonly changes: readonly { readonly kind: string; readonly id: string; readonly before: CaseResult | null; readonly after: CaseResult | null }[];
  }[];
  readonly notes: readonly string[];
}

export function encodeComparison({ before: { header }, runners, notes }: ComparedRuns): PageComparison {
  return {
    before: { suite: header.suite, startedAt: header.startedAt, version: header.tool.version }, notes,
    runners: runners.map(({ before, after, compared, changes }) => ({
      before: before.runner, after: after.runner, compared,
      changes: changes.map((change): PageChange => ({ kind: change.kind, id: change.id, before: sideOf(change.before), after: sideOf(change.after) })),
    })),
  };
}

function sideOf(result: CaseResult | null): PageSide | null {
  if (result === null) return null;
  const ratio = worstRatio(result, 'stable');
  return { status: result.status, cause: result.cause, ratio: ratio === null ? null : jsonNumber(Number(ratio.toPrecision(4))) };
}
