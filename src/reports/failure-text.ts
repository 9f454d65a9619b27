import { causeNamed } from '../diff/catalogue.ts';
import { formatBeside, formatInterval, formatRatio, plural } from './numbers.ts';
import { printable } from './printable.ts';
import { rerunCommand } from './rerun.ts';
import type { CaseResult, RunDeviation, RunHeader, RunnerResults } from './run.ts';

/** Title of each rule, by id. */
export type RuleTitles = ReadonlyMap<string, string>;

/** The paragraphs under the id of a case that deviates or failed: which rule, got and accepted, reason, cause, rerun. */
export function describeFailure(header: RunHeader, runner: RunnerResults, result: CaseResult, titles: RuleTitles): readonly string[] {
  const paragraphs = [
    ...describeRule(result.rule, titles),
    ...describeObservation(runner.runner, result),
    ...describeCause(result),
    `rerun: ${rerunCommand(header, runner, result.id)}`,
  ];
  return paragraphs.map(printable);
}

/** `BN-STATE-03 running variance stores the unbiased batch variance`; nothing without a rule. */
export function describeRule(rule: string | null, titles: RuleTitles): readonly string[] {
  return rule === null || rule === '' ? [] : [`${rule} ${titles.get(rule) ?? ''}`.trimEnd()];
}

function describeObservation(runner: string, { deviations, reason }: CaseResult): readonly string[] {
  const [worst] = deviations;
  const label = runner.replace(/@([^@]*)$/, ' $1');
  if (worst === undefined) return [`${label}: ${reason ?? 'nothing deviates'}`];
  const others = deviations.length === 1 ? '' : `; ${plural(deviations.length - 1, 'further deviation')} in discrepancies.csv`;
  return [`${label}: ${describeDeviation(worst)}${others}`, ...(reason === null ? [] : [`reason: ${reason}`])];
}

/** Got, accepted, and how far outside: `running_var[0] = 1.0249999762, accepted [1.0666660, 1.0666673], 6.2e4 × the bound`. */
function describeDeviation(deviation: RunDeviation): string {
  const { got, expected, bound, ratio, level } = deviation;
  if (typeof got === 'string' || typeof expected === 'string') return `${describePlace(deviation)}${typeof got === 'string' ? ': got' : ' ='} ${String(got)}, accepted ${String(expected)}`;
  const outside = Number.isFinite(ratio) ? `, ${formatRatio(ratio)} × the ${level === 'must' ? '' : 'stable-algorithm '}bound` : '';
  return `${describePlace(deviation)} = ${formatBeside(got, expected, bound)}, accepted ${formatInterval(expected, bound)}${outside}`;
}

/** `running_var[0] at step 2 on rank 1`; the first step and rank go without saying. */
function describePlace({ observable, element, step, rank }: RunDeviation): string {
  const index = element === null || observable === 'step_count' ? '' : `[${String(element)}]`;
  const when = step === 0 ? '' : step < 0 ? ' at construction' : ` at step ${String(step)}`;
  return `${observable}${index}${when}${rank === 0 ? '' : ` on rank ${String(rank)}`}`;
}

function describeCause({ cause, candidates, deviations }: CaseResult): readonly string[] {
  if (cause === null || deviations.length === 0) return [];
  const count = deviations.reduce((sum, { elements }) => sum + elements, 0);
  const elements = `the ${plural(count, 'deviating element')}`;
  if (cause === 'ambiguous') return [`cause: ambiguous; each of ${candidates.join(', ')} explains ${elements}`];
  const named = causeNamed(cause);
  return [named === undefined ? `cause: ${cause}; no named variant explains ${elements}` : `cause: ${cause} explains ${elements}: ${named.title}`];
}
