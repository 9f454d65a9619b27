import { stringify } from 'csv-stringify/sync';
import { inParts } from './in-parts.ts';

export type Cell = string | number | null;

/**
 * A table as RFC 4180: header, CRLF, quotes where needed.
 *
 * Numbers keep full precision: the shortest digits that give the same double back; NaN is a word, infinity `1e999`. Text that a
 * spreadsheet would run as a formula gets a leading apostrophe. Control characters but tabs and line ends are left out: a NUL ends
 * the reading in some parsers.
 *
 * @param reals  columns whose numbers need not be whole
 * @returns the text in pieces, each of some hundred rows
 */
export function* writeCsv(columns: readonly string[], rows: Iterable<readonly Cell[]>, reals: readonly string[] = []): Generator<string, undefined> {
  let header = true;
  for (const some of inParts(rows, rowsOfAPiece)) {
    yield writeRows(columns, some, reals, header);
    header = false;
  }
  if (header) yield writeRows(columns, [], reals, header);
}

const rowsOfAPiece = 256;

function writeRows(columns: readonly string[], rows: readonly (readonly Cell[])[], reals: readonly string[], header: boolean): string {
  return stringify(rows.map((row) => row.map(harmless)), {
    header, columns: [...columns], record_delimiter: 'windows', escape_formulas: true, cast: { number: (value, { index }) => numberText(value, reals.includes(columns[index] ?? '')) },
    quoted_match: /[\r\n]/, // on its own the package quotes CRLF alone, and other readers end the record at either
  });
}

/** DuckDB types a column by its first 20,480 rows: whole numbers alone make it round the rest, and a leading `Infinity` makes it dates. */
function numberText(value: number, isReal: boolean): string {
  if (Math.abs(value) === Infinity) return value > 0 ? '1e999' : '-1e999';
  const digits = String(value);
  return isReal && /^-?\d+$/.test(digits) ? `${digits}.0` : digits;
}

function harmless(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replaceAll(/[^\P{Cc}\t\n\r]|\p{Cs}/gu, '') : cell;
}
