import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PowerFile } from '../spec/generated/power.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';

/** Where `score --write` leaves what it measured. */
export const powerPath = join(packageRoot, 'reports', 'power.json');

/**
 * What the harness caught when it was last scored; undefined where it never was.
 *
 * @throws {UserError} FILE_UNREADABLE and FILE_INVALID
 */
export function readPower(path: string = powerPath): PowerFile | undefined {
  return existsSync(path) ? readValidated<PowerFile>('schemas/power', path) : undefined;
}
