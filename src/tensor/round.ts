import { f16round } from '@petamoriken/float16';
import { bfloat16Bits, bfloat16Value } from './bfloat16.ts';
import type { FloatType } from './tensor.ts';

/**
 * The element of `dtype` nearest to a float64 value, ties to even (IEEE 754-2019, 4.3.1), in one rounding.
 *
 * Overflow gives infinity, underflow a subnormal or a zero of the same sign, NaN stays NaN.
 */
export function roundTo(value: number, dtype: FloatType): number {
  switch (dtype) {
    case 'float64':
      return value;
    case 'float32':
      return Math.fround(value);
    case 'float16':
      return f16round(value);
    case 'bfloat16':
      return bfloat16Value(bfloat16Bits(value));
  }
}

/** `roundTo` of every element; the input is not modified. */
export function roundArray(values: Float64Array, dtype: FloatType): Float64Array {
  return values.map((value) => roundTo(value, dtype));
}
