import { compareRuns, type RunDiff } from './diff/compare.ts';
import { countChanges } from './diff/sections.ts';
import { readRunAt } from './report/locate-run.ts';

/**
 * Compares two runs, each a folder or a run file.
 *
 * @throws {UserError} what `readRun` throws, and DIFF_NOTHING_IN_COMMON
 */
export async function diffRuns(before: string, after: string): Promise<RunDiff> {
  const [earlier, later] = [await readRunAt(before), await readRunAt(after)];
  return compareRuns(earlier, later);
}

/** Whether something regressed, or a later run that is incomplete cannot say that nothing did. */
export function hasRegressed({ runners, after }: RunDiff): boolean {
  return !after.complete || runners.some((runner) => countChanges(runner, 'regression') > 0);
}
