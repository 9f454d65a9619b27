/**
 * Text without control characters and lone surrogates.
 *
 * A framework's own words end in files and terminals: XML 1.0 forbids such characters even escaped, and a terminal obeys them.
 * Tabs and line feeds stay.
 */
export function printable(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(/[^\t\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}
