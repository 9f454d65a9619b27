/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} value  median of the ratios
 * @property {number} target  the value is to be at most this
 * @property {boolean} met
 */

/**
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} min
 * @property {number} max
 */

/**
 * Median, smallest and largest; of an even number the mean of the two in the middle.
 *
 * @param {readonly number[]} values  at least one
 * @returns {Spread}
 */
export function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ i) => sorted[i] ?? NaN;
  const half = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2, min: at(0), max: at(sorted.length - 1) };
}

/**
 * Times two ways of the same work against each other, in pairs: what slows the machine for a while slows both. Either goes first
 * in every other pair.
 *
 * @param {number} pairs
 * @param {() => Promise<number>} dividend  seconds
 * @param {() => Promise<number>} divisor   seconds
 * @returns {Promise<{ readonly ratios: readonly number[], readonly dividends: readonly number[], readonly divisors: readonly number[] }>}
 */
export async function measurePairs(pairs, dividend, divisor) {
  const dividends = /** @type {number[]} */ ([]);
  const divisors = /** @type {number[]} */ ([]);
  for (let i = 0; i < pairs; i++) {
    if (i % 2 === 0) dividends.push(await dividend());
    divisors.push(await divisor());
    if (i % 2 === 1) dividends.push(await dividend());
  }
  return { ratios: dividends.map((seconds, i) => seconds / (divisors[i] ?? NaN)), dividends, divisors };
}
