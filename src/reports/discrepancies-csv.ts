import { causeNamed } from '../diff/catalogue.ts';
import { deviates } from '../diff/findings.ts';
import { type Cell, writeCsv } from './csv.ts';
import type { CaseResult, Run, RunDeviation, RunnerResults } from './run.ts';

const columns = [
  'case', 'rule', 'runner', 'version', 'observable', 'rank', 'step', 'element', 'elements', 'got', 'expected', 'bound', 'error_over_bound', 'ulps', 'got_text', 'expected_text',
  'cause', 'hint',
] as const;
const reals = ['got', 'expected', 'bound', 'error_over_bound', 'ulps'] as const satisfies readonly (typeof columns)[number][];

/**
 * One row per deviating observable, in plan order, known ones included. `elements` counts, `element` is the worst one's flat
 * index. What is no number, such as a message, stands in `got_text` and `expected_text`.
 */
export function discrepanciesCsv(run: Run): Iterable<string> {
  return writeCsv(columns, rowsOf(run), reals);
}

function* rowsOf({ runners }: Run): Generator<Cell[], undefined> {
  for (const runner of runners) {
    for (const result of runner.cases) if (deviates(result.found)) yield* result.deviations.map((deviation) => row(runner, result, deviation));
  }
}

function row({ runner, facts }: RunnerResults, result: CaseResult, deviation: RunDeviation): Cell[] {
  const { rule, observable, rank, step, element, elements, got, expected, bound, ratio, ulps } = deviation;
  return [
    result.id, rule, runner, facts?.version ?? null, observable, rank, step, element, elements, numberIn(got), numberIn(expected), bound, ratio, ulps ?? null,
    textIn(got), textIn(expected), result.cause, hint(result),
  ];
}

function numberIn(value: number | string): number | null {
  return typeof value === 'number' ? value : null;
}

function textIn(value: number | string): string | null {
  return typeof value === 'string' ? value : null;
}

/** How to reconcile the two sides, as far as the cause is known. */
function hint({ cause, candidates }: CaseResult): string | null {
  if (cause === 'ambiguous') return `one of: ${candidates.join(', ')}`;
  return cause === null ? null : causeNamed(cause)?.translation ?? null;
}
