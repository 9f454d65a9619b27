import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UserError } from '../spec/user-error.ts';
import { type Interpreter, probeInterpreter } from './interpreter.ts';

/**
 * The user's own interpreter, for `--python RUNNER=PATH`. Nothing is installed into it.
 *
 * @throws {UserError} PYTHON_NOT_FOUND when nothing is there, it does not run, or it is not CPython
 */
export async function useInterpreter(rawPath: string): Promise<Interpreter> {
  const path = resolve(rawPath);
  const exists = await access(path).then(() => true, () => false);
  if (!exists) throw unusable(`there is no file ${path}`);
  const found = await probeInterpreter(path);
  if (found === undefined) throw unusable(`${path} does not run as a Python interpreter`);
  if (found.implementation !== 'CPython') throw unusable(`${path} is ${found.implementation} ${found.version}, not CPython`);
  return found;
}

function unusable(message: string): UserError {
  return new UserError('PYTHON_NOT_FOUND', message, 'give the path of a CPython 3 that has the framework installed: --python RUNNER=PATH');
}
