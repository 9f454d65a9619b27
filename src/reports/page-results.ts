import { statuses } from '../diff/verdict.ts';
import { readDialect } from '../spec/dialect.ts';
import { UserError } from '../spec/user-error.ts';
import { type Interner, jsonNumber, jsonValue, shortRatio } from './page-encode.ts';
import { type PageDeviation, type PageDialect, type PageOutcome, type PageRunner, type PageRunnerValues, statusLetters } from './page-data.ts';
import type { CaseResult, Run, RunDeviation, RunnerFacts, RunnerResults } from './run.ts';

/** Deviations over all runners that a page keeps; a result's worst one always. About 150 bytes each. */
const keptDeviations = 30_000;

/** What results say alike, each once. */
export interface Outcomes {
  readonly add: (result: CaseResult) => number | null;
  readonly all: () => readonly PageOutcome[];
}

export function createOutcomes(strings: Interner): Outcomes {
  const known = new Map<string, number>();
  const list: PageOutcome[] = [];
  return {
    add: ({ status, found, rule, cause, candidates, reason }) => {
      if (found === status && rule === null && cause === null && reason === null) return null;
      const outcome = { found, rule: strings.add(rule), cause: strings.add(cause), candidates: candidates.map(strings.add), reason: strings.add(reason) };
      const key = JSON.stringify(outcome);
      if (!known.has(key)) known.set(key, list.push(outcome) - 1);
      return known.get(key) ?? null;
    },
    all: () => list,
  };
}

/** All runners of a run as columns over its plan. */
export function encodeRunners(run: Run, outcomes: Outcomes): readonly PageRunner[] {
  const { header, runners } = run;
  const most = deviationsPerResult(run);
  return runners.map(({ runner, facts, cases }): PageRunner => ({
    runner, facts, excluded: header.runners.find((entry) => entry.runner === runner)?.excluded ?? [], dialect: facts === null ? null : dialectOf(facts),
    status: statusColumn(header.cases.length, cases), outcomes: cases.flatMap((result) => outcomeOf(result, outcomes)), grading: gradingOf(cases),
    deviationsLeftOut: cases.reduce((sum, { deviations }) => sum + Math.max(0, deviations.length - most), 0),
  }));
}

/** As it is written. */
export type EncodedRunnerValues = Omit<PageRunnerValues, 'accuracy'> & { readonly accuracy: Readonly<Record<string, Iterable<number>>> };

/** Errors and deviations of all runners. */
export function encodeRunnerValues(run: Run): readonly EncodedRunnerValues[] {
  const most = deviationsPerResult(run);
  return run.runners.map(({ cases }) => ({
    accuracy: accuracyColumns(run.header.cases.length, cases),
    deviations: cases.filter(({ deviations }) => deviations.length > 0).map(({ index, deviations }) => [index, ...deviations.slice(0, most).map(encodeDeviation)] as const),
  }));
}

function deviationsPerResult({ runners }: Run): number {
  const deviating = runners.flatMap(({ cases }) => cases.filter(({ deviations }) => deviations.length > 0));
  const all = deviating.reduce((sum, { deviations }) => sum + deviations.length, 0);
  return all <= keptDeviations ? Infinity : Math.max(1, Math.floor(keptDeviations / deviating.length));
}

function statusColumn(length: number, cases: readonly CaseResult[]): string {
  const letters = Array.from({ length }, () => '.');
  for (const { index, status } of cases) letters[index] = statusLetters[statuses.indexOf(status)] ?? '.';
  return letters.join('');
}

function outcomeOf(result: CaseResult, outcomes: Outcomes): readonly number[] {
  const outcome = outcomes.add(result);
  return outcome === null ? [] : [result.index, outcome];
}

/** Each number is made when it is written. */
function accuracyColumns(length: number, cases: readonly CaseResult[]): EncodedRunnerValues['accuracy'] {
  const observables = new Set<string>();
  for (const { accuracy } of cases) for (const { observable } of accuracy) observables.add(observable);
  return Object.fromEntries([...observables].map((observable) => [observable, { [Symbol.iterator]: () => accuracyColumn(length, cases, observable) }]));
}

function* accuracyColumn(length: number, cases: readonly CaseResult[], observable: string): Generator<number, undefined> {
  let next = 0;
  for (const { index, accuracy } of cases) {
    for (; next < index; next++) yield -1;
    const entry = accuracy.findLast((each) => each.observable === observable && each.graded > 0);
    yield entry === undefined ? -1 : shortRatio(entry.stable);
    next += 1;
  }
  for (; next < length; next++) yield -1;
}

function gradingOf(cases: readonly CaseResult[]): Record<string, [number, number]> {
  const totals: Record<string, [number, number]> = {};
  for (const { accuracy } of cases) {
    for (const { observable, graded, ungradable } of accuracy) {
      const [before, beside] = totals[observable] ?? [0, 0];
      totals[observable] = [before + graded, beside + ungradable];
    }
  }
  return totals;
}

function encodeDeviation(deviation: RunDeviation): PageDeviation {
  const { kind, level, rule, rank, step, observable, element, elements, got, expected, bound, ratio, ulps } = deviation;
  return [kind, level, rule, rank, step, observable, element, elements, jsonValue(got), jsonValue(expected), jsonNumber(bound), jsonNumber(ratio), ulps === undefined ? null : jsonNumber(ulps)];
}

/** The framework's own words; null for one that has no dialect, as a miniature of a test. */
function dialectOf({ dialect: { framework }, version }: RunnerFacts): PageDialect | null {
  try {
    const { title, layers, parameters, statistics, freshMode } = readDialect(framework, version);
    return {
      title, layers, freshMode,
      parameters: Object.fromEntries(Object.entries(parameters).map(([canonical, { name, conversion, kind }]) => [canonical, { name, conversion, kind }])),
      statistics: Object.fromEntries(Object.entries(statistics).map(([row, { spelling }]) => [row, spelling])),
    };
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Results of one runner, by index of the case; undefined for one that it was not to be asked. */
export function resultsByCase({ cases }: RunnerResults): readonly (CaseResult | undefined)[] {
  const results: CaseResult[] = [];
  for (const result of cases) results[result.index] = result;
  return results;
}
