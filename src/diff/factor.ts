import { countDistinct, type Place } from './elements.ts';

/** An observed number that may be a multiple of an accepted one. */
export interface Multiple {
  readonly value: number;
  readonly got: number;
  readonly bound: number;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * The factor f for which every observed value is f times the accepted one, within max(1, |f|) times its bound; null without one.
 *
 * It takes four elements that deviate and three sizes that are told from each other, as anything is a multiple of one number; and f
 * must come twice as near to each deviating element as the accepted value, as noise around a wide bound has some factor too.
 */
export function commonFactor(places: readonly Place[]): number | null {
  const multiples = places.flatMap(({ accepted: { value, naive }, got }) => Array.from(got, (one, i) => ({ value: value[i]!, got: one, bound: naive[i]! })));
  const deviating = multiples.filter(({ value, got, bound }) => Math.abs(got - value) > bound);
  if (deviating.length < 4 || !places.some(({ accepted }) => countDistinct(accepted) >= 3)) return null;
  const range = factorRange(multiples);
  if (range === null || (range.low <= 0 && range.high >= 0)) return null;
  const factor = shortest(range);
  return deviating.every(({ value, got }) => Math.abs(got - factor * value) <= Math.abs(got - value) / 2) ? factor : null;
}

/** All factors that serve every element; null without one. */
export function factorRange(multiples: readonly Multiple[]): Range | null {
  const growth = Math.max(1, Math.abs(sharpestQuotient(multiples)));
  let low = -Infinity;
  let high = Infinity;
  for (const { value, got, bound } of multiples) {
    const room = bound * growth;
    if (room === Infinity || (value === 0 && Math.abs(got) <= room)) continue;
    const ends = [(got - room) / value, (got + room) / value];
    low = Math.max(low, Math.min(...ends));
    high = Math.min(high, Math.max(...ends));
  }
  return low <= high ? { low, high } : null;
}

/** got ÷ value where the bound is smallest against the value; 1 where every value is 0. */
function sharpestQuotient(multiples: readonly Multiple[]): number {
  let best = { sharpness: 0, quotient: 1 };
  for (const { value, got, bound } of multiples) {
    const sharpness = Math.abs(value) / Math.max(bound, Number.MIN_VALUE);
    if (sharpness > best.sharpness) best = { sharpness, quotient: got / value };
  }
  return best.quotient;
}

/** The number with the fewest digits in the range. */
function shortest({ low, high }: Range): number {
  const middle = (low + high) / 2;
  for (let digits = 1; digits < 17; digits++) {
    const short = Number(middle.toPrecision(digits));
    if (short >= low && short <= high) return short;
  }
  return middle;
}
