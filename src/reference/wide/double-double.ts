import { powerOfTwo } from '../../tensor/power-of-two.ts';

/**
 * A number as an unevaluated sum hi + lo, where hi is the float64 number nearest to it: 106 bits or more.
 *
 * Each operation is within a few 2⁻¹⁰⁴ of its exact result, relatively; below 2⁻⁹⁶⁰ within 2⁻¹⁰⁷⁴ absolutely. What overflows or is NaN
 * has `lo` 0 and is what float64 makes of it.
 *
 * @see Dekker, Numer. Math. 18, 1971; Knuth, TAOCP 2, 4.2.2; Hida, Li, Bailey, ARITH-15, 2001; Joldes, Muller, Popescu, ACM Trans. Math.
 *   Softw. 44(2), 2017, algorithms 2, 3, 6, 10, 17
 */
export interface Wide {
  readonly hi: number;
  readonly lo: number;
}

export function wide(value: number): Wide {
  return { hi: value, lo: 0 };
}

/** hi + lo where |hi| ≥ |lo|, or hi is 0: exact (Fast2Sum). */
function fastSum(hi: number, lo: number): Wide {
  const sum = hi + lo;
  return Number.isFinite(sum) ? { hi: sum, lo: lo - (sum - hi) } : wide(sum);
}

/** a + b. */
export function add(a: Wide, b: Wide): Wide {
  const high = a.hi + b.hi;
  if (!Number.isFinite(high)) return wide(high);
  const low = a.lo + b.lo;
  const first = fastSum(high, roundingOfSum(a.hi, b.hi, high) + low);
  return fastSum(first.hi, roundingOfSum(a.lo, b.lo, low) + first.lo);
}

/** a + b − sum, exact, for sum = fl(a + b) (2Sum). */
function roundingOfSum(a: number, b: number, sum: number): number {
  const kept = sum - a;
  return a - (sum - kept) + (b - kept);
}

function negate(a: Wide): Wide {
  return { hi: -a.hi, lo: -a.lo };
}

/** a − b. */
export function subtract(a: Wide, b: Wide): Wide {
  return add(a, negate(b));
}

/** a · b. */
export function multiply(a: Wide, b: Wide): Wide {
  const product = a.hi * b.hi;
  if (!Number.isFinite(product)) return wide(product);
  return fastSum(product, roundingOfProduct(a.hi, b.hi, product) + (a.hi * b.lo + a.lo * b.hi));
}

/** Beyond this, splitting a number would overflow. */
const largestSplit = 2 ** 990;
const splitter = 2 ** 27 + 1;

/** a·b − product, exact but for underflow, for product = fl(a·b) (2Prod by Veltkamp's splitting). */
function roundingOfProduct(a: number, b: number, product: number): number {
  if (Math.abs(a) > largestSplit) return roundingOfProduct(a * 2 ** -60, b, product * 2 ** -60) * 2 ** 60;
  if (Math.abs(b) > largestSplit) return roundingOfProduct(a, b * 2 ** -60, product * 2 ** -60) * 2 ** 60;
  const aHigh = upperHalf(a);
  const bHigh = upperHalf(b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The upper 26 bits of a; the rest has 26 bits too. */
function upperHalf(a: number): number {
  const scaled = splitter * a;
  return scaled - (scaled - a);
}

/** Below this a remainder would lose its last bits to underflow. */
const smallestDividend = 2 ** -900;

/** a / b. */
export function divide(a: Wide, b: Wide): Wide {
  const quotient = a.hi / b.hi;
  if (!Number.isFinite(quotient) || !Number.isFinite(b.hi)) return wide(quotient);
  if (a.hi !== 0 && Math.abs(a.hi) < smallestDividend) return scale(divide(scale(a, 200), b), -200);
  const product = multiply(b, wide(quotient));
  return fastSum(quotient, (a.hi - product.hi + (a.lo - product.lo)) / b.hi);
}

/** √a, one Newton step from the float64 root; 0 for 0, NaN below 0. */
export function squareRoot(a: Wide): Wide {
  const root = Math.sqrt(a.hi);
  if (!(root > 0) || !Number.isFinite(root)) return wide(root);
  if (a.hi < smallestDividend) return scale(squareRoot(scale(a, 200)), -100);
  const square = multiply(wide(root), wide(root));
  return fastSum(root, (a.hi - square.hi + (a.lo - square.lo)) / (2 * root));
}

/** a · 2^exponent, exact but for underflow; |exponent| ≤ 2046. */
export function scale(a: Wide, exponent: number): Wide {
  const half = Math.trunc(exponent / 2);
  const [first, second] = [powerOfTwo(half), powerOfTwo(exponent - half)];
  const hi = a.hi * first * second;
  return Number.isFinite(hi) ? { hi, lo: a.lo * first * second } : wide(hi);
}

/** Σ value(i) over i = 0 … count − 1; within a few count·2⁻¹⁰⁶ of it, relative to Σ|value(i)|. */
export function sumOf(count: number, value: (index: number) => Wide): Wide {
  let total = wide(0);
  for (let i = 0; i < count; i++) total = add(total, value(i));
  return total;
}
