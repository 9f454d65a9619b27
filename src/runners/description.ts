import { readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import type { Layer } from '../cases/case.ts';
import { packageRoot } from '../spec/package-root.ts';
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

const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false });
const schema = JSON.parse(readFileSync(join(packageRoot, 'spec', 'schemas', 'runner.schema.json'), 'utf8')) as object;
const validate = ajv.compile<RunnerDescription>(schema);

/** @throws {UserError} RUNNER_DESCRIPTION when the file is unreadable or breaks its schema */
export async function readDescription(path: string): Promise<RunnerDescription> {
  const raw = await readJson(path);
  if (validate(raw)) return raw;
  throw malformed(path, ajv.errorsText(validate.errors, { dataVar: 'runner' }));
}

/** Names of the variants that a description points to; none when it has none. */
export async function readVariants(path: string, { variants }: RunnerDescription): Promise<readonly string[]> {
  if (variants === undefined) return [];
  const file = join(dirname(path), variants);
  const raw = (await readJson(file)) as { readonly lies?: readonly { readonly name?: unknown }[] };
  const names = raw.lies?.map(({ name }) => name) ?? [];
  if (names.length > 0 && names.every((name) => typeof name === 'string')) return names;
  throw malformed(file, 'lies must be a list of objects with a name');
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw malformed(path, (cause as Error).message, cause);
  }
}

function malformed(path: string, what: string, cause?: unknown): UserError {
  return new UserError('RUNNER_DESCRIPTION', `${path}: ${what}`, 'see spec/schemas/runner.schema.json for what a runner description holds', { cause });
}
