import { encodeTensor } from './bytes.ts';
import type { FloatType } from './tensor.ts';

/**
 * How many elements of `dtype` one must step over to come from a to b, both rounded to `dtype` first. For reports, never for
 * verdicts: near zero it is huge between values that are both right.
 *
 * −0 and +0 are 0 apart, the largest finite number and infinity 1, NaN and NaN 0; NaN from a number is NaN. Exact below 2^53.
 */
export function ulpDistance(a: number, b: number, dtype: FloatType): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) && Number.isNaN(b) ? 0 : NaN;
  const steps = ordinal(a, dtype) - ordinal(b, dtype);
  return Number(steps < 0n ? -steps : steps);
}

/** Position of a value among all values of its type, 0 for zero: patterns of one sign are ordered as their values are. */
function ordinal(value: number, dtype: FloatType): bigint {
  const bytes = encodeTensor({ dtype, shape: [1], data: Float64Array.of(Math.abs(value)) });
  const magnitude = bytes.reduceRight((pattern, byte) => (pattern << 8n) | BigInt(byte), 0n);
  return value < 0 ? -magnitude : magnitude;
}
