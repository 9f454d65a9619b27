import { type Finding, groupDepartures, groupFindings, type JudgedCase } from '../diff/findings.ts';
import type { CaseResult, Evidence, RunnerResults } from './run.ts';

/** A runner's results with its cases grouped by cause. */
export interface GroupedRunner extends RunnerResults {
  readonly findings: readonly Finding[];
  /** Documented departures, which are no findings. */
  readonly departures: readonly Finding[];
}

export function groupRunner(results: RunnerResults): GroupedRunner {
  const cases = results.cases.map(judgedCase);
  return { ...results, findings: groupFindings(cases), departures: groupDepartures(cases) };
}

/** How the smallest case of a finding was looked into; empty where it was not. */
export function evidenceOf({ cases }: RunnerResults, { example }: Finding): readonly Evidence[] {
  return cases.find(({ id }) => id === example)?.evidence ?? [];
}

export function judgedCase({ deviations, ...result }: Omit<CaseResult, 'accuracy'>): JudgedCase {
  const numbers = deviations.filter(({ kind }) => kind === 'value'); // how far off a refusal or a type is, no ratio says
  return { ...result, worstRatio: numbers.reduce((worst, { ratio }) => Math.max(worst, ratio), 0) };
}
