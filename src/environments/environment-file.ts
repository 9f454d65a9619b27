import { readFile } from 'node:fs/promises';
import { validRange } from 'semver';
import { UserError } from '../spec/user-error.ts';
import { type EnvironmentIdentity, header, identityOf } from './environment-identity.ts';

/** What `runners/<framework>/environments/<version>.txt` says: a pip requirements file whose comments carry the rest. */
export interface EnvironmentFile extends EnvironmentIdentity {
  readonly path: string;
  /** Versions of CPython that it runs on, such as `>=3.10 <3.13`. */
  readonly pythonRange: string;
  /** Free space that the installation needs, bytes. */
  readonly diskBytes: number;
  /** False when there is nothing for pip to install. */
  readonly hasRequirements: boolean;
}

const unitBytes: Readonly<Record<string, number>> = { M: 2 ** 20, G: 2 ** 30 };
const defaultDiskBytes = 2 ** 30;

/** @throws {UserError} ENVIRONMENT_FILE when the file is unreadable or a header is malformed */
export async function readEnvironmentFile(path: string): Promise<EnvironmentFile> {
  try {
    return parseEnvironmentFile(path, await readFile(path, 'utf8'));
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError('ENVIRONMENT_FILE', `cannot read ${path}`, 'an environment file is a pip requirements file', { cause });
  }
}

/**
 * Headers are comments: `# python: RANGE` (needed), `# prefer: 3.11`, `# disk: 3G` (default 1G).
 *
 * @throws {UserError} ENVIRONMENT_FILE when a header is missing or malformed
 */
export function parseEnvironmentFile(path: string, text: string): EnvironmentFile {
  return {
    ...identityOf(text),
    path,
    pythonRange: parseRange(path, header(text, 'python')),
    diskBytes: parseSize(path, header(text, 'disk')),
    hasRequirements: text.split('\n').some((line) => /^\s*[^\s#]/.test(line)),
  };
}

function parseRange(path: string, rawRange: string | undefined): string {
  if (rawRange !== undefined && validRange(rawRange) !== null) return rawRange;
  throw malformed(path, `its python header is ${rawRange ?? 'missing'}`, 'add a line such as "# python: >=3.10 <3.13"');
}

function parseSize(path: string, rawSize: string | undefined): number {
  if (rawSize === undefined) return defaultDiskBytes;
  const [, digits, unit] = /^(\d+(?:\.\d+)?)\s*([MG])$/.exec(rawSize) ?? [];
  if (digits === undefined || unit === undefined) throw malformed(path, `its disk header is ${rawSize}`, 'write it as "# disk: 3G"');
  return Number(digits) * unitBytes[unit]!;
}

function malformed(path: string, what: string, hint: string): UserError {
  return new UserError('ENVIRONMENT_FILE', `${path}: ${what}`, hint);
}
