import type { Figure } from './figures.ts';
import { toleranceRows } from './format.ts';
import type { Score } from './score.ts';

const markers = { begin: '<!-- score: begin, written by npm run score -- --write -->', end: '<!-- score: end -->' };

/**
 * README text with the current figures between the two markers.
 *
 * @throws {RangeError} when a marker is missing
 */
export function withScore(readme: string, score: Score, figures: readonly Figure[]): string {
  const [from, to] = [readme.indexOf(markers.begin), readme.indexOf(markers.end)];
  if (from < 0 || to < from) throw new RangeError(`expected the lines "${markers.begin}" and "${markers.end}" in the README`);
  return `${readme.slice(0, from + markers.begin.length)}\n${scoreSection(score, figures)}\n${readme.slice(to)}`;
}

function scoreSection(score: Score, figures: readonly Figure[]): string {
  const [head, ...rows] = toleranceRows(score);
  return [
    '', table(['figure', 'value', 'target'], figures.map(({ name, value, target }) => [name, String(value), target])),
    '', `The same observations of \`${score.suite}\`, judged in the ways that people use: faults that show in numbers, and correct implementations accused.`,
    '', table(head ?? [], rows), '',
  ].join('\n');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
