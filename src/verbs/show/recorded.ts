import { describeFailure, type RuleTitles } from '../../reports/failure-text.ts';
import type { Run } from '../../reports/run.ts';

/**
 * One case of a run that has no plan to read, as `judge` leaves it: its data are the user's own and stand in no suite. Per runner the
 * verdict, and where it deviates, what was got and what is accepted.
 */
export function formatRecorded(id: string, { header, runners }: Run, titles: RuleTitles): string {
  const told = runners.flatMap((results) => results.cases.filter((result) => result.id === id).flatMap((result) => [
    `${results.runner}: ${result.status}${result.reason === null || result.deviations.length > 0 ? '' : ` — ${result.reason}`}`,
    ...(result.deviations.length === 0 ? [] : describeFailure(header, results, result, titles).map((line) => `  ${line}`)),
  ]));
  return `${[id, ...told].join('\n')}\n`;
}
