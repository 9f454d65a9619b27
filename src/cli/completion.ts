import { Argument, Command, type Option } from 'commander';
import { listSuites } from '../cases/suite-file.ts';
import { reportFormats } from '../reports/format-names.ts';
import { listRunners } from '../runners/registry.ts';
import { type CompletedFlag, type CompletedVerb, completionScript, type FlagValue, type Shell, shells } from '../verbs/completion.ts';
import { settingNames } from '../verbs/judge/settings.ts';
import { runnersFolder } from '../verbs/runners-folder.ts';

/** @param verbs  those that are completed, read when the script is asked for */
export function completionCommand(verbs: () => readonly Command[]): Command {
  return new Command('completion')
    .description('prints a script that makes a shell complete verbs, flags, runner ids and suites')
    .addArgument(new Argument('<shell>', 'for which shell').choices(shells))
    .addHelpText('after', [
      '', 'Examples:', '  source <(bn-conformance completion bash)', '  bn-conformance completion zsh > ~/.zfunc/_bn-conformance',
      '  bn-conformance completion fish > ~/.config/fish/completions/bn-conformance.fish', '', 'Runners and suites are those of now: make the script again after adding one.', '',
    ].join('\n'))
    .action(async (shell: Shell) => {
      const runners = (await listRunners(runnersFolder)).map(({ id }) => id);
      process.stdout.write(completionScript(shell, verbs().map((verb) => completedVerb(verb, { '--runner': runners, '--suite': listSuites(), '--format': reportFormats, '--set': settingNames.map((name) => `${name}=`) }))));
    });
}

type KnownWords = Readonly<Record<string, readonly string[]>>;

function completedVerb(command: Command, known: KnownWords): CompletedVerb {
  const below = command.commands;
  const options = [...command.options, ...below.flatMap((one) => one.options)];
  const flags = options.map((option) => completedFlag(option, known));
  return {
    name: command.name(), description: command.description(), flags: flags.filter(({ name }, index) => flags.findIndex((flag) => flag.name === name) === index),
    words: [...below.map((one) => one.name()), ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices)],
  };
}

function completedFlag(option: Option, known: KnownWords): CompletedFlag {
  const name = option.long ?? option.short ?? '';
  return { name, description: option.description, value: valueOf(option, known[name]) };
}

function valueOf({ required, optional, argChoices }: Option, known: readonly string[] | undefined): FlagValue {
  const words = argChoices ?? known;
  if (!required && !optional) return { kind: 'none' };
  return words === undefined ? { kind: 'path' } : { kind: 'words', words };
}
