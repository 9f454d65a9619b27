import { absolute, fromNumber, subtract, type Rational } from './rational.ts';

/** |value − exact|, exact. Rounding it with `toNumber` costs less than one part in 2^53. */
export function exactError(value: number, exact: Rational): Rational {
  return absolute(subtract(fromNumber(value), exact));
}
