import { harnessError } from './evidence-text.ts';
import type { RuleTitles } from './failure-text.ts';
import { evidenceOf } from './grouped-run.ts';
import { presentable } from './presentable.ts';
import { printable } from './printable.ts';
import { describeExtent, describeFinding, type RankedFinding, rankFindings } from './ranked-findings.ts';
import { rerunCommand } from './rerun.ts';
import type { Run, RunHeader } from './run.ts';
import { gateOf } from './summary.ts';

type Level = 'error' | 'warning' | 'notice';

/**
 * Workflow commands that make GitHub Actions annotate the run: a failed gate with its reasons, then one per finding, worst first.
 *
 * A finding that fails the gate is an error, one that is only inaccurate a warning, a known one a notice. GitHub shows ten of each
 * per step.
 *
 * @returns one line per annotation, each with its line end; empty when there is nothing to say
 * @see https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 */
export function githubAnnotations(raw: Run, titles: RuleTitles): string {
  const run = presentable(raw);
  const { gate, reasons } = gateOf(run);
  const failed = gate === 'pass' ? [] : [annotation('error', 'Batch Normalization conformance: gate failed', reasons.join('\n'))];
  return [...failed, ...rankFindings(run).map((ranked) => findingAnnotation(run.header, ranked, titles))].join('');
}

function findingAnnotation(header: RunHeader, ranked: RankedFinding, titles: RuleTitles): string {
  const { runner, finding } = ranked;
  const { status, cause, title, example } = finding;
  const error = harnessError(evidenceOf(runner, finding));
  const lines = [
    `${describeExtent(finding)}, such as ${example}`,
    ...(title === null ? [] : [`cause: ${title}`]),
    ...describeFinding(ranked, titles),
    `rerun: ${rerunCommand(header, runner, example)}`,
  ];
  const level = error === null ? levelOf(header, finding) : 'error';
  return annotation(level, `${runner.runner}: ${error ?? (finding.known ? 'known' : status)}, ${cause}`, lines.join('\n'));
}

function levelOf({ strict }: RunHeader, { known, status }: RankedFinding['finding']): Level {
  if (known) return 'notice';
  return status === 'inaccurate' && !strict ? 'warning' : 'error';
}

function annotation(level: Level, title: string, message: string): string {
  return `::${level} title=${escapeProperty(printable(title))}::${escapeData(printable(message))}\n`;
}

/** A command ends with its line, and `%` begins an escape. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** Properties end at `:` and are set apart by `,` too. */
function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
