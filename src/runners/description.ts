import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Layer } from '../cases/case.ts';
import { compilerOf, validatorOf } from '../spec/schema-sets.ts';
import { isTooDeep } from '../spec/schemas.ts';
import { UserError } from '../spec/user-error.ts';

/** `runner.json`, see spec/schemas/runner.schema.json. */
export type RunnerDescription = DescribedStart & {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly framework: string;
  readonly title: string;
  readonly dialect: string;
  readonly language: string;
  readonly arguments?: readonly string[];
  readonly defaultVersion?: string;
  readonly layers: readonly Layer[];
  readonly variants?: string;
};

type DescribedStart = { readonly entry: string; readonly command?: never } | { readonly entry?: never; readonly command: readonly [string, ...string[]] };

/** @throws {UserError} RUNNER_DESCRIPTION when the file is unreadable or breaks its schema */
export async function readDescription(path: string): Promise<RunnerDescription> {
  return descriptionIn(path, await readText(path));
}

/** As `readDescription`, of a file that came with this package, where a test has held it against its schema. */
export async function readOwnDescription(path: string): Promise<RunnerDescription> {
  return parseJson(path, await readText(path)) as RunnerDescription;
}

/**
 * The description that a text holds.
 *
 * @throws {UserError} RUNNER_DESCRIPTION
 */
export function descriptionIn(path: string, text: string): RunnerDescription {
  const raw = parseJson(path, text);
  const problem = problemOf(raw);
  if (problem !== null) throw malformed(path, problem);
  return raw as RunnerDescription;
}

function problemOf(raw: unknown): string | null {
  const validate = validatorOf('descriptions', 'schemas/runner');
  try {
    return validate(raw) ? null : compilerOf('descriptions').errorsText(validate.errors, { dataVar: 'runner' });
  } catch (error) {
    if (!isTooDeep(error)) throw error;
    return 'runner must not be nested so deeply';
  }
}

/** Names of the variants that a description points to; none when it has none. */
export async function readVariants(path: string, { variants }: RunnerDescription): Promise<readonly string[]> {
  if (variants === undefined) return [];
  const file = join(dirname(path), variants);
  return variantsIn(file, await readText(file));
}

/** Names become ids, and parts of file names. */
const variantName = /^[a-z0-9][a-z0-9-]*$/;

/**
 * The names of the variants that a text lists.
 *
 * @throws {UserError} RUNNER_DESCRIPTION
 */
export function variantsIn(file: string, text: string): readonly string[] {
  const raw = parseJson(file, text) as { readonly lies?: unknown } | null;
  const lies = Array.isArray(raw?.lies) ? (raw.lies as readonly ({ readonly name?: unknown } | null)[]) : [];
  const names = lies.map((lie) => lie?.name);
  if (names.length > 0 && names.every((name) => typeof name === 'string' && variantName.test(name))) return names as readonly string[];
  throw malformed(file, 'lies must be a list of objects with a name of small letters, digits and hyphens');
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => { throw malformed(path, (cause as Error).message, cause); });
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed(path, (cause as Error).message, cause);
  }
}

function malformed(path: string, what: string, cause?: unknown): UserError {
  return new UserError('RUNNER_DESCRIPTION', `${path}: ${what}`, 'see spec/schemas/runner.schema.json for what a runner description holds', { cause });
}
