import { access, constants, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EnvironmentIdentity, identityOf } from './environment-identity.ts';
import { environmentsFolder } from './home.ts';
import { readMarker } from './marker.ts';

/** Which environment is wanted. */
export interface EnvironmentRequest {
  /** Names the folder and the log, such as `pytorch`. */
  readonly runner: string;
  readonly version: string;
  /** The environment file. */
  readonly file: string;
}

/** Where one environment is, or will be. */
export interface Place {
  readonly name: string;
  readonly folder: string;
  readonly python: string;
}

/** Interpreter of an environment that is whole by its own account; undefined where there is none, and nothing is made. */
export async function findEnvironment(request: EnvironmentRequest, home: string): Promise<string | undefined> {
  for (const { folder, python } of await placesOf(request, identityOf(await readFile(request.file, 'utf8')), home)) {
    if (await readMarker(folder) !== undefined && await isProgram(python)) return python;
  }
  return undefined;
}

/** The folders that are there for an environment file, that of the preferred Python first. */
export async function placesOf(request: EnvironmentRequest, file: EnvironmentIdentity, home: string): Promise<readonly Place[]> {
  const prefix = nameOf(request, file, '');
  const preferred = nameOf(request, file, file.preferredPython ?? '');
  const names = (await readdir(environmentsFolder(home)).catch(() => [])).filter((name) => name.startsWith(prefix) && !/\.(?:lock|holder)/.test(name.slice(prefix.length)));
  names.sort((a, b) => Number(b === preferred) - Number(a === preferred));
  return names.map((name) => placeOf(home, name));
}

export function nameOf({ runner, version }: EnvironmentRequest, { hash }: EnvironmentIdentity, minor: string): string {
  return `${runner}-${version}-${hash}-py${minor}`;
}

export function placeOf(home: string, name: string): Place {
  const folder = join(environmentsFolder(home), name);
  return { name, folder, python: join(folder, 'bin', 'python') };
}

/** The interpreter of an environment is a link to one of the system, which may have gone. */
export function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(() => true, () => false);
}
