import { inParts } from './in-parts.ts';

const itemsOfAPiece = 2048;

/**
 * The text that `JSON.stringify` gives, in pieces: that of a long run's page takes several times what it says.
 *
 * @param replace  what is written in place of a value, as for `JSON.stringify`; told of texts, numbers and the like alone
 */
export function* jsonPieces(value: unknown, replace: (key: string, value: unknown) => unknown): Generator<string, undefined> {
  if (Array.isArray(value)) yield* piecesOfList(value, replace);
  else if (typeof value === 'object' && value !== null) yield* piecesOfObject(value, replace);
  else yield JSON.stringify(value, replace);
}

function* piecesOfList(list: readonly unknown[], replace: (key: string, value: unknown) => unknown): Generator<string, undefined> {
  let separator = '[';
  for (const part of inParts(list, itemsOfAPiece)) {
    yield `${separator}${JSON.stringify(part, replace).slice(1, -1)}`;
    separator = ',';
  }
  yield list.length === 0 ? '[]' : ']';
}

function* piecesOfObject(object: object, replace: (key: string, value: unknown) => unknown): Generator<string, undefined> {
  let separator = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(key)}:`;
    yield* jsonPieces(value, replace);
    separator = ',';
  }
  yield separator === '{' ? '{}' : '}';
}
