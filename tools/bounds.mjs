/**
 * Searches for the worst honest answers and writes docs/bounds.md and the witnesses that tests compute again.
 * With --rerun KEY computes one stored witness again. Runs what `npm run build` made.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * @import { Effort, Witness } from '../src/accept/honest/climb.ts'
 */

/**
 * Values come from dist/, types from src/: dist/ holds no types, and may not exist yet.
 *
 * @param {string} name
 * @returns {Promise<unknown>}
 */
function built(name) {
  return import(new URL(`../dist/accept/honest/${name}.js`, import.meta.url).href);
}

const { climb, witnessed } = /** @type {typeof import('../src/accept/honest/climb.ts')} */ (await built('climb'));
const { chooseFrom } = /** @type {typeof import('../src/accept/honest/draw.ts')} */ (await built('draw'));
const { boundsDocument, keyOf, targetOf, targets } = /** @type {typeof import('../src/accept/honest/report.ts')} */ (await built('report'));

const witnessFile = fileURLToPath(new URL('../src/accept/honest/witnesses.json', import.meta.url));
const documentFile = fileURLToPath(new URL('../docs/bounds.md', import.meta.url));
/** @type {Effort} */
const effort = { draws: 400, climbs: 3, tries: 2500, mostValues: 16 };

/** @param {string} key */
function rerun(key) {
  /** @type {unknown} */
  const written = JSON.parse(readFileSync(witnessFile, 'utf8'));
  const { witnesses } = /** @type {{ witnesses: Witness[] }} */ (written);
  const stored = witnesses.find((witness) => keyOf(targetOf(witness)) === key);
  if (stored === undefined) throw new RangeError(`expected a key such as ${targets.slice(0, 2).map(keyOf).join(' or ')}, got '${key}'`);
  const { ratio } = witnessed(stored);
  console.log(JSON.stringify(stored, null, 2));
  console.log(`${key}: error ÷ bound ${ratio}, stored ${stored.ratio}`);
}

/** What is found where rounding is all that happens is where the wider search begins. */
function search() {
  /** @type {Map<string, Witness>} */
  const found = new Map();
  for (const target of targets.toReversed()) {
    const ordinary = found.get(keyOf({ ...target, regime: 'ordinary' }));
    const witness = climb(target, effort, chooseFrom(['bounds', keyOf(target)]), ordinary === undefined ? [] : [ordinary]);
    found.set(keyOf(target), witness);
    console.log(`${keyOf(target).padEnd(36)} ${witness.ratio.toFixed(4)}  n=${witness.setting.n}`);
  }
  write(targets.flatMap((target) => found.get(keyOf(target)) ?? []));
}

/** @param {readonly Witness[]} witnesses */
function write(witnesses) {
  const lines = witnesses.map((witness) => `    ${JSON.stringify(witness)}`).join(',\n');
  writeFileSync(witnessFile, `{\n  "mostValues": ${effort.mostValues},\n  "witnesses": [\n${lines}\n  ]\n}\n`);
  writeFileSync(documentFile, boundsDocument(witnesses, effort.mostValues));
}

const at = argv.indexOf('--rerun');
if (at < 0) search();
else rerun(argv[at + 1] ?? '');
