/** Floating types that a layer or an input may have. */
export type FloatType = 'float16' | 'bfloat16' | 'float32' | 'float64';

/** Types that an input may have and no layer computes in (BN-DTYPE-03). */
export const integerTypes = ['int32', 'int64', 'bool'] as const;
export type IntegerType = (typeof integerTypes)[number];

/**
 * Dense tensor in row-major order.
 *
 * `data` holds float64 numbers, each exactly representable in `dtype`; its length is the product of `shape`.
 */
export interface Tensor {
  readonly dtype: FloatType;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Number of elements of a shape; 1 for a scalar, 0 as soon as one extent is 0. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Values in memory, as float64 or, where they are float32, as they are. */
export type Numbers = Float64Array | Float32Array;
