import { join } from 'node:path';
import { resolveRunner, type RunnerSpec } from '../runners/registry.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';

/** Folder of the runners that come with the package. */
export const runnersFolder = join(packageRoot, 'runners');

/** Runners of a run that names none. */
export const defaultRunners: readonly string[] = ['pytorch', 'mindspore'];

/** The words that were given, else the defaults. */
export function runnersAsked(words: readonly string[]): readonly string[] {
  return words.length > 0 ? words : defaultRunners;
}

/** The runner that a word of the command line means. */
export function runnerNamed(word: string): Promise<RunnerSpec> {
  return resolveRunner(word, runnersFolder);
}

/**
 * The id of a runner that a run file names. A run file is data, and what it names must not be started: a path would be a program.
 *
 * @throws {UserError} RUN_RUNNER_UNKNOWN
 */
export function recordedId(key: string, place: string): string {
  const [, id] = /^([a-z][a-z0-9-]*)(?:@[\w.+-]+)?$/.exec(key) ?? [];
  if (id === undefined) throw new UserError('RUN_RUNNER_UNKNOWN', `${place} names the runner '${key}', which is no id`, 'take a run that this tool wrote');
  return id;
}

/** `<id>@<version>`, the key in every file; the id alone where nothing is pinned. */
export function runnerKey({ id, version }: Pick<RunnerSpec, 'id' | 'version'>): string {
  return version === undefined ? id : `${id}@${version}`;
}
