import { bitLength, shiftLeft } from './integer.ts';
import { absolute, type Rational } from './rational.ts';

const significandBits = 53;
const smallestExponent = -1074;

/**
 * The float64 number nearest to a, ties to even; subnormals included, infinite beyond the range (IEEE 754-2019, 4.3.1).
 * A negative number too small for a subnormal gives −0; 0 gives 0.
 *
 * With |a| in [2^k, 2^(k+1)) the unit is 2^t, t = max(k − 52, −1074); ⌊|a|/2^t⌋ has at most 53 bits, and twice the remainder
 * says whether to go up.
 */
export function toNumber(a: Rational): number {
  if (a.numerator === 0n) return 0;
  const unit = Math.max(floorLog2(a) - significandBits + 1, smallestExponent);
  const { numerator, denominator } = inUnits(absolute(a), unit);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  const magnitude = Number(up ? quotient + 1n : quotient) * 2 ** unit;
  return a.numerator < 0n ? -magnitude : magnitude;
}

/** ⌊log₂|a|⌋ for a ≠ 0. */
function floorLog2(a: Rational): number {
  const { numerator, exponent, denominator } = absolute(a);
  const guess = bitLength(numerator) - bitLength(denominator); // the quotient lies in (2^(guess−1), 2^(guess+1))
  const reached = shiftLeft(numerator, Math.max(-guess, 0)) >= shiftLeft(denominator, Math.max(guess, 0));
  return exponent + (reached ? guess : guess - 1);
}

/** a / 2^unit as a plain fraction. */
function inUnits(a: Rational, unit: number): { readonly numerator: bigint; readonly denominator: bigint } {
  const shift = a.exponent - unit;
  return { numerator: shiftLeft(a.numerator, Math.max(shift, 0)), denominator: shiftLeft(a.denominator, Math.max(-shift, 0)) };
}
