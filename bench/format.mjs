/** @import { Comparison } from './measure.mjs' */

/** @param {Comparison} comparison */
function rowOf({ name, target, spread: { median } }) {
  return { name, value: Number(median.toFixed(3)), target, met: median <= target };
}

/** @param {readonly Comparison[]} comparisons */
export function formatJson(comparisons) {
  const measured = comparisons.map(({ name, cases, ratios, spread: { min, max }, dividendUs, divisorUs }) => ({ name, cases, ratios, min, max, dividendUs, divisorUs }));
  return `${JSON.stringify({ schemaVersion: 1, rows: comparisons.map(rowOf), measured })}\n`;
}

/** @param {readonly Comparison[]} comparisons */
export function formatTable(comparisons) {
  const head = ['ratio', 'median', 'min–max', 'target', 'met', 'cases', 'µs per case'];
  const lines = [head, ...comparisons.map(cells)];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) => `${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()}\n`).join('');
}

/** @param {Comparison} comparison */
function cells(comparison) {
  const { name, target, met } = rowOf(comparison);
  const { cases, ratios, spread: { median, min, max }, dividendUs, divisorUs } = comparison;
  return [
    name, median.toFixed(3), `${min.toFixed(3)}–${max.toFixed(3)} (${ratios.length} pairs)`, `≤ ${target.toFixed(2)}`, met ? 'yes' : 'no',
    String(cases), `${dividendUs.toFixed(0)} ÷ ${divisorUs.toFixed(0)}`,
  ];
}
