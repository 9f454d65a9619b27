import type { Arithmetic } from './arithmetic.ts';

/**
 * How n terms are added; d is the depth, the most additions that one term goes through. Then |error| ≤ d·u·Σ|t| to first order.
 *
 *     sequential    one after the other                                          d = n − 1
 *     lanes4 …16    L interleaved partial sums, then halves of those              d = ⌈n/L⌉ − 1 + log₂L
 *     blocked       blocks of 8 one after the other, then halves of those         d = 7 + ⌈log₂⌈n/8⌉⌉
 *     pairwise      halves                                                       d = ⌈log₂n⌉
 *     compensated   with the error of each addition carried along (Kahan)         as d = 2
 *     wide          products and sums in float64                                  as d = 1
 *
 * @see Higham, Accuracy and Stability of Numerical Algorithms, 2002, sections 4.2 and 4.3
 */
export type Summation = 'sequential' | 'lanes4' | 'lanes8' | 'lanes16' | 'blocked' | 'pairwise' | 'compensated' | 'wide';

/** Σ a[i]·b[i] is what is summed; without `b`, Σ a[i]. */
export interface Terms {
  readonly a: Float64Array;
  readonly b: Float64Array | null;
}

/** d, so that |error| ≤ d·u·Σ|t| to first order; a product costs one rounding of its term besides. */
export function depthOf(how: Summation, n: number): number {
  switch (how) {
    case 'sequential':
      return n - 1;
    case 'blocked':
      return 7 + Math.ceil(Math.log2(Math.ceil(n / 8)));
    case 'pairwise':
      return Math.ceil(Math.log2(n));
    case 'compensated':
      return 2;
    case 'wide':
      return 1;
    default:
      return Math.ceil(n / lanesOf(how)) - 1 + Math.log2(lanesOf(how));
  }
}

function lanesOf(how: 'lanes4' | 'lanes8' | 'lanes16'): number {
  return how === 'lanes4' ? 4 : how === 'lanes8' ? 8 : 16;
}

/** Σ a or Σ a·b, rounded to float32; float64 where `how` is wide. */
export function sumOfTerms(terms: Terms, how: Summation, arithmetic: Arithmetic): number {
  const n = terms.a.length;
  switch (how) {
    case 'sequential':
      return strided(terms, 0, n, 1, arithmetic);
    case 'blocked':
      return partial(terms, Math.ceil(n / 8), (k) => strided(terms, 8 * k, Math.min(n, 8 * k + 8), 1, arithmetic), arithmetic);
    case 'pairwise':
      return partial(terms, n, (k) => termAt(terms, k, arithmetic), arithmetic);
    case 'compensated':
      return compensated(terms, arithmetic);
    case 'wide':
      return wide(terms);
    default: {
      const lanes = Math.min(n, lanesOf(how));
      return partial(terms, lanes, (k) => strided(terms, k, n, lanes, arithmetic), arithmetic);
    }
  }
}

function termAt({ a, b }: Terms, i: number, { round }: Arithmetic): number {
  return b === null ? a[i]! : round(a[i]! * b[i]!);
}

/** Terms from, from + stride, … below `to`, one after the other. */
function strided(terms: Terms, from: number, to: number, stride: number, arithmetic: Arithmetic): number {
  const { a, b } = terms;
  let total = termAt(terms, from, arithmetic);
  for (let i = from + stride; i < to; i += stride) total = b === null ? arithmetic.round(total + a[i]!) : arithmetic.multiplyAdd(a[i]!, b[i]!, total);
  return total;
}

/** Adds `count` partial sums, halves first. */
function partial(terms: Terms, count: number, part: (k: number) => number, { round }: Arithmetic): number {
  const halves = (from: number, to: number): number => {
    if (to - from <= 1) return part(from);
    const middle = (from + to) >> 1;
    return round(halves(from, middle) + halves(middle, to));
  };
  return terms.a.length === 0 ? 0 : halves(0, count);
}

function compensated(terms: Terms, arithmetic: Arithmetic): number {
  const { round } = arithmetic;
  let total = 0;
  let carried = 0;
  for (let i = 0; i < terms.a.length; i++) {
    const corrected = round(termAt(terms, i, arithmetic) - carried);
    const next = round(total + corrected);
    carried = round(round(next - total) - corrected);
    total = next;
  }
  return total;
}

function wide({ a, b }: Terms): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += b === null ? a[i]! : a[i]! * b[i]!;
  return total;
}
