import type { Plan } from '../../cases/plan.ts';
import { failingStatuses } from '../../gate/decide.ts';
import type { RunHeader, RunnerResults } from '../../reports/run.ts';
import type { Status } from '../../diff/verdict.ts';
import { UserError } from '../../spec/user-error.ts';
import { loadPlan } from '../load-plan.ts';
import { readRunAt } from '../report/locate-run.ts';
import { recordedId } from '../runners-folder.ts';

/** What failed in an earlier run, to be asked again. */
export interface Rerun {
  readonly header: RunHeader;
  /** Of the earlier run's suite and seed, the cases that some runner failed. */
  readonly plan: Plan;
}

/**
 * Reads which cases of an earlier run failed its gate.
 *
 * @param place   folder of the run, or its run.ndjson
 * @param strict  inaccurate cases fail too
 * @throws {UserError} RERUN_NOTHING_FAILED, RERUN_OTHER_PLAN, RUN_RUNNER_UNKNOWN, and what `readRun` and `loadPlan` throw
 */
export async function readRerun(place: string, strict: boolean): Promise<Rerun> {
  const { header, runners } = await readRunAt(place);
  for (const { runner } of header.runners) recordedId(runner, place);
  const failed = failedIds(runners, strict);
  if (failed.size === 0) throw new UserError('RERUN_NOTHING_FAILED', `no case of ${place} failed${strict ? '' : ' its gate'}`, 'leave --rerun out to ask the whole suite again');
  const plan = loadPlan(header.suite, header.seed);
  const cases = plan.cases.filter(({ id }) => failed.has(id));
  if (cases.length === failed.size) return { header, plan: { ...plan, cases } };
  const asked = new Set(cases.map(({ id }) => id));
  const stray = [...failed].find((id) => !asked.has(id)) ?? '';
  throw new UserError('RERUN_OTHER_PLAN', `'${stray}' failed in ${place}, but suite '${header.suite}' no longer asks it`, 'run the suite anew without --rerun');
}

function failedIds(runners: readonly RunnerResults[], strict: boolean): ReadonlySet<string> {
  const failing: readonly Status[] = strict ? [...failingStatuses, 'inaccurate'] : failingStatuses;
  return new Set(runners.flatMap(({ cases }) => cases.filter(({ status }) => failing.includes(status)).map(({ id }) => id)));
}
