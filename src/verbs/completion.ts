/** What may follow a flag: one of some words, or a path. */
export type FlagValue = { readonly kind: 'none' } | { readonly kind: 'path' } | { readonly kind: 'words'; readonly words: readonly string[] };

export interface CompletedFlag {
  /** `--runner`. */
  readonly name: string;
  readonly description: string;
  readonly value: FlagValue;
}

export interface CompletedVerb {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** Words that the verb takes first, such as the verbs below it; where it has none, paths. */
  readonly words: readonly string[];
}

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

const program = 'bn-conformance';

/** A script that a shell sources, so that it completes verbs, flags, runner ids and suites. */
export function completionScript(shell: Shell, verbs: readonly CompletedVerb[]): string {
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](verbs);
}

/** Values of flags by name and verb: `run --format` and `report --format` may differ. */
function valueCases(verbs: readonly CompletedVerb[], line: (pattern: string, words: readonly string[]) => string): readonly string[] {
  return verbs.flatMap(({ name, flags }) => flags.flatMap((flag) => (flag.value.kind === 'words' ? [line(`${name} ${flag.name}`, flag.value.words)] : [])));
}

function bashScript(verbs: readonly CompletedVerb[]): string {
  const all = verbs.map(({ name }) => name).join(' ');
  return [
    `# ${program} completion bash > ~/.local/share/bash-completion/completions/${program}`,
    '_bn_conformance() {', '  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} verb=${COMP_WORDS[1]} flags= words=', '  COMPREPLY=()',
    `  if (( COMP_CWORD == 1 )); then COMPREPLY=($(compgen -W '${all} --help --version' -- "$current")); return; fi`,
    '  case "$verb $before" in', ...valueCases(verbs, (pattern, words) => `    '${pattern}') COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")); return ;;`), '  esac',
    '  case "$verb" in', ...verbs.map(({ name, flags, words }) => `    ${name}) flags='${[...flags.map((flag) => flag.name), '--help'].join(' ')}' words='${words.join(' ')}' ;;`), '  esac',
    '  if [[ $current == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$current"))',
    '  elif [[ -n $words ]] && (( COMP_CWORD == 2 )); then COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '  else compopt -o default 2>/dev/null; fi', '}', `complete -F _bn_conformance ${program}`, '',
  ].join('\n');
}

function zshScript(verbs: readonly CompletedVerb[]): string {
  return [
    `#compdef ${program}`, `# ${program} completion zsh > a folder of $fpath, as _${program}`,
    '_bn_conformance() {', '  local verb=${words[2]} before=${words[CURRENT-1]}', '  local -a entries below',
    '  if (( CURRENT == 2 )); then', `    entries=(${verbs.map(({ name, description }) => zshEntry(name, description)).join(' ')})`, '    _describe verb entries', '    return', '  fi',
    '  case "$verb $before" in', ...valueCases(verbs, (pattern, words) => `    ('${pattern}') compadd -- ${words.join(' ')}; return ;;`), '  esac',
    '  case "$verb" in',
    ...verbs.map(({ name, flags, words }) => `    (${name}) entries=(${flags.map((flag) => zshEntry(flag.name, flag.description)).join(' ')}); below=(${words.join(' ')}) ;;`),
    '  esac', '  if [[ $PREFIX == -* ]]; then _describe -o flag entries', '  elif (( $#below > 0 && CURRENT == 3 )); then compadd -- $below', '  else _files; fi', '}',
    'if [[ $funcstack[1] == _* ]]; then _bn_conformance "$@"; else compdef _bn_conformance bn-conformance; fi', '',
  ].join('\n');
}

function zshEntry(name: string, description: string): string {
  return `'${singleQuoted(name)}:${singleQuoted(description.replaceAll(':', String.raw`\:`))}'`;
}

function fishScript(verbs: readonly CompletedVerb[]): string {
  const complete = (condition: string, rest: string) => `complete -c ${program} -n '${condition}' ${rest}`;
  return [
    `# ${program} completion fish > ~/.config/fish/completions/${program}.fish`,
    ...verbs.flatMap(({ name, description, flags, words }) => [
      complete('__fish_use_subcommand', `-f -a ${name} -d '${fishText(description)}'`),
      ...(words.length === 0 ? [] : [complete(`__fish_seen_subcommand_from ${name}`, `-f -a '${words.join(' ')}'`)]),
      ...flags.map((flag) => complete(`__fish_seen_subcommand_from ${name}`, `-l ${flag.name.replace(/^--/, '')}${fishValue(flag.value)} -d '${fishText(flag.description)}'`)),
    ]), '',
  ].join('\n');
}

function fishValue(value: FlagValue): string {
  if (value.kind === 'none') return '';
  return value.kind === 'path' ? ' -r' : ` -x -a '${value.words.join(' ')}'`;
}

function fishText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`);
}

/** Inside single quotes of a POSIX shell. */
function singleQuoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
