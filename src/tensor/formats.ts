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

/** u = 2^−p, the largest relative error of rounding to nearest in the normal range: 2^−11, 2^−8, 2^−24, 2^−53. */
export function unitRoundoff(dtype: FloatType): number {
  return 2 ** -formats[dtype].precision;
}

/** Smallest positive normal number. */
export function smallestNormal(dtype: FloatType): number {
  return 2 ** formats[dtype].minExponent;
}

/** Smallest positive number, which is also the spacing of the subnormals. */
export function smallestSubnormal(dtype: FloatType): number {
  return 2 ** (formats[dtype].minExponent - formats[dtype].precision + 1);
}

/** Largest finite number. */
export function largestFinite(dtype: FloatType): number {
  const { precision, maxExponent } = formats[dtype];
  return (2 - 2 ** (1 - precision)) * 2 ** maxExponent;
}
