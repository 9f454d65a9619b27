import { shiftLeft } from './integer.ts';
import { absolute, divide, fromInteger, multiply, type Rational } from './rational.ts';

/**
 * A decimal number rounded to `digits` significant digits (ties to even), without trailing zeros: `0.3`, `-4.5927674333774e-6`.
 *
 * It is written out between 10^−5 and 10^21, else with an exponent.
 */
export function toDecimal(a: Rational, digits: number): string {
  if (a.numerator === 0n) return '0';
  const { significand, exponent } = roundToDigits(absolute(a), digits);
  const text = significand.toString();
  return `${a.numerator < 0n ? '-' : ''}${place(text.replace(/0+$/, ''), text.length + exponent)}`;
}

/** a ≈ significand · 10^exponent with `digits` digits. */
function roundToDigits(a: Rational, digits: number): { readonly significand: bigint; readonly exponent: number } {
  let exponent = floorLog10(a) - digits + 1;
  let significand = roundToInteger(multiply(a, powerOfTen(-exponent)));
  if (significand === 10n ** BigInt(digits)) {
    significand /= 10n;
    exponent += 1;
  }
  return { significand, exponent };
}

/** ⌊log₁₀ a⌋ for a > 0. */
function floorLog10(a: Rational): number {
  const { numerator, denominator } = fraction(a);
  const guess = numerator.toString().length - denominator.toString().length;
  const scaled = fraction(multiply(a, powerOfTen(-guess)));
  return scaled.numerator >= scaled.denominator ? guess : guess - 1;
}

function roundToInteger(a: Rational): bigint {
  const { numerator, denominator } = fraction(a);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n);
  return up ? quotient + 1n : quotient;
}

function fraction({ numerator, exponent, denominator }: Rational): { readonly numerator: bigint; readonly denominator: bigint } {
  return { numerator: shiftLeft(numerator, Math.max(exponent, 0)), denominator: shiftLeft(denominator, Math.max(-exponent, 0)) };
}

/** Digits with the point after `point` of them. */
function place(digits: string, point: number): string {
  if (point > 21 || point < -4) return `${digits.charAt(0)}${digits.length > 1 ? '.' : ''}${digits.slice(1)}e${point - 1}`;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return digits.padEnd(point, '0');
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The exact value of a decimal number such as `-1.5e-3`: 0.1 is 1/10, not the float64 number next to it.
 *
 * @throws {RangeError} when the text is no decimal number
 */
export function fromDecimal(text: string): Rational {
  const match = /^(-?\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(text);
  if (match === null) throw new RangeError(`expected a decimal number, got '${text}'`);
  const [, whole = '', decimals = '', exponent = '0'] = match;
  return multiply(fromInteger(BigInt(whole + decimals)), powerOfTen(Number(exponent) - decimals.length));
}

function powerOfTen(exponent: number): Rational {
  const power = fromInteger(10n ** BigInt(Math.abs(exponent)));
  return exponent >= 0 ? power : divide(fromInteger(1), power);
}
