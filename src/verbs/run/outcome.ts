import { plural } from '../../reports/numbers.ts';
import type { Paint } from '../../reports/paint.ts';
import { describeReproducer, type Reproducer, reproducerFolder } from '../../reports/reproducer.ts';
import { terminalReport } from '../../reports/terminal.ts';
import { readRules } from '../../spec/rules.ts';
import type { RunOutcome } from './options.ts';

/** What a run says at its end: findings worst first, totals last, where the reports are. */
export function formatOutcome({ run, decision, complete, reproducers }: RunOutcome, out: string, paint: Paint): string {
  const titles = new Map(readRules().map(({ id, title }) => [id, title]));
  const warnings = decision.warnings.map((warning) => `warning: ${warning}\n`).join('');
  const interrupted = complete ? '' : 'interrupted: what was not asked is counted as not-run\n';
  const report = terminalReport(run, titles, { paint, scriptOf: ({ runner }, finding) => describeReproducer(runner, finding, out, reproducers) });
  return `${report}\n${warnings}${interrupted}reports: ${out}\n${scriptsLine(reproducers, out)}`;
}

/** `scripts: reports/latest/reproduce (3 scripts; 1 finding has none)`; nothing without findings. */
export function scriptsLine(reproducers: readonly Reproducer[], out: string): string {
  if (reproducers.length === 0) return '';
  const lacking = reproducers.filter(({ script }) => script === null).length;
  const none = lacking === 0 ? '' : `; ${plural(lacking, 'finding')} without one`;
  return `scripts: ${out}/${reproducerFolder} (${plural(reproducers.length - lacking, 'script')}${none})\n`;
}
