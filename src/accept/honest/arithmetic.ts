import { smallestNormal } from '../../tensor/formats.ts';

/** float32 arithmetic, every operation rounded once to nearest, ties to even. */
export interface Arithmetic {
  /** The result of one operation, or a value that is read, from its float64 value. */
  readonly round: (value: number) => number;
  /** a·b + c: one rounding where `fused`, two else. Operands are float32 values. */
  readonly multiplyAdd: (a: number, b: number, c: number) => number;
}

/**
 * Float32 arithmetic on float64 numbers.
 *
 * One float64 operation on float32 values, rounded again to float32, is the correctly rounded float32 operation for + − × ÷ √
 * (Figueroa, When is double rounding innocuous?, 1995: 53 ≥ 2·24 + 2). A fused product and sum is not one such operation:
 * `fusedMultiplyAdd`.
 *
 * @param fused    products that are added are not rounded
 * @param flushes  subnormal values and results are zero
 */
export function arithmeticOf(fused: boolean, flushes: boolean): Arithmetic {
  const round = flushes ? roundAndFlush : Math.fround;
  if (fused) return { round, multiplyAdd: (a, b, c) => round(fusedMultiplyAdd(a, b, c)) };
  return { round, multiplyAdd: (a, b, c) => round(round(a * b) + c) };
}

const tiny = smallestNormal('float32');

function roundAndFlush(value: number): number {
  const rounded = Math.fround(value);
  return rounded > -tiny && rounded < tiny ? 0 : rounded;
}

const word = new Float64Array(1);
const bits = new BigInt64Array(word.buffer);

/**
 * a·b + c of float32 values, correctly rounded to float32.
 *
 * The product has at most 48 bits and is exact in float64. The sum p + c is rounded to float64 towards the odd neighbour
 * (TwoSum tells the error and its sign), which keeps the second rounding correct since 53 ≥ 24 + 2.
 *
 * @see Boldo, Melquiond, IEEE Trans. Comput. 57(4), 2008, Emulation of FMA and correctly rounded sums
 */
export function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const product = a * b;
  const sum = product + c;
  const kept = sum - product;
  const error = product - (sum - kept) + (c - kept);
  if (error === 0 || !Number.isFinite(sum)) return Math.fround(sum);
  word[0] = sum;
  if ((bits[0]! & 1n) === 0n) bits[0]! += error > 0 === sum > 0 ? 1n : -1n;
  return Math.fround(word[0]);
}
