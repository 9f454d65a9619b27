import { type Cell, writeCsv } from './csv.ts';
import type { CaseResult, Run, RunnerResults } from './run.ts';

const columns = [
  'runner', 'framework', 'version', 'case', 'layer', 'area', 'behaviour', 'status', 'found', 'rule', 'cause', 'reason',
  'worst_stable_ratio', 'worst_naive_ratio', 'elements', 'duration_us',
] as const;
const reals = ['worst_stable_ratio', 'worst_naive_ratio', 'duration_us'] as const satisfies readonly (typeof columns)[number][];

/** Every case × runner, in plan order. Ratios are the largest error ÷ bound of any observable, empty where nothing was graded. */
export function resultsCsv(run: Run): Iterable<string> {
  return writeCsv(columns, rowsOf(run), reals);
}

function* rowsOf({ runners }: Run): Generator<Cell[], undefined> {
  for (const runner of runners) for (const result of runner.cases) yield row(runner, result);
}

function row({ runner, facts }: RunnerResults, result: CaseResult): Cell[] {
  const [layer = '', area = '', behaviour = ''] = result.id.split('/');
  return [
    runner, facts?.framework ?? null, facts?.version ?? null, result.id, layer, area, behaviour, result.status, result.found, result.rule, result.cause, result.reason,
    worstRatio(result, 'stable'), worstRatio(result, 'naive'), result.elements, result.durationUs,
  ];
}

/** The largest error ÷ bound of any observable in a case; null where nothing was graded. */
export function worstRatio({ accuracy }: Pick<CaseResult, 'accuracy'>, accuracyClass: 'stable' | 'naive'): number | null {
  const ratios = accuracy.filter(({ graded }) => graded > 0).map((entry) => entry[accuracyClass]).filter((ratio) => !Number.isNaN(ratio));
  return ratios.length === 0 ? null : Math.max(...ratios);
}
