import { largestFinite, smallestNormal, smallestSubnormal } from '../tensor/formats.ts';
import { countElements, type FloatType } from '../tensor/tensor.ts';

/** Where a drawn value stands. */
export interface Place {
  /** Position in its channel, and how many values the channel has in this tensor. */
  readonly index: number;
  readonly count: number;
  readonly channel: number;
  readonly dtype: FloatType;
}

/** Where the elements of a tensor [N, C, …spatial] stand, by flat index. */
export function placesIn([batch = 0, channels = 1, ...rest]: readonly number[], dtype: FloatType): (flat: number) => Place {
  const spatial = countElements(rest);
  return (flat) => ({
    channel: Math.floor(flat / spatial) % channels,
    index: Math.floor(flat / (spatial * channels)) * spatial + (flat % spatial),
    count: batch * spatial,
    dtype,
  });
}

/** The position that a single special value takes. */
const special = ({ index, count, channel }: Place): boolean => index === (5 * channel + 2) % Math.max(count, 1);

const unit = (k: number): number => (k - 2048) / 1024;

/** A power of two whose square is a normal number of the type, and far below 1. */
const tinyScale = (dtype: FloatType): number => 2 ** Math.ceil(Math.log2(smallestNormal(dtype)) / 2.5);

/** Large enough that squares overflow, small enough that a sum over the channel and its mean do not. */
const hugeScale = ({ dtype, count }: Place): number => largestFinite(dtype) / 2 ** Math.ceil(Math.log2(count + 1) + 4);

/**
 * How the values of a channel are drawn from an integer k, uniform in [0, 4096). Every value is rounded to its type later.
 *
 *     unit           (k − 2048)/1024            mean ≈ 0, σ ≈ 1.15
 *     tiny-variance  3·(k − 2048)/2²⁰           σ² ≈ 1.1e-5, about ε
 *     offset-1e3     1000 + (k − 2048)/1024     |μ|/s ≈ 1e3
 *     offset-1e7     10⁷ + (k − 2048)/1024      |μ|/s ≈ 1e7: whole numbers in float32, whose variance no float32 sum determines
 *     exact          (k mod 32) − 16            small integers: sums are exact in any order
 */
const drawn = {
  'unit': unit,
  'tiny-variance': (k: number) => (3 * (k - 2048)) / 1_048_576,
  'offset-1e2': (k: number) => 1e2 + unit(k),
  'offset-1e3': (k: number) => 1e3 + unit(k),
  'offset-1e4': (k: number) => 1e4 + unit(k),
  'offset-1e5': (k: number) => 1e5 + unit(k),
  'offset-1e6': (k: number) => 1e6 + unit(k),
  'offset-1e7': (k: number) => 1e7 + unit(k),
  'exact': (k: number) => (k % 32) - 16,
  'two-values': (k: number) => (k % 2 === 0 ? -1 : 1),
  'constant': (_: number, { channel }: Place) => (7 + 2 * (channel % 9)) / 8,
  'signed-zeros': (k: number) => (k % 3 === 0 ? 0 : -0),
  'mostly-zeros': (k: number) => (k % 5 === 0 ? unit(k) : 0),
  'one-outlier': (k: number, place: Place) => (special(place) ? 1e4 : unit(k)),
  'tiny': (k: number, { dtype }: Place) => unit(k) * tinyScale(dtype),
  'subnormal': (k: number, { dtype }: Place) => ((k % 64) - 32) * smallestSubnormal(dtype),
  'huge': (k: number, place: Place) => unit(k) * hugeScale(place),
  'one-nan': (k: number, place: Place) => (special(place) ? NaN : unit(k)),
  'one-infinity': (k: number, place: Place) => (special(place) ? (place.channel % 2 === 0 ? Infinity : -Infinity) : unit(k)),
} as const satisfies Readonly<Record<string, (k: number, place: Place) => number>>;

export type DrawnRegime = keyof typeof drawn;

/** Regimes of ordinary numbers, in which every bound says something. */
export const plainRegimes = ['unit', 'tiny-variance', 'offset-1e2', 'offset-1e3', 'exact', 'two-values', 'mostly-zeros'] as const satisfies readonly DrawnRegime[];

/** Regimes at the edges of a type and of what sums can bear. */
export const hardRegimes = [
  'offset-1e4', 'offset-1e5', 'offset-1e6', 'offset-1e7', 'constant', 'signed-zeros', 'one-outlier', 'tiny', 'subnormal', 'huge', 'one-nan', 'one-infinity',
] as const satisfies readonly DrawnRegime[];

/** Every regime, in the order of their description. */
export const regimeWords = Object.keys(drawn) as readonly DrawnRegime[];

/** Whether a regime's values depend on where they stand. */
export function needsPlace(regime: DrawnRegime): boolean {
  return drawn[regime].length > 1;
}

/** One value of a regime, within the finite range of the type unless it is meant to be infinite. */
export function valueOf(regime: DrawnRegime, k: number, place: Place): number {
  const value = drawn[regime](k, place);
  if (!Number.isFinite(value)) return value;
  const limit = largestFinite(place.dtype);
  return Math.min(limit, Math.max(-limit, value));
}
