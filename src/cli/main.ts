#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { printable } from '../reports/printable.ts';
import { UserError } from '../spec/user-error.ts';
import { toolVersion } from '../verbs/tool.ts';
import { claimsCommand } from './claims.ts';
import { completionCommand } from './completion.ts';
import { diffCommand } from './diff.ts';
import { doctorCommand } from './doctor.ts';
import { envsCommand } from './envs.ts';
import { exitCodes } from './exit-codes.ts';
import { fuzzCommand } from './fuzz.ts';
import { judgeCommand } from './judge.ts';
import { knownCommand } from './known.ts';
import { listCommand } from './list.ts';
import { mergeCommand } from './merge.ts';
import { reportCommand } from './report.ts';
import { reproduceCommand } from './reproduce.ts';
import { runCommand } from './run.ts';
import { scoreCommand } from './score.ts';
import { showCommand } from './show.ts';

const program = new Command('bn-conformance')
  .description('Judges Batch Normalization of real frameworks against a machine-readable spec')
  .version(toolVersion())
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

for (const command of [runCommand(), listCommand(), showCommand(), claimsCommand(), reportCommand(), mergeCommand(), diffCommand(), judgeCommand(), reproduceCommand(), knownCommand(), scoreCommand(), fuzzCommand(), doctorCommand(), envsCommand(), completionCommand(() => program.commands)]) {
  program.addCommand(throwInstead(command));
}

// A limit on the size of files is told like a full disk; by default a library that cleans up after locks would end the process here.
process.on('SIGXFSZ', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}

/** Makes a verb and the verbs below it throw where commander would print and leave with a code of its own. */
function throwInstead(command: Command): Command {
  for (const below of command.commands) throwInstead(below);
  return command.exitOverride().configureOutput({ outputError: () => undefined });
}

function reportFailure(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCodes.passed;
    process.stderr.write(`${error.message.startsWith('(') ? 'error: no verb given' : printable(error.message)}\n  try 'bn-conformance --help'\n`);
    return exitCodes.usage;
  }
  if (error instanceof UserError) {
    process.stderr.write(printable(`error: ${error.message} (${error.code})\n  ${error.hint}\n`));
    return exitCodes.usage;
  }
  process.stderr.write(`internal error, a fault of bn-conformance itself: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
  return exitCodes.usage;
}
