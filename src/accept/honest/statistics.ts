import type { Arithmetic } from './arithmetic.ts';
import type { HonestForm } from './form.ts';
import { sumOfTerms } from './sums.ts';

/** Mean and biased variance of one channel as an honest implementation has them, float32 values. */
export interface HonestStatistics {
  readonly mean: number;
  readonly variance: number;
}

/** Mean m and sum of squared deviations of the first `count` values of a stream. */
interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/**
 * Mean and biased variance of n ≥ 2 values.
 *
 * First-order errors, d the depth of the summation (`sums.ts`), A = mean|x|, e the error of the mean:
 *
 *     mean        |e| ≤ u·(d·A + |μ|)                                           a sum and a quotient
 *     two-pass    Σ(x − μ̂)²/n:  σ² + e², relative error (d + 4)·u               two in x − μ̂ and its square's other factor, a product, a sum, a quotient
 *     corrected   (Σ(x − μ̂)² − (Σ(x − μ̂))²/n)/n: e² goes, (d + 5)·u·σ²          one more difference
 *     welford     (n + 4)·u·σ² and what the running mean's error does: `updatingFactor` in statistics-error.ts
 *     welford-lanes   the same over n/4 values in each of 4 lanes, then two merges
 */
export function honestStatistics(x: Float64Array, form: HonestForm, arithmetic: Arithmetic): HonestStatistics {
  const { round } = arithmetic;
  const n = x.length;
  if (form.variance === 'welford') return finished(updated(x, 0, 1, arithmetic), arithmetic);
  if (form.variance === 'welford-lanes') return finished(updatedInLanes(x, Math.min(4, n), arithmetic), arithmetic);
  const mean = round(sumOfTerms({ a: x, b: null }, form.sums, arithmetic) / n);
  const differences = x.map((value) => round(value - mean));
  const squares = sumOfTerms({ a: differences, b: differences }, form.sums, arithmetic);
  if (form.variance === 'two-pass') return { mean, variance: round(squares / n) };
  const rest = round(sumOfTerms({ a: differences, b: null }, form.sums, arithmetic));
  const corrected = round(round(squares) - round(round(rest * rest) / n));
  return { mean, variance: round(Math.max(0, corrected) / n) };
}

function finished({ count, mean, squares }: Moments, { round }: Arithmetic): HonestStatistics {
  return { mean, variance: round(squares / count) };
}

/** Welford's updating of every `stride`-th value. */
function updated(x: Float64Array, from: number, stride: number, { round, multiplyAdd }: Arithmetic): Moments {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let i = from; i < x.length; i += stride) {
    count += 1;
    const before = round(x[i]! - mean);
    mean = round(mean + round(before / count));
    squares = multiplyAdd(before, round(x[i]! - mean), squares);
  }
  return { count, mean, squares };
}

function updatedInLanes(x: Float64Array, lanes: number, arithmetic: Arithmetic): Moments {
  const merged = (from: number, to: number): Moments => {
    if (to - from <= 1) return updated(x, from, lanes, arithmetic);
    const middle = (from + to) >> 1;
    return merge(merged(from, middle), merged(middle, to), arithmetic);
  };
  return merged(0, lanes);
}

/** Moments of two streams together (Chan, Golub, LeVeque 1983). */
function merge(a: Moments, b: Moments, { round, multiplyAdd }: Arithmetic): Moments {
  const count = a.count + b.count;
  const apart = round(b.mean - a.mean);
  const mean = multiplyAdd(apart, round(b.count / count), a.mean);
  const between = round(apart * apart);
  return { count, mean, squares: round(round(a.squares + b.squares) + round(between * round((a.count * b.count) / count))) };
}
