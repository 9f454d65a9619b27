import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import { packageRoot } from './package-root.ts';
import { compiledPath, compilerOf, type SchemaSet, schemaSets, validatorOf } from './schema-sets.ts';

const load = createRequire(import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(join(packageRoot, path), 'utf8'));
/** Where the build puts a validator: the sources have none beside them. */
const builtPath = (set: SchemaSet, id: string): string => compiledPath(set, id).replace(join('src', 'spec'), join('dist', 'spec'));

const sets = Object.keys(schemaSets) as SchemaSet[];
const all = sets.flatMap((set) => Object.keys(compilerOf(set).schemas).filter((id) => /^(?:schemas|protocol)\//.test(id)).map((id): [SchemaSet, string] => [set, id]));

/** A file with each of its members left out, turned into text and doubled. */
function damaged(whole: unknown): readonly unknown[] {
  const members = Object.entries(whole as Readonly<Record<string, unknown>>);
  const without = members.map(([name]) => Object.fromEntries(members.filter(([other]) => other !== name)));
  return [whole, ...without, ...members.map(([name]) => ({ ...whole as object, [name]: 'x' })), { ...whole as object, stray: 1 }, null, [], 3];
}

describe('validators of the build', () => {
  it('there is one for every schema, and for every record of a run file', () => {
    const records = Object.keys((json('spec/schemas/run-record.schema.json') as { readonly definitions: object }).definitions).map((name): [SchemaSet, string] => ['files', `schemas/run-record#/definitions/${name}`]);
    expect(all.length).toBe(readdirSync(join(packageRoot, 'spec/schemas')).length + 2 * readdirSync(join(packageRoot, 'spec/protocol')).length);
    expect([...all, ...records].filter(([set, id]) => !existsSync(builtPath(set, id)))).toEqual([]);
  });

  it('the sources run without them', () => {
    expect(all.filter(([set, id]) => existsSync(compiledPath(set, id)))).toEqual([]);
  });

  it.each<[SchemaSet, string, string]>([
    ['files', 'schemas/rules', 'spec/rules.json'], ['files', 'schemas/parameters', 'spec/parameters.json'], ['files', 'schemas/dialect', 'spec/dialects/pytorch.json'], ['files', 'schemas/suite', 'cases/suites/smoke.json'],
    ['files', 'schemas/behaviours', 'cases/behaviours.json'], ['descriptions', 'schemas/runner', 'runners/pytorch/runner.json'], ['files', 'schemas/power', 'reports/power.json'], ['messages', 'protocol/started', 'spec/parameters.json'],
  ])('%s: what one says of %s is what a compiler says, whole and damaged', (set, id, path) => {
    const built = load(builtPath(set, id)) as ValidateFunction;
    const compiled = validatorOf(set, id);
    const outcomes = damaged(json(path)).map((value) => [built(value), built.errors ?? [], compiled(value), compiled.errors ?? []] as const);
    expect(outcomes.map(([isValid, errors]) => [isValid, errors])).toEqual(outcomes.map(([, , isValid, errors]) => [isValid, errors]));
    expect(outcomes.some(([isValid]) => !isValid)).toBe(true);
  });

  it('an unknown schema is no schema', () => {
    expect(() => validatorOf('files', 'schemas/no-such')).toThrow('no schema has the $id \'schemas/no-such\'');
  });
});
