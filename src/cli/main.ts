#!/usr/bin/env -S node --min-semi-space-size=32 --max-semi-space-size=32
import { Command, CommanderError } from 'commander';
import { printable } from '../reports/printable.ts';
import { UserError } from '../spec/user-error.ts';
import { toolVersion } from '../verbs/tool.ts';
import { exitCodes } from './exit-codes.ts';
import { keepHeapSmall } from './heap.ts';

keepHeapSmall();

const program = new Command('bn-conformance')
  .description('Judges Batch Normalization of real frameworks against a machine-readable spec')
  .version(toolVersion())
  .showSuggestionAfterError()
  .exitOverride()
  .configureOutput({ outputError: () => undefined });

/** Each verb with what it takes is read when it is asked for: that of all of them takes as long as Python to start. */
const verbs = {
  run: async () => (await import('./run.ts')).runCommand(),
  list: async () => (await import('./list.ts')).listCommand(),
  show: async () => (await import('./show.ts')).showCommand(),
  claims: async () => (await import('./claims.ts')).claimsCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  merge: async () => (await import('./merge.ts')).mergeCommand(),
  diff: async () => (await import('./diff.ts')).diffCommand(),
  judge: async () => (await import('./judge.ts')).judgeCommand(),
  reproduce: async () => (await import('./reproduce.ts')).reproduceCommand(),
  known: async () => (await import('./known.ts')).knownCommand(),
  score: async () => (await import('./score.ts')).scoreCommand(),
  fuzz: async () => (await import('./fuzz.ts')).fuzzCommand(),
  doctor: async () => (await import('./doctor.ts')).doctorCommand(),
  envs: async () => (await import('./envs.ts')).envsCommand(),
  completion: async () => (await import('./completion.ts')).completionCommand(() => program.commands),
} as const satisfies Readonly<Record<string, () => Promise<Command>>>;

for (const verb of verbsFor(process.argv[2])) program.addCommand(throwInstead(await verbs[verb]()));

// A limit on the size of files is told like a full disk; by default a library that cleans up after locks would end the process here.
process.on('SIGXFSZ', () => undefined);

// Whoever reads the output may have read enough: what is measured goes on, and its files are written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}

/** The one that is asked for; all, in their order, for what speaks of the others. */
function verbsFor(word: string | undefined): readonly (keyof typeof verbs)[] {
  const all = Object.keys(verbs) as (keyof typeof verbs)[];
  const asked = all.find((verb) => verb === word && verb !== 'completion');
  return asked === undefined ? all : [asked];
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
