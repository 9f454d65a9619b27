import { join } from 'node:path';
import { readRun } from '../../reports/read-run.ts';
import { runFileName } from '../../reports/run-file.ts';
import { formatRun } from '../../reports/terminal.ts';
import type { RunOutcome } from './options.ts';

/** What a run says on the terminal: findings worst first, totals last, where the reports are. */
export async function formatOutcome({ decision, complete }: RunOutcome, out: string): Promise<string> {
  const run = await readRun(join(out, runFileName));
  const warnings = decision.warnings.map((warning) => `warning: ${warning}\n`).join('');
  const interrupted = complete ? '' : 'interrupted: what was not asked is counted as not-run\n';
  return `${formatRun(run)}${warnings}${interrupted}reports: ${out}\n`;
}
