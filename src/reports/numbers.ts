/** How reports write numbers for people. Files for machines keep full precision. */

/**
 * A ratio for reading: three digits, more just above 1, so that what is outside never reads as `1`.
 *
 * @returns such as `62000` → `6.2e4`, `1.0004` → `1.0004`, `Infinity` → `∞`
 */
export function formatRatio(ratio: number): string {
  if (!Number.isFinite(ratio)) return ratio > 0 ? '∞' : String(ratio);
  if (ratio >= 1000) return ratio.toExponential(1).replace('.0e', 'e').replace('e+', 'e');
  const digits = ratio > 1 && ratio < 1.01 ? Math.min(17, 2 - Math.floor(Math.log10(ratio - 1))) : 3;
  return String(Number(ratio.toPrecision(digits)));
}

/** `value ± bound` as an interval, with as many digits as it takes to tell its ends apart. */
export function formatInterval(value: number, bound: number): string {
  if (Number.isNaN(value) || !Number.isFinite(value)) return `exactly ${String(value)}`;
  if (bound === 0) return `exactly ${String(value)}`;
  if (!Number.isFinite(bound)) return 'any finite value';
  const digits = digitsFor(value, bound, 1, 2);
  return `[${(value - bound).toPrecision(digits)}, ${(value + bound).toPrecision(digits)}]`;
}

/** A value beside its interval: with three digits more than the interval's ends, eleven at least. */
export function formatBeside(got: number, expected: number, bound: number): string {
  if (!Number.isFinite(got) || bound === 0 || !Number.isFinite(bound)) return String(got);
  return String(Number(got.toPrecision(digitsFor(expected, bound, 4, 11))));
}

function digitsFor(value: number, bound: number, extra: number, least: number): number {
  const digits = Math.ceil(Math.log10(Math.max(Math.abs(value), bound) / bound)) + extra;
  return Math.min(17, Math.max(least, digits));
}

/** `part` of `whole` in percent with one decimal, rounded down: 100 % means all. */
export function formatRate(part: number, whole: number): string {
  return whole === 0 ? '–' : `${(Math.floor((part * 1000) / whole) / 10).toFixed(1).replace('.0', '')} %`;
}

/** Thousands apart: `12,345`. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 case`, `2 cases`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
