import { Command } from 'commander';
import { show } from '../verbs/show.ts';
import { parseSeed } from './options.ts';

export function showCommand(): Command {
  return new Command('show')
    .description('what a case or a rule means: configuration, data, what is expected and how far a result may be off')
    .argument('<case|rule>', 'a case id, a pattern, or a rule id such as BN-STATE-03')
    .option('--suite <name>', 'suite to look in; all of them by default')
    .option('--run <folder>', 'show what was observed in this run too')
    .option('--seed <n>', 'seed in place of the suite’s own', parseSeed)
    .addHelpText('after', '\nExamples:\n  bn-conformance show BN-STATE-03\n  bn-conformance show \'**/num/golden/**\' --run reports/latest\n')
    .action(async (what: string, options: { suite?: string; run?: string; seed?: number }) => {
      process.stdout.write(await show(what, options));
    });
}
