import { Command, Option } from 'commander';
import { ruleTitles } from '../reports/formats.ts';
import type { RunDiff } from '../verbs/diff/compare.ts';
import { diffJson } from '../verbs/diff/json.ts';
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
    .addOption(new Option('--json', 'print one JSON object to stdout, and nothing else there').conflicts('markdown'))
    .addHelpText('after', [
      '', 'Examples:', '  bn-conformance diff reports/main reports/latest --gate', '  bn-conformance diff old/run.ndjson new/run.ndjson --markdown > changes.md', '  bn-conformance diff reports/main reports/latest --json | jq .regressions', '',
    ].join('\n'))
    .action(async (before: string, after: string, options: { gate?: boolean; markdown?: boolean; json?: boolean }) => {
      const diff = await diffRuns(before, after);
      process.stdout.write(printed(diff, options));
      process.exitCode = options.gate === true && hasRegressed(diff) ? exitCodes.failed : exitCodes.passed;
    });
}

function printed(diff: RunDiff, { markdown, json }: { readonly markdown?: boolean; readonly json?: boolean }): string {
  if (json === true) return `${JSON.stringify(diffJson(diff), null, 2)}\n`;
  return markdown === true ? diffMarkdown(diff, ruleTitles()) : diffText(diff, ruleTitles(), paintFor(process.stdout));
}
