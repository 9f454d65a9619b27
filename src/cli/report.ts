import { Command } from 'commander';
import { parseFormats, type ReportFormat, reportFormats } from '../reports/format-names.ts';
import { summarise } from '../reports/summary.ts';
import { report } from '../verbs/report.ts';

export function reportCommand(): Command {
  return new Command('report')
    .description('makes the reports of a run that is over, from its run.ndjson')
    .argument('<run>', 'folder of a run, or its run.ndjson')
    .option('--format <list>', `which of ${reportFormats.join(',')}; all of them by default`, parseFormats)
    .option('--out <dir>', 'folder for the reports; that of the run by default')
    .option('--baseline <run>', 'folder of an earlier run, or its run.ndjson: the page shows what changed since')
    .option('--json', 'print summary.json to stdout, and nothing else there; writes files only with --format or --out')
    .addHelpText('after', [
      '', 'Examples:', '  bn-conformance report reports/latest', '  bn-conformance report reports/latest --format html,markdown --out public',
      '  bn-conformance report reports/latest --baseline reports/main', '  bn-conformance report downloaded/run.ndjson --json', '',
    ].join('\n'))
    .action(async (place: string, options: { format?: readonly ReportFormat[]; out?: string; baseline?: string; json?: boolean }) => {
      const isPrintedAlone = options.json === true && options.format === undefined && options.out === undefined;
      const { run, folder, names } = await report(place, { formats: options.format ?? (isPrintedAlone ? [] : reportFormats), out: options.out, baseline: options.baseline });
      process.stdout.write(options.json === true ? `${JSON.stringify(summarise(run), null, 2)}\n` : `wrote ${names.join(', ')} to ${folder}\n`);
    });
}
