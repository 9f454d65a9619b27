/** Part of the build: compiles the schemas of spec/ into dist/spec/compiled, a module for each. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import standalone from 'ajv/dist/standalone/index.js';

/** @import { SchemaSet } from '../src/spec/schema-sets.ts' */

const root = fileURLToPath(new URL('..', import.meta.url));
const { compiledPath, makeCompiler, schemaSets } = /** @type {typeof import('../src/spec/schema-sets.ts')} */ (await built('spec/schema-sets'));

const sets = /** @type {SchemaSet[]} */ (Object.keys(schemaSets));
for (const set of sets) {
  rmSync(dirname(compiledPath(set, '')), { recursive: true, force: true });
  mkdirSync(dirname(compiledPath(set, '')), { recursive: true });
  const compiler = makeCompiler(set, { code: { source: true, optimize: false } });
  for (const id of idsOf(compiler)) {
    const validate = compiler.getSchema(id);
    if (validate === undefined) throw new Error(`${id} does not compile`);
    writeFileSync(compiledPath(set, id), standalone.default(compiler, validate));
  }
}

/**
 * Each schema; of the run file the records too, which are held against theirs line by line.
 *
 * @param {ReturnType<typeof makeCompiler>} compiler
 */
function idsOf(compiler) {
  const own = Object.keys(compiler.schemas).filter((id) => /^(?:schemas|protocol)\//.test(id));
  const { definitions } = /** @type {{ readonly definitions: object }} */ (readJson('spec/schemas/run-record.schema.json'));
  const records = own.includes('schemas/run-record') ? Object.keys(definitions).map((name) => `schemas/run-record#/definitions/${name}`) : [];
  return [...own, ...records];
}

/**
 * Of the build itself, which has no types, and may not exist yet.
 *
 * @param {string} path  below dist/, without its suffix
 * @returns {Promise<unknown>}
 */
function built(path) {
  const url = new URL(`../dist/${path}.js`, import.meta.url);
  return import(url.href);
}

/**
 * @param {string} path
 * @returns {unknown}
 */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}
