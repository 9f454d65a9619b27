import { deviates, type Finding, groupDepartures, groupFindings, type JudgedCase } from '../diff/findings.ts';
import type { CaseResult, Evidence, RunnerResults } from './run.ts';

/** A runner's results with its cases grouped by cause. */
export interface GroupedRunner extends RunnerResults {
  readonly findings: readonly Finding[];
  /** Documented departures, which are no findings. */
  readonly departures: readonly Finding[];
}

export function groupRunner(results: RunnerResults): GroupedRunner {
  const cases = results.cases.filter(({ found }) => deviates(found) || found === 'documented').map(judgedCase);
  return { ...results, findings: groupFindings(cases), departures: groupDepartures(cases) };
}

/** How the smallest case of a finding was looked into; empty where it was not. */
export function evidenceOf({ cases }: RunnerResults, { example }: Finding): readonly Evidence[] {
  return cases.find(({ id }) => id === example)?.evidence ?? [];
}

export function judgedCase({ id, status, found, rule, cause, candidates, elements, deviations }: Pick<CaseResult, 'deviations' | Exclude<keyof JudgedCase, 'worstRatio'>>): JudgedCase {
  const numbers = deviations.filter(({ kind }) => kind === 'value'); // how far off a refusal or a type is, no ratio says
  return { id, status, found, rule, cause, candidates, elements, worstRatio: numbers.reduce((worst, { ratio }) => Math.max(worst, ratio), 0) };
}
