import { Command } from 'commander';
import { harnessHome } from '../environments/home.ts';
import { createEnvironments, formatEnvironments, pruneUnused } from '../verbs/envs.ts';

const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export function envsCommand(): Command {
  const envs = new Command('envs').description('the Python environments that the harness makes');
  envs.command('list', { isDefault: true }).description('environments with their sizes')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: boolean }) => {
      process.stdout.write(await formatEnvironments(harnessHome(process.env), options.json === true));
    });
  envs.command('create').description('make environments now')
    .argument('[runner...]', 'ids such as pytorch or mindspore@2.0.0; the defaults when left out')
    .action(async (runners: string[]) => {
      process.stdout.write(await createEnvironments(runners, harnessHome(process.env), say));
    });
  envs.command('prune').description('remove environments that no environment file asks for any more')
    .option('--all', 'remove all of them')
    .action(async (options: { all?: boolean }) => {
      process.stdout.write(await pruneUnused(harnessHome(process.env), options.all === true));
    });
  return envs.addHelpText('after', '\nExamples:\n  bn-conformance envs list\n  bn-conformance envs create mindspore@2.0.0\n  bn-conformance envs prune\n');
}
