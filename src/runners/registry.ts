import { access, readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Layer } from '../cases/case.ts';
import { type AvailableEnvironment, listVersions } from '../environments/catalogue.ts';
import { UserError } from '../spec/user-error.ts';
import { readDescription, readOwnDescription, readVariants, type RunnerDescription } from './description.ts';
import { nearest } from '../spec/nearest.ts';
import type { Launch } from './runner-process.ts';

/** A runner that can be asked for by its id. */
export interface KnownRunner {
  readonly id: string;
  readonly framework: string;
  readonly title: string;
  readonly dialect: string;
  readonly layers: readonly Layer[];
  /** Name of the lie, for a miniature. */
  readonly variant: string | undefined;
  /** Folder of the description. */
  readonly folder: string;
  readonly launch: Launch;
  readonly defaultVersion: string | undefined;
  /** Pinned environments; variants share those of their family. */
  readonly environments: readonly AvailableEnvironment[];
}

/** A runner at one version. */
export interface RunnerSpec extends KnownRunner {
  /** Undefined when nothing is pinned: the runner itself knows. */
  readonly version: string | undefined;
  /** What to make an environment from; undefined when nothing is pinned. */
  readonly environment: AvailableEnvironment | undefined;
}

/** Reads a runner description. */
type Reader = (path: string) => Promise<RunnerDescription>;

/** Every runner under a `runners/` folder, by id. */
export async function listRunners(runnersFolder: string, read: Reader = readDescription): Promise<KnownRunner[]> {
  const names = await readdir(runnersFolder);
  const files = names.map((name) => join(runnersFolder, name, 'runner.json'));
  const lists = await Promise.all(files.map(async (file) => ((await exists(file)) ? readRunners(file, read) : [])));
  return lists.flat().sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Runners of one description: itself, or one for each of its variants. */
async function readRunners(file: string, read: Reader): Promise<KnownRunner[]> {
  const description = await read(file);
  const folder = dirname(resolve(file));
  const environments = await listVersions(basename(folder), folder);
  const variants = await readVariants(file, description);
  const make = (variant: string | undefined) => runnerOf(description, folder, environments, variant);
  return variants.length > 0 ? variants.map(make) : [make(undefined)];
}

function runnerOf(description: RunnerDescription, folder: string, environments: readonly AvailableEnvironment[], variant: string | undefined): KnownRunner {
  const { framework, title, dialect, layers, defaultVersion } = description;
  const id = variant === undefined ? description.id : `${description.id}-${variant}`;
  return { id, framework, title, dialect, layers, variant, folder, launch: launchOf(description, folder, variant), defaultVersion, environments };
}

function launchOf({ arguments: own = [], ...started }: RunnerDescription, folder: string, variant: string | undefined): Launch {
  const args = [...own, ...(variant === undefined ? [] : ['--lie', variant])];
  if (started.command === undefined) return { kind: 'python', script: join(folder, started.entry), arguments: args };
  const [program, ...rest] = started.command;
  return { kind: 'command', command: [program.startsWith('.') ? resolve(folder, program) : program, ...rest, ...args], folder };
}

/**
 * The runner that a word of the command line means: `pytorch`, `pytorch@2.13.0`, `miniature-honest`, or the path of a runner
 * description.
 *
 * @throws {UserError} UNKNOWN_RUNNER or UNKNOWN_VERSION, with those there are; RUNNER_DESCRIPTION for a malformed file
 */
export async function resolveRunner(word: string, runnersFolder: string): Promise<RunnerSpec> {
  if (/[/\\]|\.json$/.test(word)) return resolvePath(word);
  return resolveId(word, runnersFolder, readDescription);
}

/** As `resolveRunner`, of a runner that comes with this package: its description is believed. A path names none. */
export function resolveOwnRunner(id: string, runnersFolder: string): Promise<RunnerSpec> {
  return resolveId(id, runnersFolder, readOwnDescription);
}

async function resolveId(word: string, runnersFolder: string, read: Reader): Promise<RunnerSpec> {
  const [, id, version] = /^([^@]*)(?:@(.*))?$/.exec(word) ?? [];
  const known = await listRunners(runnersFolder, read);
  const runner = known.find((one) => one.id === id);
  if (runner === undefined) throw unknownRunner(id ?? word, known);
  return atVersion(runner, version);
}

async function resolvePath(word: string): Promise<RunnerSpec> {
  const [runner, ...others] = await readRunners(word.endsWith('.json') ? word : join(word, 'runner.json'), readDescription);
  if (runner !== undefined && others.length === 0) return atVersion(runner, undefined);
  throw new UserError('UNKNOWN_RUNNER', `${word} describes ${others.length + 1} runners`, `name one of them: --runner ${runner?.id ?? 'ID'}`);
}

function atVersion(runner: KnownRunner, asked: string | undefined): RunnerSpec {
  const version = asked ?? runner.defaultVersion;
  const environment = runner.environments.find((one) => one.version === version);
  if (asked !== undefined && environment === undefined) throw unknownVersion(runner, asked);
  return { ...runner, version, environment };
}

function unknownRunner(id: string, known: readonly KnownRunner[]): UserError {
  const ids = known.map((one) => one.id);
  return new UserError(
    'UNKNOWN_RUNNER',
    `there is no runner "${id}"; known: ${summariseIds(known).join(', ') || 'none'}`,
    hintOf(nearest(id, ids), 'a path to a runner description also works'),
  );
}

/** Ids for a message: the variants of a family are counted, not listed. */
function summariseIds(known: readonly KnownRunner[]): string[] {
  const plain = known.filter(({ variant }) => variant === undefined).map(({ id }) => id);
  const families = new Map<string, number>();
  for (const { id, variant } of known) {
    if (variant === undefined) continue;
    const family = id.slice(0, -variant.length);
    families.set(family, (families.get(family) ?? 0) + 1);
  }
  return [...plain, ...[...families].map(([family, count]) => `${family}* (${count} variants)`)];
}

function unknownVersion({ id, environments }: KnownRunner, asked: string): UserError {
  const versions = environments.map((one) => one.version);
  const hint = hintOf(nearest(`${id}@${asked}`, versions.map((version) => `${id}@${version}`)), `another one can be used from your own interpreter: --python ${id}=PATH`);
  return new UserError('UNKNOWN_VERSION', `${id} has no version "${asked}"; known: ${versions.join(', ') || 'none'}`, hint);
}

function hintOf(suggestion: string | undefined, otherwise: string): string {
  return suggestion === undefined ? otherwise : `did you mean ${suggestion}? ${otherwise}`;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}
