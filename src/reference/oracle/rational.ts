import { countTrailingZeros, greatestCommonDivisor } from './integer.ts';

/**
 * A rational number, numerator · 2^exponent / denominator, with an odd denominator ≥ 1.
 *
 * Floating-point numbers are dyadic: their denominator is 1, and sums and products of them cost shifts but no division.
 * Fractions are not reduced; denominators stay small because most of those that meet divide one another.
 */
export interface Rational {
  readonly numerator: bigint;
  readonly exponent: number;
  readonly denominator: bigint;
}

export const zero: Rational = { numerator: 0n, exponent: 0, denominator: 1n };
export const one: Rational = { numerator: 1n, exponent: 0, denominator: 1n };

/** The integer itself. */
export function fromInteger(value: number | bigint): Rational {
  return { numerator: BigInt(value), exponent: 0, denominator: 1n };
}

/** One float64 number, seen as such and as its bits. */
const cell = new Float64Array(1);
const pattern = new BigUint64Array(cell.buffer);

/**
 * The exact value of a float64 number.
 *
 * @throws {RangeError} for NaN and infinities
 */
export function fromNumber(value: number): Rational {
  if (!Number.isFinite(value)) throw new RangeError(`expected a finite number, got ${value}`);
  if (Number.isSafeInteger(value)) return fromInteger(value);
  cell[0] = Math.abs(value);
  const bits = pattern[0]!;
  const biased = Number(bits >> 52n);
  const fraction = BigInt.asUintN(52, bits);
  const significand = biased === 0 ? fraction : fraction | (1n << 52n);
  const zeros = countTrailingZeros(significand);
  const odd = significand >> BigInt(zeros);
  return { numerator: value < 0 ? -odd : odd, exponent: Math.max(biased, 1) - 1075 + zeros, denominator: 1n };
}

export function negate(a: Rational): Rational {
  return { ...a, numerator: -a.numerator };
}

export function absolute(a: Rational): Rational {
  return a.numerator < 0n ? negate(a) : a;
}

/** a + b, exact. */
export function add(a: Rational, b: Rational): Rational {
  if (a.numerator === 0n) return b;
  if (b.numerator === 0n) return a;
  const exponent = Math.min(a.exponent, b.exponent);
  const left = a.numerator << BigInt(a.exponent - exponent);
  const right = b.numerator << BigInt(b.exponent - exponent);
  if (a.denominator === b.denominator) return normal(left + right, exponent, a.denominator);
  if (a.denominator % b.denominator === 0n) return normal(left + right * (a.denominator / b.denominator), exponent, a.denominator);
  if (b.denominator % a.denominator === 0n) return normal(left * (b.denominator / a.denominator) + right, exponent, b.denominator);
  const common = greatestCommonDivisor(a.denominator, b.denominator);
  const scale = b.denominator / common;
  return normal(left * scale + right * (a.denominator / common), exponent, a.denominator * scale);
}

function normal(numerator: bigint, exponent: number, denominator: bigint): Rational {
  return numerator === 0n ? zero : { numerator, exponent, denominator };
}

/** a − b, exact. */
export function subtract(a: Rational, b: Rational): Rational {
  return add(a, negate(b));
}

/** a · b, exact. */
export function multiply(a: Rational, b: Rational): Rational {
  return normal(a.numerator * b.numerator, a.exponent + b.exponent, a.denominator * b.denominator);
}

/**
 * a / b, exact.
 *
 * @throws {RangeError} when b is 0
 */
export function divide(a: Rational, b: Rational): Rational {
  if (b.numerator === 0n) throw new RangeError('expected a divisor other than 0');
  const zeros = countTrailingZeros(b.numerator);
  const odd = b.numerator >> BigInt(zeros);
  const numerator = a.numerator * b.denominator;
  return normal(odd < 0n ? -numerator : numerator, a.exponent - b.exponent - zeros, a.denominator * (odd < 0n ? -odd : odd));
}

/** Negative, zero or positive, as a is less than, equal to or greater than b. */
export function compare(a: Rational, b: Rational): number {
  const { numerator } = subtract(a, b);
  return numerator === 0n ? 0 : numerator < 0n ? -1 : 1;
}
