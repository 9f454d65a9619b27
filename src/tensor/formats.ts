import type { FloatType } from './tensor.ts';

interface Format {
  /** p, bits of the significand with the leading one. */
  readonly precision: number;
  /** Exponent of the smallest normal number, 2^minExponent. */
  readonly minExponent: number;
  /** Exponent of the largest finite number, (2 − 2^(1−p))·2^maxExponent. */
  readonly maxExponent: number;
}

/** IEEE 754-2019, table 3.5; bfloat16 is float32 cut to 8 significant bits. */
const formats: Readonly<Record<FloatType, Format>> = {
  float16: { precision: 11, minExponent: -14, maxExponent: 15 },
  bfloat16: { precision: 8, minExponent: -126, maxExponent: 127 },
  float32: { precision: 24, minExponent: -126, maxExponent: 127 },
  float64: { precision: 53, minExponent: -1022, maxExponent: 1023 },
};

/** What follows from a format; powers are dear, and bounds ask for these at every element. */
const limits = {
  float16: limitsOf(formats.float16), bfloat16: limitsOf(formats.bfloat16), float32: limitsOf(formats.float32), float64: limitsOf(formats.float64),
} as const satisfies Record<FloatType, unknown>;

function limitsOf({ precision, minExponent, maxExponent }: Format) {
  return {
    unitRoundoff: 2 ** -precision, smallestNormal: 2 ** minExponent, smallestSubnormal: 2 ** (minExponent - precision + 1),
    largestFinite: (2 - 2 ** (1 - precision)) * 2 ** maxExponent,
  };
}

/** u = 2^−p, the largest relative error of rounding to nearest in the normal range: 2^−11, 2^−8, 2^−24, 2^−53. */
export function unitRoundoff(dtype: FloatType): number {
  return limits[dtype].unitRoundoff;
}

/** Smallest positive normal number. */
export function smallestNormal(dtype: FloatType): number {
  return limits[dtype].smallestNormal;
}

/** Smallest positive number, which is also the spacing of the subnormals. */
export function smallestSubnormal(dtype: FloatType): number {
  return limits[dtype].smallestSubnormal;
}

/** Largest finite number. */
export function largestFinite(dtype: FloatType): number {
  return limits[dtype].largestFinite;
}
