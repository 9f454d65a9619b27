import { Command } from 'commander';
import { ruleTitles } from '../reports/formats.ts';
import { diffMarkdown } from '../verbs/diff/markdown.ts';
import { diffText } from '../verbs/diff/text.ts';
import { diffRuns, hasRegressed } from '../verbs/diff.ts';
import { exitCodes } from './exit-codes.ts';
import { paintFor } from './paint-for.ts';

export function diffCommand(): Command {
  return new Command('diff')
    .description('what changed from one run to another: regressions, fixes, causes, support, cases, errors that grew')
    .argument('<before>', 'folder of the earlier run, or its run.ndjson')
    .argument('<after>', 'the later run; its frameworks are matched by their ids, their versions may differ')
    .option('--gate', 'exit 1 when a case regressed, or the later run is incomplete')
    .option('--markdown', 'print Markdown, for a pull request or a job summary')
    .addHelpText('after', [
      '', 'Examples:', '  bn-conformance diff reports/main reports/latest --gate', '  bn-conformance diff old/run.ndjson new/run.ndjson --markdown > changes.md', '',
    ].join('\n'))
    .action(async (before: string, after: string, options: { gate?: boolean; markdown?: boolean }) => {
      const diff = await diffRuns(before, after);
      process.stdout.write(options.markdown === true ? diffMarkdown(diff, ruleTitles()) : diffText(diff, ruleTitles(), paintFor(process.stdout)));
      process.exitCode = options.gate === true && hasRegressed(diff) ? exitCodes.failed : exitCodes.passed;
    });
}
