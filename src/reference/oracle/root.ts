import { bitLength, integerRoot, shiftLeft } from './integer.ts';
import { zero, type Rational } from './rational.ts';

/** Relative precision of roots unless another one is asked for, in bits. */
export const defaultRootBits = 256;

/**
 * √a as a dyadic number r with r ≤ √a < r·(1 + 2^−bits); exact when √a is dyadic and has at most `bits` binary digits.
 *
 * @throws {RangeError} when a is negative
 */
export function squareRoot(a: Rational, bits: number = defaultRootBits): Rational {
  if (a.numerator < 0n) throw new RangeError('expected a number ≥ 0 under the root');
  if (a.numerator === 0n) return zero;
  const surplus = bitLength(a.numerator) - bitLength(a.denominator);
  const wanted = 2 * bits + 3 - surplus;
  const shift = wanted + ((a.exponent - wanted) % 2); // so that the exponent under the root is even
  const radicand = shiftLeft(a.numerator, shift) / a.denominator;
  return { numerator: integerRoot(radicand), exponent: (a.exponent - shift) / 2, denominator: 1n };
}
