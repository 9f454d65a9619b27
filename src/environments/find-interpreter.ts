import { readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { coerce, rcompare, satisfies } from 'semver';
import { UserError } from '../spec/user-error.ts';
import type { EnvironmentFile } from './environment-file.ts';
import { type Interpreter, probeInterpreter } from './interpreter.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Every interpreter on PATH and, since others are often only there, in pyenv's versions folder. */
export async function findInterpreters(variables: Variables): Promise<Interpreter[]> {
  const probed = await Promise.all((await candidatePaths(variables)).map(probeInterpreter));
  const byExecutable = new Map<string, Interpreter>();
  for (const found of probed) if (found && !byExecutable.has(found.executable)) byExecutable.set(found.executable, found);
  return [...byExecutable.values()];
}

async function candidatePaths(variables: Variables): Promise<string[]> {
  const onPath = await Promise.all((variables['PATH'] ?? '').split(delimiter).filter(Boolean).map(pythonsIn));
  return [...new Set([...onPath.flat(), ...(await pyenvPythons(variables))])];
}

async function pythonsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => /^python(3(\.\d+)?)?$/.test(name)).map((name) => join(folder, name));
}

async function pyenvPythons(variables: Variables): Promise<string[]> {
  const versions = join(variables['PYENV_ROOT'] || join(homedir(), '.pyenv'), 'versions');
  const names = await readdir(versions).catch(() => []);
  return names.map((name) => join(versions, name, 'bin', 'python3'));
}

/**
 * The interpreter to build an environment with: the preferred minor version when there is one, else the newest in range.
 *
 * @throws {UserError} PYTHON_NOT_FOUND when no CPython in range can make virtual environments
 */
export function chooseInterpreter(file: EnvironmentFile, found: readonly Interpreter[]): Interpreter {
  const usable = found
    .filter((one) => one.implementation === 'CPython' && one.makesEnvironments && inRange(one, file.pythonRange))
    .sort((a, b) => rcompare(plain(a), plain(b)));
  const chosen = usable.find((one) => one.minor === file.preferredPython) ?? usable[0];
  if (chosen === undefined) throw noneFound(file, found);
  return chosen;
}

/** Whether the interpreter's version lies in a range such as `>=3.10 <3.13`. */
export function inRange(interpreter: Interpreter, range: string): boolean {
  return satisfies(plain(interpreter), range);
}

function plain({ version }: Interpreter): string {
  return coerce(version)?.version ?? '0.0.0'; // 3.13.0rc1 counts as 3.13.0
}

function noneFound(file: EnvironmentFile, found: readonly Interpreter[]): UserError {
  const list = found.map(describe).sort().join(', ') || 'none at all';
  const version = file.preferredPython ?? file.pythonRange;
  return new UserError(
    'PYTHON_NOT_FOUND',
    `no CPython ${file.pythonRange} for ${file.path}; found: ${list}`,
    `install CPython ${version} (with venv and ensurepip) so that it is on PATH or under pyenv, or name an interpreter that has the framework: --python RUNNER=PATH`,
  );
}

function describe({ path, version, implementation, makesEnvironments }: Interpreter): string {
  const name = implementation === 'CPython' ? version : `${implementation} ${version}`;
  return makesEnvironments ? `${name} (${path})` : `${name} (${path}, without venv or ensurepip)`;
}
