import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

/**
 * A table as RFC 4180: header, CRLF, quotes where needed.
 *
 * Numbers keep full precision: the shortest digits that give the same double back; NaN and infinities are words. Text that a
 * spreadsheet would run as a formula gets a leading apostrophe. Control characters but tabs and line ends are left out: a NUL ends
 * the reading in some parsers.
 */
export function writeCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify(rows.map((row) => row.map(harmless)), {
    header: true, columns: [...columns], record_delimiter: 'windows', escape_formulas: true, cast: { number: String },
    quoted_match: /[\r\n]/, // on its own the package quotes CRLF alone, and other readers end the record at either
  });
}

function harmless(cell: Cell): Cell {
  return typeof cell === 'string' ? cell.replaceAll(/[^\P{Cc}\t\n\r]/gu, '') : cell;
}
