/** Prints rule × {code, cases, tests, miniature}; fails on a gap, and on a citation of a rule that does not exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { exit } from 'node:process';
import { fileURLToPath } from 'node:url';
import { isComplete, printTrace, trace } from './trace-matrix.mjs';

/**
 * @import { RulesFile } from '../src/spec/generated/rules.ts'
 * @import { BehavioursFile } from '../src/spec/generated/behaviours.ts'
 * @import { SuiteFile } from '../src/spec/generated/suite.ts'
 */

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * @param {string} folder
 * @returns {readonly string[]}
 */
function list(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name))).sort();
}

/** @param {readonly string[]} paths */
function readTexts(paths) {
  return new Map(paths.map((path) => /** @type {[string, string]} */ ([path, readFileSync(join(root, path), 'utf8')])));
}

/**
 * @param {string} path
 * @returns {unknown}
 */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}

function askedBehaviours() {
  const suites = list('cases/suites').map((path) => /** @type {SuiteFile} */ (readJson(path)));
  const asked = suites.flatMap(({ blocks }) => blocks.map(({ behaviour }) => behaviour));
  return new Set(suites.some(({ goldens }) => goldens) ? [...asked, 'num/golden'] : asked);
}

const code = list('src').filter((path) => path.endsWith('.ts'));
const result = trace({
  rules: /** @type {RulesFile} */ (readJson('spec/rules.json')).rules,
  sources: readTexts(code.filter((path) => !path.endsWith('.test.ts'))),
  tests: readTexts(code.filter((path) => path.endsWith('.test.ts'))),
  behaviours: existsSync(join(root, 'cases/behaviours.json')) ? /** @type {BehavioursFile} */ (readJson('cases/behaviours.json')).behaviours : [],
  asked: askedBehaviours(),
  lies: /** @type {{ lies: { name: string, breaks?: string }[] }} */ (readJson('runners/miniatures/lies.json')).lies,
});
console.log(printTrace(result));
if (!isComplete(result)) exit(1);
