/** Where each rule is cited: code, cases, tests and miniatures. */

/**
 * @typedef {object} TraceInput
 * @property {readonly { readonly id: string, readonly level: string, readonly withdrawn?: string }[]} rules
 * @property {ReadonlyMap<string, string>} sources    path → text of code that obeys rules
 * @property {ReadonlyMap<string, string>} tests      path → text of test files
 * @property {readonly { readonly behaviour: string, readonly rules: readonly string[], readonly rulesWhen?: readonly { readonly rules: readonly string[] }[] }[]} behaviours
 * @property {ReadonlySet<string>} asked              behaviours that some suite or golden asks
 * @property {readonly { readonly name: string, readonly breaks?: string }[]} lies
 */

/**
 * @typedef {object} TraceRow
 * @property {string} id
 * @property {string} level
 * @property {Readonly<Record<'code' | 'cases' | 'tests' | 'miniature', number>>} counts
 * @property {readonly string[]} gaps  columns that are empty and must not be
 */

/**
 * @typedef {object} Trace
 * @property {readonly TraceRow[]} rows
 * @property {readonly string[]} unknown  citations of rules that do not exist, as `BN-… in place`
 */

const citation = /\/\/.*\bBN-[A-Z]+-\d{2}\b.*/g;
const title = /\b(?:describe|it|test)(?:\.\w+)*\s*(?:\([^)]*\)\s*)?\(\s*(['"`])((?:(?!\1).)*)\1/g;
const id = /\bBN-[A-Z]+-\d{2}\b/g;

/**
 * @param {TraceInput} input
 * @returns {Trace}
 */
export function trace(input) {
  const columns = {
    code: citedIn(input.sources, (text) => text.match(citation) ?? []),
    cases: citedByBehaviours(input.behaviours.filter(({ behaviour }) => input.asked.has(behaviour))),
    tests: citedIn(input.tests, titlesOf),
    miniature: input.lies.flatMap(({ name, breaks }) => (breaks === undefined ? [] : [{ rule: breaks, place: `miniature ${name}` }])),
  };
  const rows = input.rules.map((rule) => toRow(rule, columns));
  const known = new Set(input.rules.map((rule) => rule.id));
  const all = [...Object.values(columns).flat(), ...citedByBehaviours(input.behaviours)];
  const unknown = all.filter(({ rule }) => !known.has(rule)).map(({ rule, place }) => `${rule} in ${place}`);
  return { rows, unknown: [...new Set(unknown)] };
}

/**
 * Titles of describe, it and test, the ones of `describe.each([…])('…')` too.
 *
 * @param {string} text
 */
function titlesOf(text) {
  return [...text.matchAll(title)].map((match) => match[2] ?? '');
}

/**
 * @param {ReadonlyMap<string, string>} files
 * @param {(text: string) => readonly string[]} excerpts
 */
function citedIn(files, excerpts) {
  return [...files].flatMap(([place, text]) => excerpts(text).flatMap((excerpt) => excerpt.match(id) ?? []).map((rule) => ({ rule, place })));
}

/** @param {TraceInput['behaviours']} behaviours */
function citedByBehaviours(behaviours) {
  return behaviours.flatMap(({ behaviour, rules, rulesWhen = [] }) => [...rules, ...rulesWhen.flatMap((further) => further.rules)].map((rule) => ({ rule, place: `behaviour ${behaviour}` })));
}

/**
 * @param {TraceInput['rules'][number]} rule
 * @param {Readonly<Record<'code' | 'cases' | 'tests' | 'miniature', readonly { readonly rule: string }[]>>} columns
 * @returns {TraceRow}
 */
function toRow({ id: rule, level, withdrawn }, columns) {
  /** @param {readonly { readonly rule: string }[]} cited */
  const count = (cited) => cited.filter((entry) => entry.rule === rule).length;
  const counts = { code: count(columns.code), cases: count(columns.cases), tests: count(columns.tests), miniature: count(columns.miniature) };
  const exempt = level === 'unspecified' || withdrawn !== undefined;
  const gaps = exempt ? [] : Object.entries(counts).filter(([, number]) => number === 0).map(([column]) => column);
  return { id: rule, level: withdrawn === undefined ? level : 'withdrawn', counts, gaps };
}

/** @param {Trace} trace */
export function printTrace({ rows, unknown }) {
  const lines = rows.map(({ id: rule, level, counts, gaps }) => [rule.padEnd(12), level.padEnd(11), ...Object.values(counts).map((number) => String(number).padStart(9)), gaps.length > 0 ? `  gap: ${gaps.join(', ')}` : ''].join(' ').trimEnd());
  const head = ['rule'.padEnd(12), 'level'.padEnd(11), ...['code', 'cases', 'tests', 'miniature'].map((name) => name.padStart(9))].join(' ');
  const gaps = rows.filter((row) => row.gaps.length > 0).length;
  return [head, ...lines, ...unknown.map((entry) => `unknown rule: ${entry}`), `${rows.length} rules, ${gaps} with a gap, ${unknown.length} unknown citations`].join('\n');
}

/** @param {Trace} trace */
export function isComplete({ rows, unknown }) {
  return unknown.length === 0 && rows.every(({ gaps }) => gaps.length === 0);
}
