/** Writes what is generated from spec/; with --check only compares, and fails when something is stale. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv, exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { generateTypes } from './generated-types.mjs';
import { writeSpecDocument } from './spec-document.mjs';

/**
 * @import { RulesFile } from '../src/spec/generated/rules.ts'
 * @import { ParametersFile } from '../src/spec/generated/parameters.ts'
 * @import { DialectFile } from '../src/spec/generated/dialect.ts'
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const typesFolder = 'src/spec/generated';

/** @returns {Promise<ReadonlyMap<string, string>>} path → text */
async function generateAll() {
  const types = await generateTypes(join(root, 'spec'));
  const files = new Map([...types].map(([name, text]) => [`${typesFolder}/${name}`, text]));
  return files.set('spec/batch-norm.md', specDocument());
}

function specDocument() {
  const rules = /** @type {RulesFile} */ (readJson('spec/rules.json'));
  const parameters = /** @type {ParametersFile} */ (readJson('spec/parameters.json'));
  const names = readdirSync(join(root, 'spec/dialects')).sort().filter((name) => name !== 'core.json');
  const dialects = names.map((name) => /** @type {DialectFile} */ (readJson(`spec/dialects/${name}`)));
  return writeSpecDocument(rules.rules, parameters, dialects);
}

/**
 * @param {string} path
 * @returns {unknown}
 */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

/** @param {string} path */
function readIfPresent(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

/** @param {ReadonlyMap<string, string>} files */
function stalePaths(files) {
  const changed = [...files].filter(([path, text]) => readIfPresent(path) !== text).map(([path]) => path);
  return [...changed, ...orphans(files)];
}

/** @param {ReadonlyMap<string, string>} files */
function orphans(files) {
  mkdirSync(join(root, typesFolder), { recursive: true });
  return readdirSync(join(root, typesFolder)).map((name) => `${typesFolder}/${name}`).filter((path) => !files.has(path));
}

/** @param {ReadonlyMap<string, string>} files */
function writeAll(files) {
  for (const path of orphans(files)) rmSync(join(root, path));
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const files = await generateAll();
const stale = stalePaths(files);
if (!argv.includes('--check')) {
  writeAll(files);
  console.log(`generated: ${files.size} files, ${stale.length} changed`);
} else if (stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}\nrun: npm run generate`);
  exit(1);
} else {
  console.log(`generated files: ${files.size}, all current`);
}
