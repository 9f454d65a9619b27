import { inParts } from './in-parts.ts';

const itemsOfAPiece = 2048;

/**
 * The text that `JSON.stringify` gives, in pieces: that of a long run's page takes several times what it says. What can be iterated over is
 * written as a list, so that a long one need not be there.
 *
 * @param replace  what is written in place of a value, as for `JSON.stringify`; told of texts, numbers and the like alone
 */
export function* jsonPieces(value: unknown, replace: (key: string, value: unknown) => unknown): Generator<string, undefined> {
  if (isList(value)) yield* piecesOfList(value, replace);
  else if (typeof value === 'object' && value !== null) yield* piecesOfObject(value, replace);
  else yield JSON.stringify(value, replace);
}

function isList(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function* piecesOfList(list: Iterable<unknown>, replace: (key: string, value: unknown) => unknown): Generator<string, undefined> {
  let separator = '[';
  for (const part of inParts(list, itemsOfAPiece)) {
    for (const some of part.some(isObject) ? part.map((item) => [item]) : [part]) {
      yield separator;
      if (isObject(some[0])) yield* jsonPieces(some[0], replace);
      else yield JSON.stringify(some, replace).slice(1, -1);
      separator = ',';
    }
  }
  yield separator === '[' ? '[]' : ']';
}

/** Which may hold long lists in its turn. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
