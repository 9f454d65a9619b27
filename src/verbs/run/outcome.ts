import type { Paint } from '../../reports/paint.ts';
import { terminalReport } from '../../reports/terminal.ts';
import { readRules } from '../../spec/rules.ts';
import type { RunOutcome } from './options.ts';

/** What a run says at its end: findings worst first, totals last, where the reports are. */
export function formatOutcome({ run, decision, complete }: RunOutcome, out: string, paint: Paint): string {
  const titles = new Map(readRules().map(({ id, title }) => [id, title]));
  const warnings = decision.warnings.map((warning) => `warning: ${warning}\n`).join('');
  const interrupted = complete ? '' : 'interrupted: what was not asked is counted as not-run\n';
  return `${terminalReport(run, titles, { paint })}\n${warnings}${interrupted}reports: ${out}\n`;
}
