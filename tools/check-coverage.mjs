/**
 * Proves what a suite covers, by brute force, from the text of `bn-conformance list --json` and the dialects alone: it shares no code with
 * the generator. Usage: bn-conformance list --suite full --json | node tools/check-coverage.mjs [dialects folder]
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv, exit, stdin } from 'node:process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {Record<string, string>} Cell
 * @typedef {Readonly<Record<string, readonly string[]>>} Condition
 * @typedef {object} Block
 * @property {string} behaviour
 * @property {string} layer
 * @property {number | null} strength
 * @property {Readonly<Record<string, readonly string[]>>} axes
 * @property {Readonly<Record<string, string>>} defaults
 * @property {readonly { readonly when: Condition }[]} exclude
 * @property {number} cells
 * @property {number} allowed
 * @property {number} impossible
 * @property {readonly string[]} cases
 *
 * @typedef {object} Listing
 * @property {string} suite
 * @property {Readonly<Record<string, number>>} planned
 * @property {readonly { readonly combination: Condition, readonly behaviour: string, readonly cells: number }[]} excluded
 * @property {readonly Block[]} blocks
 * @property {readonly string[]} literals
 * @property {Readonly<Record<string, readonly string[]>>} words
 * @property {readonly unknown[]} holes
 *
 * @typedef {object} Dialect
 * @property {string} framework
 * @property {readonly { readonly layers: object, readonly statistics: Readonly<Record<string, { readonly spelling: string | null }>>, readonly parameters: { readonly dtype: { readonly domain: string } }, readonly errors: readonly { readonly when: Condition }[] }[]} versions
 */

/**
 * Everything that is wrong with a listing; nothing when its coverage is proved.
 *
 * @param {Listing} listing
 * @param {readonly Dialect[]} dialects
 * @returns {readonly string[]}
 */
export function problemsOf(listing, dialects) {
  return [...listing.blocks.flatMap((block, index) => blockProblems(block).map((problem) => `block ${String(index)}, ${block.layer}/${block.behaviour}: ${problem}`)), ...sumProblems(listing), ...holeProblems(listing, dialects)];
}

/**
 * @param {Block} block
 * @returns {readonly string[]}
 */
function blockProblems(block) {
  const axes = Object.keys(block.axes);
  const cells = block.cases.map((id) => cellOf(id, block));
  const twice = block.cases.length - new Set(block.cases).size;
  const stray = cells.filter((cell) => axes.some((axis) => !(block.axes[axis] ?? []).includes(cell[axis] ?? '')) || isExcluded(cell, block));
  const product = axes.reduce((count, axis) => count * (block.axes[axis] ?? []).length, 1);
  const allowed = countAllowed(block);
  return [
    ...(twice > 0 ? [`${String(twice)} cases stand twice`] : []),
    ...(stray.length > 0 ? [`${String(stray.length)} cases are not allowed cells, such as ${JSON.stringify(stray[0])}`] : []),
    ...(product === block.cells ? [] : [`says ${String(block.cells)} cells, there are ${String(product)}`]),
    ...(allowed === block.allowed ? [] : [`says ${String(block.allowed)} allowed cells, there are ${String(allowed)}`]),
    ...(block.strength === null ? productProblems(block, allowed) : tupleProblems(block, cells, block.strength)),
  ];
}

/**
 * As many allowed cells as there are, all different: every one.
 *
 * @param {Block} block
 * @param {number} allowed
 * @returns {readonly string[]}
 */
function productProblems({ cases }, allowed) {
  return cases.length === allowed ? [] : [`asks ${String(cases.length)} of ${String(allowed)} allowed cells`];
}

/**
 * @param {Block} block
 * @param {readonly Cell[]} cells
 * @param {number} strength
 * @returns {readonly string[]}
 */
function tupleProblems(block, cells, strength) {
  /** @type {string[]} */
  const problems = [];
  let impossible = 0;
  for (const members of combinations(Object.keys(block.axes), strength)) {
    const seen = new Set(cells.map((cell) => members.map((axis) => cell[axis]).join('\u0000')));
    for (const tuple of tuplesOf(members, block)) {
      if (seen.has(Object.values(tuple).join('\u0000'))) continue;
      if (isExtendable(tuple, block)) problems.push(`nobody asks ${JSON.stringify(tuple)}`);
      else impossible += 1;
    }
  }
  return impossible === block.impossible ? problems : [...problems, `says ${String(block.impossible)} impossible combinations, there are ${String(impossible)}`];
}

