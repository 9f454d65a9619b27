import { bitLength } from './integer.ts';
import { absolute, add, fromNumber, subtract, type Rational } from './rational.ts';

/** |value + low − exact|, exact. Rounding it with `toNumber` costs less than one part in 2^53. */
export function exactError(value: number, exact: Rational, low = 0): Rational {
  const reference = low === 0 ? fromNumber(value) : add(fromNumber(value), fromNumber(low));
  return absolute(subtract(reference, exact));
}

/** A power of two that is at least |a| and at most 4·|a|, or the smallest float64 number; 0 for 0. Much cheaper than the nearest number. */
export function ceiling({ numerator, exponent, denominator }: Rational): number {
  if (numerator === 0n) return 0;
  return 2 ** Math.max(bitLength(numerator) - bitLength(denominator) + 1 + exponent, -1074);
}
