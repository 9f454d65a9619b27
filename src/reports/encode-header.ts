import { shortenHome } from './home.ts';
import type { PlannedHeader } from './run.ts';
import { encodeLine } from './run-lines.ts';

/** About so many characters of the header are made at a time: the ids of a long run need not be in memory together. */
const pieceCharacters = 65_536;

const noCases = '"cases":[';

/** The header's line in pieces, which joined are what `encodeLine` gives. */
export function* encodeHeader(header: PlannedHeader): Generator<string, undefined> {
  const line = encodeLine({ ...header, cases: [] });
  const at = line.indexOf(noCases) + noCases.length; // a quote within a text has a backslash before it
  let piece = line.slice(0, at);
  let separator = '';
  for (const id of header.cases) {
    piece += `${separator}${encodeId(id)}`;
    separator = ',';
    if (piece.length < pieceCharacters) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}${line.slice(at)}`;
}

function encodeId(id: string): string {
  return JSON.stringify(shortenHome(id));
}
