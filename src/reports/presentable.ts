import { unpacked } from './packed-results.ts';
import type { Texts } from './packed-texts.ts';
import { printable } from './printable.ts';
import type { CaseResult, Run, RunnerResults } from './run.ts';

/**
 * The run as people are shown it: no text of it obeys as a command where it is shown, and a name is one line.
 *
 * A run file may be a stranger's, and names of runners, cases and causes stand where a line of ours would.
 */
export function presentable(run: Run): Run {
  const { header, footer } = run;
  return {
    ...run,
    header: { ...header, suite: name(header.suite), command: name(header.command), cases: presentableNames(header.cases), runners: header.runners.map((each) => ({ ...each, runner: name(each.runner) })) },
    runners: run.runners.map(presentableRunner),
    footer: footer && { ...footer, reasons: footer.reasons.map(printable) },
  };
}

/** Most plans are as they should be, and stay the same object. */
function presentableNames(names: Texts): Texts {
  for (const one of names) if (name(one) !== one) return Array.from(names, name);
  return names;
}

function presentableRunner({ runner, facts, cases }: RunnerResults): RunnerResults {
  return { runner: name(runner), facts: facts && (printableDeep(facts) as typeof facts), cases: presentableCases(cases) };
}

/** Most lists are as they should be, and stay the same. */
function presentableCases(cases: readonly CaseResult[]): readonly CaseResult[] {
  return cases.every(isPresentable) ? cases : cases.map((result) => (isPresentable(result) ? result : presentableCase(result)));
}

function isPresentable({ id, runner, rule, cause, candidates, rules, reason, deviations }: CaseResult): boolean {
  const names = [id, runner, rule ?? '', cause ?? '', ...candidates, ...rules];
  return names.every((one) => name(one) === one) && (reason === null || printable(reason) === reason) && deviations.length === 0;
}

function presentableCase(result: CaseResult): CaseResult {
  const { id, runner, rule, cause, candidates, rules, reason, deviations } = result;
  return {
    ...unpacked(result), id: name(id), runner: name(runner), rule: rule && name(rule), cause: cause && name(cause), candidates: candidates.map(name), rules: rules.map(name), reason: reason && printable(reason),
    deviations: printableDeep(deviations) as typeof deviations,
  };
}

function name(text: string): string {
  return /^[\w.+=/@ -]*$/.test(text) ? text : printable(text).replaceAll(/\s+/g, ' ');
}

function printableDeep(value: unknown): unknown {
  if (typeof value === 'string') return printable(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? value.map(printableDeep) : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, printableDeep(inner)]));
}
