import { Command } from 'commander';
import { reproduce } from '../verbs/reproduce.ts';
import { defaultRunners } from '../verbs/runners-folder.ts';
import { collect, parseSeed } from './options.ts';

export function reproduceCommand(): Command {
  return new Command('reproduce')
    .description('writes one stand-alone Python script of a case per runner: framework and numpy only, exit 1 while it deviates; with two runners a third compares them')
    .argument('<case>', 'a case id, or a pattern that names one')
    .option('--runner <id[@version]>', 'whom to ask (repeatable; default pytorch and mindspore)', collect, [] as readonly string[])
    .option('--suite <name>', 'suite to look in; all of them by default')
    .option('--run <folder>', 'a run that asked the case: its seed, and what it says of the case')
    .option('--seed <n>', 'seed in place of the suite’s own', parseSeed)
    .option('--out <dir>', 'folder for the scripts', 'reproduce')
    .addHelpText('after', '\nExamples:\n  bn-conformance reproduce \'**/num/golden/name=first-vector/**\' --runner pytorch\n  bn-conformance reproduce \'batchnorm1d/stat/one-value/program=train/shape=1x3/affine=true/momentum=0.1/initial=default/*\' --run reports/latest\n')
    .action(async (pattern: string, options: { runner: readonly string[]; suite?: string; run?: string; seed?: number; out: string }) => {
      const { runner, ...rest } = options;
      const paths = await reproduce(pattern, { ...rest, runners: runner.length > 0 ? runner : defaultRunners });
      process.stdout.write(paths.map((path) => `${path}\n`).join(''));
    });
}
