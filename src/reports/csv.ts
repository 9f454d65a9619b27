import { stringify } from 'csv-stringify/sync';

export type Cell = string | number | null;

/**
 * A table as RFC 4180: header, CRLF, quotes where needed.
 *
 * Numbers keep full precision, NaN and infinities are words. Text that a spreadsheet would run as a formula gets a leading
 * apostrophe.
 */
export function writeCsv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return stringify(rows.map((row) => [...row]), { header: true, columns: [...columns], record_delimiter: 'windows', escape_formulas: true, cast: { number: String } });
}
