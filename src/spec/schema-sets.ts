import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Ajv, Options, ValidateFunction } from 'ajv';
import { createAjv } from './ajv.ts';
import { packageRoot } from './package-root.ts';

const ofRunners = 'runner.schema.json';

interface Description {
  /** Of `spec/`. */
  readonly folders: readonly string[];
  /** Whether a file of a schema is one of them. */
  readonly has: (name: string) => boolean;
  readonly options: Options;
}

/** The schemas of `spec/`, by what is to be known of a value that breaks one. */
export const schemaSets = {
  /** All that is wrong, with the offending values: files that people write. */
  files: { folders: ['schemas', 'protocol'], has: (name) => name !== ofRunners, options: { allErrors: true, strict: true, strictTypes: false, verbose: true } },
  /** What is wrong first: messages, which come by the thousand. */
  messages: { folders: ['protocol'], has: () => true, options: { strict: true, allowUnionTypes: true } },
  /** A runner's description, which has an entry or a command. */
  descriptions: { folders: ['schemas'], has: (name) => name === ofRunners, options: { strict: true, strictRequired: false, strictTypes: false } },
} as const satisfies Readonly<Record<string, Description>>;

export type SchemaSet = keyof typeof schemaSets;

const load = createRequire(import.meta.url);
const compilers = new Map<SchemaSet, Ajv>();
const validators = new Map<string, ValidateFunction>();

/** A compiler that knows the schemas of a set. */
export function makeCompiler(set: SchemaSet, more: Options = {}): Ajv {
  const { folders, has, options }: Description = schemaSets[set];
  const ajv = createAjv({ ...options, ...more });
  for (const folder of folders) {
    const path = join(packageRoot, 'spec', folder);
    for (const name of readdirSync(path).filter(has).sort()) ajv.addSchema(JSON.parse(readFileSync(join(path, name), 'utf8')) as object);
  }
  return ajv;
}

/** As `makeCompiler`, made once. */
export function compilerOf(set: SchemaSet): Ajv {
  const known = compilers.get(set) ?? makeCompiler(set);
  compilers.set(set, known);
  return known;
}

/** File of a validator that the build has compiled: to compile the schemas of a run takes as long as all else of its start. */
export function compiledPath(set: SchemaSet, id: string): string {
  return fileURLToPath(new URL(`compiled/${set}/${id.replaceAll(/[^a-z0-9-]+/g, '.')}.cjs`, import.meta.url));
}

/**
 * What holds a value against a schema: from the build, or compiled here where there is none, as when the sources themselves run.
 *
 * @param id  `$id` of the schema, such as `protocol/result`, or of a definition in it, such as `schemas/run-record#/definitions/case`
 * @throws {Error} when there is no such schema
 */
export function validatorOf(set: SchemaSet, id: string): ValidateFunction {
  const key = `${set} ${id}`;
  const known = validators.get(key) ?? builtValidator(compiledPath(set, id)) ?? compilerOf(set).getSchema(id);
  if (known === undefined) throw new Error(`no schema has the $id '${id}'`);
  validators.set(key, known);
  return known;
}

function builtValidator(path: string): ValidateFunction | undefined {
  return existsSync(path) ? load(path) as ValidateFunction : undefined;
}
