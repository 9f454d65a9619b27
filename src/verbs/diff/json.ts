import { worstRatio } from '../../reports/results-csv.ts';
import type { CaseResult, Run } from '../../reports/run.ts';
import { changeKinds } from './change.ts';
import type { RunDiff, RunnerDiff } from './compare.ts';
import { countChanges } from './sections.ts';

/** Version of what `diff --json` prints. */
const schemaVersion = 1;

/**
 * What changed, as plain data for scripts:
 *
 *     { schemaVersion, before, after: { suite, startedAt, complete }, notes, regressions,
 *       runners: [{ before, after, compared, counts: { <kind>: n }, changes: [{ kind, id, before, after: { status, rule, cause, ratio } | null }] }] }
 *
 * `ratio` is the largest error ÷ class A bound of the case, a word where JSON has no number for it, null where nothing was graded.
 */
export function diffJson(diff: RunDiff): object {
  return {
    schemaVersion, before: aboutRun(diff.before), after: aboutRun(diff.after), notes: diff.notes,
    regressions: diff.runners.reduce((sum, runner) => sum + countChanges(runner, 'regression'), 0), runners: diff.runners.map(aboutRunner),
  };
}

function aboutRun({ header, complete }: Run): object {
  return { suite: header.suite, seed: header.seed, startedAt: header.startedAt, complete };
}

function aboutRunner(runner: RunnerDiff): object {
  return {
    before: runner.before.runner, after: runner.after.runner, compared: runner.compared, counts: Object.fromEntries(changeKinds.map((kind) => [kind, countChanges(runner, kind)])),
    changes: runner.changes.map(({ kind, id, before, after }) => ({ kind, id, before: aboutResult(before), after: aboutResult(after) })),
  };
}

function aboutResult(result: CaseResult | null): object | null {
  if (result === null) return null;
  const ratio = worstRatio(result, 'stable');
  return { status: result.status, rule: result.rule, cause: result.cause, ratio: ratio === null || Number.isFinite(ratio) ? ratio : String(ratio) };
}
