import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { findDamage } from './damage.ts';
import { requireFreeSpace, folderBytes, formatBytes } from './disk.ts';
import { type EnvironmentFile, readEnvironmentFile } from './environment-file.ts';
import { type EnvironmentRequest, isProgram, nameOf, type Place, placeOf, placesOf } from './find-environment.ts';
import { chooseInterpreter, findInterpreters } from './find-interpreter.ts';
import { environmentsFolder, logsFolder } from './home.ts';
import { type Interpreter, probeInterpreter } from './interpreter.ts';
import { withLock } from './lock.ts';
import { readMarker, writeMarker } from './marker.ts';
import { endOrphans } from './orphans.ts';
import { createVenv, type InstallOptions, installRequirements, listPackages } from './pip.ts';

export interface EnvironmentOptions {
  /** Folder from `harnessHome`. */
  readonly home: string;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where interpreters are looked for; the variables of this process by default. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Runs its interpreter first: for who cannot make it anew when a runner does not start in it. */
  readonly probe?: boolean;
  /** As `probe`, and looks at every file of its packages, which takes long where it is large: for an environment whose runner does not start. */
  readonly suspect?: boolean;
}

export interface Environment {
  /** Interpreter of the environment. */
  readonly python: string;
  readonly folder: string;
  /** Whether this call made it. */
  readonly created: boolean;
}

/**
 * The virtual environment for an environment file, made on first use.
 *
 * One folder per content of the file and minor version of Python. Two processes may ask at once: one makes it, the other waits.
 * A half-made or broken folder is removed and made again.
 *
 * @throws {UserError} ENVIRONMENT_FILE, PYTHON_NOT_FOUND, DISK_FULL, ENVIRONMENT_FAILED or HOME_UNWRITABLE
 */
export async function ensureEnvironment(request: EnvironmentRequest, options: EnvironmentOptions): Promise<Environment> {
  try {
    return await ensure(request, options);
  } catch (error) {
    const { syscall, path } = error as NodeJS.ErrnoException;
    if (error instanceof UserError || syscall === undefined || path?.startsWith(options.home) !== true) throw error;
    throw new UserError('HOME_UNWRITABLE', `cannot write ${path}: ${(error as Error).message}`, 'free the space, or set BN_CONFORMANCE_HOME to a folder that can be written', { cause: error });
  }
}

async function ensure(request: EnvironmentRequest, options: EnvironmentOptions): Promise<Environment> {
  const file = await readEnvironmentFile(request.file);
  const existing = await findUsable(request, file, options);
  if (existing) return environment(existing, false);
  const interpreter = chooseInterpreter(file, await findInterpreters(options.variables ?? process.env));
  const place = placeOf(options.home, nameOf(request, file, interpreter.minor));
  const onWait = () => options.onProgress(`${place.name}: waiting for another process that is making it`);
  return withLock(place.folder, { signal: options.signal, onWait }, async (signal) => {
    if (await isUsable(place, options)) return environment(place, false); // made while we waited
    await build({ request, file, interpreter, place }, options, signal);
    return environment(place, true);
  });
}

/** Asks one environment at most, where a search for interpreters would run every Python of the machine. */
async function findUsable(request: EnvironmentRequest, file: EnvironmentFile, options: EnvironmentOptions): Promise<Place | undefined> {
  for (const place of await placesOf(request, file, options.home)) if (await isUsable(place, options)) return place;
  return undefined;
}

async function isUsable({ name, folder, python }: Place, { suspect = false, probe = suspect, onProgress }: EnvironmentOptions): Promise<boolean> {
  const marker = await readMarker(folder);
  if (marker === undefined || !await (probe ? answers(python) : isProgram(python))) return false;
  if (!suspect) return true;
  const damage = await findDamage(folder, marker);
  if (damage !== null) onProgress(`${name} is damaged, making it anew: ${damage} is not what was installed`);
  return damage === null;
}

async function answers(python: string): Promise<boolean> {
  return await probeInterpreter(python) !== undefined;
}

function environment({ python, folder }: Place, created: boolean): Environment {
  return { python, folder, created };
}

interface Construction {
  readonly request: EnvironmentRequest;
  readonly file: EnvironmentFile;
  readonly interpreter: Interpreter;
  readonly place: Place;
}

async function build(what: Construction, options: EnvironmentOptions, signal: AbortSignal): Promise<void> {
  const { file, place } = what;
  await endOrphans(place.folder);
  await rm(place.folder, { recursive: true, force: true });
  await requireFreeSpace(environmentsFolder(options.home), file.diskBytes);
  try {
    await install(what, await openLog(place, options, signal));
  } catch (error) {
    await rm(place.folder, { recursive: true, force: true });
    throw error;
  }
}

async function openLog({ name }: Place, { home, onProgress }: EnvironmentOptions, signal: AbortSignal): Promise<InstallOptions> {
  await mkdir(logsFolder(home), { recursive: true });
  const log = join(logsFolder(home), `${name}.log`);
  await rm(log, { force: true });
  return { log, onProgress: (text) => onProgress(`${name}: ${text}`), signal };
}

async function install({ request, file, interpreter, place }: Construction, options: InstallOptions): Promise<void> {
  options.onProgress(`making it with CPython ${interpreter.version}`);
  await createVenv(interpreter.executable, place.folder, options);
  if (file.hasRequirements) await installRequirements(place.python, file.path, options);
  const packages = await listPackages(place.python, options.signal);
  const bytes = await folderBytes(place.folder);
  options.signal.throwIfAborted();
  const created = new Date().toISOString();
  const { runner, version } = request;
  await writeMarker(place.folder, { schemaVersion: 1, runner, version, file: file.path, python: interpreter.version, bytes, packages, created });
  options.onProgress(`ready, ${formatBytes(bytes)}`);
}
