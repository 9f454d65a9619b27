import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One pinned version of a framework. */
export interface AvailableEnvironment {
  /** Name of the folder under `runners/`. */
  readonly runner: string;
  readonly version: string;
  readonly file: string;
}

/** Environment files of all runner folders, by folder, then by version as text. */
export async function listAvailable(runnersFolder: string): Promise<AvailableEnvironment[]> {
  const runners = (await readdir(runnersFolder)).sort();
  const lists = await Promise.all(runners.map((runner) => listVersions(runner, join(runnersFolder, runner))));
  return lists.flat();
}

/** Environment files of one runner folder; none when it has no `environments/`. */
export async function listVersions(runner: string, runnerFolder: string): Promise<AvailableEnvironment[]> {
  const folder = join(runnerFolder, 'environments');
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => ({ runner, version: basename(name, '.txt'), file: join(folder, name) }));
}
