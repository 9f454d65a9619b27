import { ownDataSuite } from '../cases/own-data.ts';
import type { RunHeader, RunnerResults } from './run.ts';

/** Suite that the command line takes unless told otherwise. */
const defaultSuite = 'core';

/** The command that asks this one case again, to paste into a shell; of the user's own data all of it is asked again. */
export function rerunCommand({ suite, command }: RunHeader, { runner, facts }: RunnerResults, id: string): string {
  if (suite === ownDataSuite) return command.replace(/^bn-conformance /, 'npm run cli -- ');
  const name = runner.replace(/@[^@]*$/, '');
  const who = facts?.interpreter === 'user' ? `--runner ${quote(name)} --python ${quote(`${name}=PYTHON`)}` : `--runner ${quote(runner)}`;
  const seed = /--seed[ =](\d+)/.exec(command)?.[1];
  return ['npm run conformance --', who, suite === defaultSuite ? '' : `--suite ${quote(suite)}`, seed === undefined ? '' : `--seed ${seed}`, `--select '${quoted(id)}'`]
    .filter((part) => part !== '').join(' ');
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${quoted(word)}'`;
}

function quoted(text: string): string {
  return text.replaceAll("'", String.raw`'\''`);
}