/**
 * @param {string} id
 * @param {Block} block
 * @returns {Cell}
 */
function cellOf(id, { defaults }) {
  return { ...defaults, ...Object.fromEntries(id.split('/').slice(3).map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)])) };
}

/**
 * @param {Cell} cell
 * @param {Block} block
 */
function isExcluded(cell, { exclude }) {
  return exclude.some(({ when }) => Object.entries(when).every(([axis, values]) => values.includes(cell[axis] ?? '')));
}

/**
 * Whether the axes that no value was chosen of can be given values so that no exclusion matches: tries all values of those axes that the
 * exclusions still in question name.
 *
 * @param {Cell} chosen
 * @param {Block} block
 * @returns {boolean}
 */
function isExtendable(chosen, block) {
  const open = block.exclude.filter(({ when }) => Object.entries(when).every(([axis, values]) => chosen[axis] === undefined || values.includes(chosen[axis])));
  const [first] = open;
  if (first === undefined) return true;
  return Object.entries(first.when).some(([axis, values]) => chosen[axis] === undefined && (block.axes[axis] ?? []).some((value) => !values.includes(value) && isExtendable({ ...chosen, [axis]: value }, block)));
}

/**
 * Cells that no exclusion matches: all, less those of the first exclusion, less those of the second that the first does not match, and so on;
 * the cells that several match are counted with alternating signs.
 *
 * @param {Block} block
 */
function countAllowed({ axes, exclude }) {
  /** @type {(from: number, values: Readonly<Record<string, readonly string[]>>) => number} */
  const signed = (from, values) => {
    const own = Object.values(values).reduce((product, { length }) => product * length, 1);
    if (own === 0) return 0;
    let sum = own;
    for (let index = from; index < exclude.length; index += 1) sum -= signed(index + 1, narrowed(values, exclude[index]?.when ?? {}));
    return sum;
  };
  return signed(0, axes);
}

/**
 * @param {Readonly<Record<string, readonly string[]>>} axes
 * @param {Condition} when
 */
function narrowed(axes, when) {
  return Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, values.filter((value) => when[axis]?.includes(value) ?? true)]));
}

/**
 * @param {readonly string[]} items
 * @param {number} size
 * @returns {readonly (readonly string[])[]}
 */
function combinations(items, size) {
  if (size === 0 || items.length <= size) return size === 0 ? [[]] : [items];
  const [first = '', ...rest] = items;
  return [...combinations(rest, size - 1).map((others) => [first, ...others]), ...combinations(rest, size)];
}

/**
 * @param {readonly string[]} members
 * @param {Block} block
 * @returns {readonly Cell[]}
 */
function tuplesOf(members, { axes }) {
  return members.reduce((tuples, axis) => tuples.flatMap((tuple) => (axes[axis] ?? []).map((value) => ({ ...tuple, [axis]: value }))), /** @type {Cell[]} */ ([{}]));
}

/**
 * Every case is in a block or literal, and each runner's cases and the layers that it does not speak add up to them.
 *
 * @param {Listing} listing
 * @returns {readonly string[]}
 */
function sumProblems({ blocks, literals, planned, excluded }) {
  const all = new Set([...blocks.flatMap(({ cases }) => cases), ...literals]);
  return Object.entries(planned).flatMap(([runner, count]) => {
    const unspoken = excluded.filter(({ combination }) => combination['runner']?.includes(runner)).reduce((sum, { cells }) => sum + cells, 0);
    return count + unspoken === all.size ? [] : [`${runner}: ${String(count)} planned and ${String(unspoken)} not spoken, of ${String(all.size)} cases`];
  });
}

/**
 * Holes by the dialects: layers, rows and types that one offers, and every value that an error contract names, for it must be seen refused.
 *
 * @param {Listing} listing
 * @param {readonly Dialect[]} dialects
 * @returns {readonly string[]}
 */
function holeProblems(listing, dialects) {
  const asked = new Set(listing.blocks.flatMap((block) => block.cases.flatMap((id) => wordsOf(cellOf(id, block), block))));
  const missing = [...new Set([...Object.entries(listing.words).flatMap(([axis, values]) => values.map((value) => `${axis}=${value}`)), ...dialects.flatMap(wordsOfDialect)])].filter((word) => !asked.has(word));
  const told = listing.holes.length;
  return [...missing.map((word) => `a hole: nobody asks ${word}`), ...(told > 0 ? [`the listing itself tells of ${String(told)} holes`] : [])];
}

