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
 * Seconds of the two passes of a pair.
 *
 * @typedef {object} Pair
 * @property {number} dividend
 * @property {number} divisor
 */

/** @param {readonly Pair[]} pairs */
export function ratiosOf(pairs) {
  return pairs.map(({ dividend, divisor }) => dividend / divisor);
}

/**
 * Some of the cases.
 *
 * @typedef {object} Slice
 * @property {number} from  inclusive
 * @property {number} to    exclusive
 */

/**
 * Cuts cases into slices of nearly equal length.
 *
 * @param {number} cases
 * @param {number} most  cases in one slice
 * @returns {readonly Slice[]}
 */
export function slicesOf(cases, most) {
  const count = Math.ceil(cases / most);
  const at = (/** @type {number} */ i) => Math.round((i * cases) / count);
  return Array.from({ length: count }, (_, i) => ({ from: at(i), to: at(i + 1) }));
}

/**
 * Times two ways of the same work against each other, in pairs of passes. A pass goes slice by slice, the two ways taking turns, so
 * that what slows the machine for a second slows both; either begins in every other turn.
 *
 * @param {number} pairs
 * @param {readonly Slice[]} slices
 * @param {(slice: Slice) => Promise<number>} dividend  seconds
 * @param {(slice: Slice) => Promise<number>} divisor   seconds
 * @returns {Promise<readonly Pair[]>}
 */
export async function measurePairs(pairs, slices, dividend, divisor) {
  const measured = /** @type {Pair[]} */ ([]);
  for (let pair = 0; pair < pairs; pair++) {
    const sums = { dividend: 0, divisor: 0 };
    for (const [turn, slice] of slices.entries()) {
      if ((pair + turn) % 2 === 0) sums.dividend += await dividend(slice);
      sums.divisor += await divisor(slice);
      if ((pair + turn) % 2 === 1) sums.dividend += await dividend(slice);
    }
    measured.push(sums);
  }
  return measured;
}
