import { printable } from './printable.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Text on one line that GitHub's Markdown shows as it is, in paragraphs, lists and table cells: no markup, link, formula or HTML comes of it. */
export function markdownText(text: string): string {
  return oneLine(text).replaceAll(/[\\`*_[\]|~$]/g, String.raw`\$&`).replaceAll(/[&<>]/g, (character) => entities[character] ?? '');
}

/** A code span, for paragraphs and lists; a table cell would need its `|` escaped too. */
export function markdownCode(text: string): string {
  const line = oneLine(text);
  const fence = '`'.repeat(longestBackticks(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** A fenced block that is read as a shell command. */
export function markdownCommand(command: string): string {
  const line = oneLine(command);
  const fence = '`'.repeat(Math.max(3, longestBackticks(line) + 1));
  return `${fence}sh\n${line}\n${fence}`;
}

/** A table; its cells are text. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownText).join(' | ')} |`;
  return [line(head), `|${head.map((_, column) => (column === 0 ? '---|' : '---:|')).join('')}`, ...rows.map(line)].join('\n');
}

function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').trim();
}

function longestBackticks(line: string): number {
  return Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length));
}
