import { join } from 'node:path';
import type { ParametersFile } from './generated/parameters.ts';
import { packageRoot } from './package-root.ts';
import { readValidated } from './validated-file.ts';

/** Canonical parameters and the mode table, from `spec/parameters.json`. */
export function readParameters(path: string = join(packageRoot, 'spec', 'parameters.json')): ParametersFile {
  return readValidated<ParametersFile>('schemas/parameters', path);
}
