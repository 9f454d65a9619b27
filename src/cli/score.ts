import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import { harnessHome } from '../environments/home.ts';
import { powerPath } from '../reports/power.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readRules } from '../spec/rules.ts';
import { figuresOf } from '../verbs/score/figures.ts';
import { formatScore } from '../verbs/score/format.ts';
import { powerOf } from '../verbs/score/power.ts';
import { withScore } from '../verbs/score/readme.ts';
import { scoreSuite } from '../verbs/score/score.ts';
import { exitCodes } from './exit-codes.ts';
import { parseCount } from './options.ts';

interface Options {
  readonly suite: string;
  readonly pairs: number;
  readonly jobs: number;
  readonly json?: boolean;
  readonly write?: boolean;
}

const readme = join(packageRoot, 'README.md');

export function scoreCommand(): Command {
  return new Command('score')
    .description('what the harness catches: a suite against every fault of the zoo and every honest implementation')
    .option('--suite <name>', 'suite to score', 'core')
    .option('--pairs <n>', 'pairs of faults to ask the smoke suite', parseCount, 60)
    .option('--jobs <n>', 'miniatures at one time', parseCount, 2)
    .option('--json', 'print one JSON object')
    .option('--write', 'write the figures into README.md, and into reports/power.json for the report page')
    .addHelpText('after', '\nExit: 0 every target met, 1 some missed.\n\nExamples:\n  bn-conformance score\n  bn-conformance score --suite smoke --pairs 10\n')
    .action(async (options: Options) => {
      const stop = new AbortController();
      const onProgress = (text: string): void => { if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`); };
      process.once('SIGINT', () => { stop.abort(); });
      const score = await scoreSuite({ ...options, home: harnessHome(process.env), onProgress, signal: stop.signal });
      onProgress('');
      const rules = readRules();
      const figures = figuresOf(score, rules);
      process.stdout.write(options.json === true ? `${JSON.stringify({ suite: score.suite, rows: figures }, null, 2)}\n` : formatScore(score, figures, rules));
      if (options.write === true) {
        await writeFile(readme, withScore(await readFile(readme, 'utf8'), score, figures));
        await writeFile(powerPath, `${JSON.stringify(powerOf(score, figures), null, 2)}\n`);
      }
      process.exitCode = figures.every(({ met }) => met) ? exitCodes.passed : exitCodes.failed;
    });
}
