/**
 * Text without control characters and lone surrogates.
 *
 * A framework's own words end in files and terminals: XML 1.0 forbids such characters even escaped, and a terminal obeys them.
 * Characters that turn the direction of writing would show it in another order than it is. Tabs stay, and every kind of line end is a line feed.
 */
export function printable(text: string): string {
  return text.replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n').replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, '').replaceAll(/[^\t\n\u0020-\u007E\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');
}
