import { Command } from 'commander';
import { parseFormats, type ReportFormat, reportFormats } from '../reports/format-names.ts';
import { ruleTitles } from '../reports/formats.ts';
import { terminalReport } from '../reports/terminal.ts';
import { mergeRuns } from '../verbs/merge.ts';
import { exitCodes } from './exit-codes.ts';
import { paintFor } from './paint-for.ts';

export function mergeCommand(): Command {
  return new Command('merge')
    .description('joins the shards of one run into what an undivided run would have written; exit 0 when the gate passes, 1 when it fails')
    .argument('<runs...>', 'out folders of run --shard I/N, all of them, in any order')
    .option('--out <dir>', 'folder for the reports', 'reports/latest')
    .option('--format <list>', `reports to write beside run.ndjson: which of ${reportFormats.join(',')}; all of them by default`, parseFormats)
    .option('--json', 'print summary.json to stdout, and nothing else there')
    .addHelpText('after', '\nExamples:\n  bn-conformance merge reports/shard-1 reports/shard-2 --out reports/whole\n  bn-conformance merge downloaded/shard-* --format html,markdown\n')
    .action(async (places: readonly string[], { out, format, json }: { out: string; format?: readonly ReportFormat[]; json?: boolean }) => {
      const { run, summary, decision } = await mergeRuns(places, { out, formats: format });
      const warnings = decision.warnings.map((warning) => `warning: ${warning}\n`).join('');
      const text = `${terminalReport(run, ruleTitles(), { paint: paintFor(process.stdout) })}\n${warnings}reports: ${out}\n`;
      process.stdout.write(json === true ? `${JSON.stringify(summary, null, 2)}\n` : text);
      process.exitCode = decision.gate === 'pass' ? exitCodes.passed : exitCodes.failed;
    });
}