/**
 * @param {Dialect} dialect
 * @returns {readonly string[]}
 */
function wordsOfDialect({ versions }) {
  return versions.flatMap(({ layers, statistics, parameters, errors }) => Object.keys(layers).flatMap((layer) => [
    `layer=${layer}`,
    ...Object.entries(statistics).filter(([, { spelling }]) => spelling !== null).map(([row]) => `statistics=${layer}:${row}`),
    ...(parameters.dtype.domain.match(/\b(b?float\d+)\b/g) ?? []).map((dtype) => `dtype=${layer}:${dtype}`),
    ...errors.flatMap(({ when }) => (when['layer']?.includes(layer) ?? true ? namedIn(when).filter((word) => isOf(layer, word)).map((word) => word.replace('=', `=${layer}:`)) : [])),
  ]));
}

/** @param {Condition} when */
function namedIn(when) {
  return ['momentum', 'eps', 'features', 'input', 'dtype', 'elements', 'option'].flatMap((axis) => (when[axis] ?? []).map((value) => `${axis}=${value}`));
}

/**
 * Which processes it spans is asked of the synchronised layer alone.
 *
 * @param {string} layer
 * @param {string} word
 */
function isOf(layer, word) {
  return layer === 'syncbatchnorm' || !/=(groups|kernels)-/.test(word);
}

/**
 * @param {Cell} cell
 * @param {Block} block
 * @returns {readonly string[]}
 */
function wordsOf(cell, { layer }) {
  const shapes = (cell['ranks'] ?? cell['shape'] ?? '').split('+').map((shape) => shape.split('x').map(Number));
  const perChannel = shapes.map((shape) => shape.reduce((count, extent, axis) => (axis === 1 ? count : count * extent), 1)).reduce((sum, count) => sum + count, 0);
  const hasShape = cell['ranks'] !== undefined || cell['shape'] !== undefined;
  const all = { route: 'module', input: cell['dtype'] ?? 'float32', ...cell };
  const extents = shapes.flatMap((shape) => shape.map((extent, axis) => `extent=${['batch', 'channels'][axis] ?? 'spatial'}:${String(extent)}`));
  const words = [
    ...(hasShape ? [...extents, `rank=${String(shapes[0]?.length)}`, `elements=${perChannel > 1 ? 'many' : String(perChannel)}`] : []),
    ...Object.entries(all).flatMap(([axis, value]) => (axis === 'program' ? value.split('-').map((word) => `program=${word.replace(/(\d+|:.*)$/, '')}`) : [`${axis}=${spelled(axis, value, shapes[0]?.[1])}`])),
  ];
  return [`layer=${layer}`, ...words.map((word) => word.replace('=', `=${layer}:`))];
}

/**
 * @param {string} axis
 * @param {string} value
 * @param {number | undefined} channels
 */
function spelled(axis, value, channels) {
  const number = Number(value);
  if (!['momentum', 'eps', 'features'].includes(axis) || Number.isNaN(number)) return value;
  if (number <= 0) return number < 0 ? 'negative' : 'zero';
  if (axis === 'features') return number === channels ? 'own' : Number.isInteger(number) ? 'other' : 'fraction';
  return number > 1 ? 'above-one' : number < 1 ? 'between' : '1';
}

/**
 * @param {string} folder
 * @returns {readonly Dialect[]}
 */
export function readDialects(folder) {
  const names = ['pytorch.json', 'mindspore.json'];
  return names.map((name) => /** @type {Dialect} */ (parsed(readFileSync(join(folder, name), 'utf8'))));
}

/**
 * @param {string} json
 * @returns {unknown}
 */
function parsed(json) {
  return JSON.parse(json);
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const listing = /** @type {Listing} */ (parsed(await text(stdin)));
  const problems = problemsOf(listing, readDialects(argv[2] ?? fileURLToPath(new URL('../spec/dialects', import.meta.url))));
  console.log(problems.length === 0 ? `suite ${listing.suite}: ${String(listing.blocks.length)} blocks, ${String(new Set(listing.blocks.flatMap(({ cases }) => cases)).size)} cases, coverage proved` : problems.slice(0, 50).join('\n'));
  if (problems.length > 0) exit(1);
}
