import { Command } from 'commander';
import { harnessHome } from '../environments/home.ts';
import { doctor } from '../verbs/doctor.ts';
import { exitCodes } from './exit-codes.ts';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('what this machine has and lacks: Node, Pythons, disk, environments, optional tools')
    .addHelpText('after', '\nExample:\n  bn-conformance doctor\n')
    .action(async () => {
      const { text, healthy } = await doctor(harnessHome(process.env), process.versions.node, process.env);
      process.stdout.write(text);
      process.exitCode = healthy ? exitCodes.passed : exitCodes.usage;
    });
}
