import type { PackedTexts } from './packed-texts.ts';

const start = '"cases":[';
const between = '","';

/**
 * Takes ids out of the header's line while it is read: that of 100,000 cases has 15 MB, and again as much when it is parsed.
 *
 * What is left is a header with the ids that are still to come. A list that this tool did not write so stays in the line, and is judged there.
 *
 * @param ids  to which each is added
 * @returns what is left of the first line, as far as it is there
 */
export function idCutter(ids: PackedTexts): (text: string) => string {
  let from = 0;
  let given = false;
  return (text) => {
    if (given) return text;
    if (from === 0) from = text.indexOf(start) + start.length;
    const end = text.lastIndexOf(between) + 1; // of a text; where the quote begins one, the list does not parse
    const some = from < start.length || end <= from ? null : parseIds(text.slice(from, end));
    given = some === null;
    for (const id of some ?? []) ids.add(id);
    return some === null ? text : `${text.slice(0, from)}${text.slice(end + 1)}`;
  };
}

function parseIds(list: string): readonly string[] | null {
  try {
    const ids = JSON.parse(`[${list}]`) as readonly unknown[];
    return ids.every((id) => typeof id === 'string') ? ids : null;
  } catch {
    return null;
  }
}
