import { join } from 'node:path';
import { resolveRunner, type RunnerSpec } from '../runners/registry.ts';
import { packageRoot } from '../spec/package-root.ts';

/** Folder of the runners that come with the package. */
export const runnersFolder = join(packageRoot, 'runners');

/** The runner that a word of the command line means. */
export function runnerNamed(word: string): Promise<RunnerSpec> {
  return resolveRunner(word, runnersFolder);
}

/** `<id>@<version>`, the key in every file; the id alone where nothing is pinned. */
export function runnerKey({ id, version }: Pick<RunnerSpec, 'id' | 'version'>): string {
  return version === undefined ? id : `${id}@${version}`;
}
