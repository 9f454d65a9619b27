import { deviates, type Finding } from '../diff/findings.ts';
import { type Status, statuses } from '../diff/verdict.ts';
import { failureBlock } from './failure-block.ts';
import { describeRule, type RuleTitles } from './failure-text.ts';
import { describeEvidence, harnessError } from './evidence-text.ts';
import { evidenceOf, groupRunner } from './grouped-run.ts';
import { formatCount, formatRate, formatRatio, plural } from './numbers.ts';
import { failingStatuses } from '../gate/decide.ts';
import { type Paint, paintOf, plain } from './paint.ts';
import { presentable } from './presentable.ts';
import { printable } from './printable.ts';
import { rerunCommand } from './rerun.ts';
import type { CaseResult, Run, RunHeader, RunnerResults } from './run.ts';
import { countStatuses, gateOf } from './summary.ts';

export interface TerminalOptions {
  /** How many failing cases are printed one by one, per runner. */
  readonly limit?: number;
  readonly paint?: Paint;
  /** The line of a finding that says where its script is. */
  readonly scriptOf?: ScriptLine;
}

type ScriptLine = (runner: RunnerResults, finding: Finding) => readonly string[];

/** The whole report: findings worst first, then failing cases, totals last. */
export function terminalReport(raw: Run, titles: RuleTitles, { limit = 10, paint = plain, scriptOf = () => [] }: TerminalOptions = {}): string {
  const run = presentable(raw);
  const { header, runners } = run;
  const sections = [
    ...runners.map((runner) => findingsText(header, runner, titles, paint, scriptOf)),
    ...runners.map((runner) => failuresText(header, runner, titles, limit, paint)),
    totalsText(run, paint),
  ];
  return sections.filter((section) => section !== '').join('\n\n');
}

/** Findings of one runner, worst first; known ones in a line each. Empty without findings. */
function findingsText(header: RunHeader, runner: RunnerResults, titles: RuleTitles, paint: Paint, scriptOf: ScriptLine): string {
  const { findings } = groupRunner(runner);
  if (findings.length === 0) return '';
  const blocks = findings.map((finding) => (finding.known ? knownBlock(runner, finding, paint) : findingBlock(header, runner, finding, titles, paint, scriptOf(runner, finding))));
  return [paint('strong', `${plural(findings.length, 'finding')} of ${runner.runner}, worst first`), ...blocks].join('\n');
}

function findingBlock(header: RunHeader, runner: RunnerResults, finding: Finding, titles: RuleTitles, paint: Paint, script: readonly string[]): string {
  const { status, cause, candidates, title, cases, example, worstRatio, translation } = finding;
  const indent = ' '.repeat(status.length + 2);
  const worst = worstRatio > 0 && Number.isFinite(worstRatio) ? `, at worst ${formatRatio(worstRatio)} × the bound` : '';
  const evidence = evidenceOf(runner, finding);
  const lines = [
    ...describeRule(finding.rule, titles),
    ...(candidates.length === 0 ? [] : [`one of: ${candidates.join(', ')}`]),
    ...(translation === null || translation === 'none' ? [] : [`to reconcile: ${translation}`]),
    `example: ${example}`,
    ...describeEvidence(evidence),
    `rerun: ${rerunCommand(header, runner, example)}`,
    ...script,
  ];
  const first = `${paint(paintOf(status), harnessError(evidence) ?? status)}  ${paint('strong', cause)}${title === null ? '' : `: ${title}`} (${plural(cases, 'case')}${worst})`;
  return [first, ...lines.map((line) => `${indent}${line}`)].join('\n');
}

function knownBlock(runner: RunnerResults, finding: Finding, paint: Paint): string {
  const { status, cause, cases, example } = finding;
  const evidence = evidenceOf(runner, finding);
  const error = harnessError(evidence);
  const first = `${cause}: ${status} in ${plural(cases, 'case')}, such as ${example}`;
  const lines = [error === null ? paint('quiet', `known  ${first}`) : `${paint('bad', error)}  ${first}`, ...describeEvidence(evidence).map((line) => paint('quiet', `       ${line}`))];
  return lines.join('\n');
}

/** Cases that fail the gate or are inaccurate, worst first, at most `limit` of them. Empty when all pass. */
function failuresText(header: RunHeader, runner: RunnerResults, titles: RuleTitles, limit: number, paint: Paint): string {
  const failing = runner.cases.filter(isListed).sort((a, b) => severity(a.status) - severity(b.status));
  const blocks = failing.slice(0, limit).map((result) => failureBlock(header, runner, result, titles, paint));
  const more = failing.length - blocks.length;
  return [...blocks, ...(more > 0 ? [`and ${plural(more, 'further case')} of ${runner.runner}: see results.csv`] : [])].join('\n');
}

/** What never ran is counted, not listed. */
function isListed({ status }: CaseResult): boolean {
  return status !== 'not-run' && (failingStatuses.includes(status) || deviates(status));
}

function severity(status: Status): number {
  return failingStatuses.includes(status) ? failingStatuses.indexOf(status) : failingStatuses.length;
}

/** Per runner planned and each status that occurs, then known of planned, then the gate with its reasons. */
export function totalsText(run: Run, paint: Paint = plain): string {
  const all = countStatuses(run.runners);
  const planned = run.runners.reduce((sum, { cases }) => sum + cases.length, 0);
  return [
    ...run.runners.flatMap((runner) => runnerTotals(runner, paint)),
    `known ${formatCount(all.known)} of ${formatCount(planned)} planned`,
    ...gateLines(run, paint),
  ].join('\n');
}

function runnerTotals(runner: RunnerResults, paint: Paint): string[] {
  const counts = countStatuses([runner]);
  const planned = runner.cases.length;
  const shown = statuses.filter((status) => counts[status] > 0).map((status) => paint(paintOf(status), `${formatCount(counts[status])} ${status}`));
  const offered = planned - counts.unsupported;
  const rate = counts.conforms > 0 ? ` (${formatRate(counts.conforms, offered)} of the ${formatCount(offered)} offered conform)` : '';
  return [`${paint('strong', runner.runner)}  ${formatCount(planned)} planned: ${shown.join(', ')}${rate}`, ...assumption(runner).map((text) => `  ${paint('warn', text)}`)];
}

/** Said wherever results are: an unknown version is judged by the newest dialect. */
export function assumption({ facts }: RunnerResults): readonly string[] {
  if (facts?.dialect.assumed !== true) return [];
  return [`no dialect covers ${facts.framework} ${facts.version}: judged by the one for ${facts.dialect.versions}`];
}

function gateLines(run: Run, paint: Paint): string[] {
  const { gate, reasons } = gateOf(run);
  return [`gate: ${paint(gate === 'pass' ? 'good' : 'bad', gate)}`, ...reasons.map((reason) => `  ${printable(reason)}`)];
}
