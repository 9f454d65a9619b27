import { digits } from './figure.mjs';

/** @import { Figure } from './figure.mjs' */

/** @param {Figure} figure */
function rowOf({ name, value, target, met }) {
  return { name, value: Number(digits(value)), target, met };
}

/** @param {readonly Figure[]} figures */
export function formatJson(figures) {
  const measured = figures.map(({ name, about, unit, values, spread: { min, max } }) => ({ name, about, unit: unit.trim(), values, min, max }));
  return `${JSON.stringify({ schemaVersion: 1, rows: figures.map(rowOf), measured })}\n`;
}

/** @param {readonly Figure[]} figures */
export function formatTable(figures) {
  const head = ['figure', 'median', 'min–max', 'target', 'met', 'measured on'];
  const lines = [head, ...figures.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

const markers = { begin: '<!-- bench: begin, written by npm run bench -- --write -->', end: '<!-- bench: end -->' };

/**
 * README text with the figures between the two markers.
 *
 * @param {string} readme
 * @param {readonly Figure[]} figures
 * @param {string} machine
 */
export function withFigures(readme, figures, machine) {
  const [from, to] = [readme.indexOf(markers.begin), readme.indexOf(markers.end)];
  if (from < 0 || to < from) throw new Error(`expected the lines "${markers.begin}" and "${markers.end}" in the README`);
  const rows = figures.map((one) => `| ${cells(one).join(' | ')} |`);
  const table = ['| figure | median | min–max | target | met | measured on |', '|---|---|---|---|---|---|', ...rows].join('\n');
  return `${readme.slice(0, from + markers.begin.length)}\n\n${table}\n\nOn ${machine}.\n\n${readme.slice(to)}`;
}

/** @param {Figure} figure */
function cells({ name, value, target, atLeast, unit, met, values, spread: { min, max }, about }) {
  const range = values.length === 1 ? 'one run' : `${digits(min)}–${digits(max)} (${values.length})`;
  return [name, `${digits(value)}${unit}`, range, `${atLeast ? '≥' : '≤'} ${target}${unit}`, met ? 'yes' : 'no', about];
}
