import { statuses } from '../diff/verdict.ts';
import { harnessError } from './evidence-text.ts';
import type { RuleTitles } from './failure-text.ts';
import { evidenceOf } from './grouped-run.ts';
import { markdownCode, markdownCommand, markdownTable, markdownText } from './markdown-text.ts';
import { formatCount, plural } from './numbers.ts';
import { describeExtent, describeFinding, type RankedFinding, rankFindings } from './ranked-findings.ts';
import { rerunCommand } from './rerun.ts';
import type { Run, RunHeader, RunnerResults } from './run.ts';
import { countStatuses, gateOf } from './summary.ts';
import { assumption } from './terminal.ts';

/** A job summary on GitHub takes 1 MiB; a finding takes about 1 KiB. */
const limit = 50;

/** The run as GitHub's Markdown, for the summary of a CI job: the gate and why, counts per runner, findings worst first. */
export function summaryMarkdown(run: Run, titles: RuleTitles): string {
  const { header, runners } = run;
  const findings = rankFindings(run);
  const open = findings.filter(({ finding }) => !finding.known);
  const known = findings.filter(({ finding }) => finding.known);
  const blocks = [
    ...gateBlocks(run),
    countsTable(runners),
    ...runners.flatMap((runner) => assumption(runner).map(markdownText)),
    ...section('Findings, worst first', open, (ranked) => findingBlock(header, ranked, titles), '\n\n'),
    ...section('Known findings', known, knownLine, '\n'),
  ];
  return `${blocks.join('\n\n')}\n`;
}

function gateBlocks(run: Run): readonly string[] {
  const { header, footer } = run;
  const { gate, reasons } = gateOf(run);
  const about = [`suite ${header.suite}${header.filtered ? ', selected cases only' : ''}`, `seed ${String(header.seed)}`, ...(header.strict ? ['strict'] : []), `${header.tool.name} ${header.tool.version}`,
    footer === null ? 'interrupted' : `${(footer.durationMs / 1000).toFixed(1)} s`];
  const more = reasons.length > limit ? [`* and ${plural(reasons.length - limit, 'further reason')}`] : [];
  const why = [...reasons.slice(0, limit).map((reason) => `* ${markdownText(reason)}`), ...more].join('\n');
  return [`## Batch Normalization conformance: gate ${gate === 'pass' ? 'passed' : 'failed'}`, ...(why === '' ? [] : [why]), markdownText(about.join(' · '))];
}

/** A row per status that occurs, a column per runner, and the plan in the last row. */
function countsTable(runners: readonly RunnerResults[]): string {
  const all = countStatuses(runners);
  const columns = runners.map((runner) => ({ name: runner.runner, counts: countStatuses([runner]), planned: runner.cases.length }));
  const rows = statuses.filter((status) => all[status] > 0).map((status) => [status, ...columns.map(({ counts }) => formatCount(counts[status]))]);
  return markdownTable(['status', ...columns.map(({ name }) => name)], [...rows, ['planned', ...columns.map(({ planned }) => formatCount(planned))]]);
}

function section(title: string, findings: readonly RankedFinding[], write: (ranked: RankedFinding) => string, between: string): readonly string[] {
  if (findings.length === 0) return [];
  const more = findings.length - limit;
  return [`### ${title}`, findings.slice(0, limit).map(write).join(between), ...(more > 0 ? [`And ${plural(more, 'further finding')}: see summary.json.`] : [])];
}

function findingBlock(header: RunHeader, ranked: RankedFinding, titles: RuleTitles): string {
  const { runner, finding } = ranked;
  const { status, cause, title, example } = finding;
  const lines = describeFinding(ranked, titles).map((line) => `* ${markdownText(line)}`);
  return [
    `**${markdownText(harnessError(evidenceOf(runner, finding)) ?? status)}** ${markdownCode(cause)}${title === null ? '' : `: ${markdownText(title)}`} (${markdownText(runner.runner)}: ${describeExtent(finding)})`,
    [...lines, `* example: ${markdownCode(example)}`].join('\n'),
    markdownCommand(rerunCommand(header, runner, example)),
  ].join('\n\n');
}

function knownLine({ runner, finding }: RankedFinding): string {
  const { status, cause, cases, example } = finding;
  const error = harnessError(evidenceOf(runner, finding));
  return `* ${error === null ? '' : `**${markdownText(error)}** `}${markdownCode(cause)}: ${status} in ${plural(cases, 'case')} of ${markdownText(runner.runner)}, such as ${markdownCode(example)}`;
}
