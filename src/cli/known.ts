import { Command } from 'commander';
import { knownFromRun } from '../verbs/known-from-run.ts';
import { UserError } from '../spec/user-error.ts';

export function knownCommand(): Command {
  return new Command('known')
    .description('the known-failing lists: check them, or rewrite them by what a run showed')
    .option('--update', 'rewrite the list of each runner of the run')
    .option('--run <folder>', 'the run to go by', 'reports/latest')
    .addHelpText('after', '\nExample:\n  bn-conformance known --update --run reports/latest\n')
    .action(async (options: { update?: boolean; run: string }) => {
      if (options.update !== true) throw new UserError('KNOWN_WHAT', 'known was told nothing to do', 'add --update to rewrite the lists by the run in --run');
      process.stdout.write(await knownFromRun(options.run));
    });
}
