import { Command } from 'commander';
import { describePlan, formatListing } from '../verbs/list.ts';
import { loadPlan, selectFrom } from '../verbs/load-plan.ts';
import { collect, parseSeed } from './options.ts';
import { limitsOf, reachOf, runnerLayers } from '../verbs/runner-layers.ts';

export function listCommand(): Command {
  return new Command('list')
    .description('what would run: the plan and its arithmetic, without any framework')
    .option('--suite <name>', 'suite to list', 'core')
    .option('--select <pattern>', 'only cases whose id matches (repeatable)', collect, [])
    .option('--runner <id>', 'count the plan of this runner (repeatable)', collect, [])
    .option('--seed <n>', 'seed in place of the suite’s own', parseSeed)
    .option('--ids', 'print the ids, one a line')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  bn-conformance list --suite smoke\n  bn-conformance list --ids --select \'batchnorm2d/**\'\n')
    .action(async (options: { suite: string; select: string[]; runner: string[]; seed?: number; ids?: boolean; json?: boolean }) => {
      const plan = selectFrom(loadPlan(options.suite, options.seed), options.select);
      const ids = options.runner;
      const listing = describePlan(plan, await runnerLayers(ids), await reachOf(plan.cases, ids), await limitsOf(plan.cases, ids));
      if (options.json === true) process.stdout.write(`${JSON.stringify(listing, null, 2)}\n`);
      else if (options.ids === true) process.stdout.write(plan.cases.map(({ id }) => `${id}\n`).join(''));
      else process.stdout.write(formatListing(plan, listing));
    });
}
