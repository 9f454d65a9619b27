import { powerOfTwo } from '../../tensor/power-of-two.ts';
import { add, divide, multiply, scale, squareRoot, subtract, sumOf, type Wide, wide } from './double-double.ts';

/** Mean μ and variance of one channel, in input and squared input units. */
export interface WideMoments {
  readonly mean: Wide;
  readonly variance: Wide;
}

/** μ and s that normalise one channel, with its γ and β. */
export interface WideView {
  readonly mean: Wide;
  readonly deviation: Wide;
  readonly gamma: number;
  readonly beta: number;
}

/** Σdy and Σdy·x̂ over `count` elements of one channel. */
export interface WideSums {
  readonly count: number;
  readonly dy: Wide;
  readonly dyNormalised: Wide;
}

const one = wide(1);

/**
 * Mean and biased variance of all values of a channel, over all ranks.
 *
 *     μ = Σx / n        σ² = Σ(x − μ)² / n
 *
 * The values are scaled by a power of two first, so that no square and no sum overflows or underflows where σ² does not.
 *
 * @see spec/batch-norm.md#bn-stat-01
 */
export function momentsOf(values: Float64Array): WideMoments {
  const exponent = exponentOf(values);
  const unit = powerOfTwo(-exponent);
  const count = wide(values.length);
  const mean = divide(sumOf(values.length, (i) => wide(values[i]! * unit)), count); // BN-STAT-01, BN-SYNC-01
  const variance = divide(sumOf(values.length, (i) => square(subtract(wide(values[i]! * unit), mean))), count);
  return { mean: scale(mean, exponent), variance: scale(variance, 2 * exponent) };
}

/** e with max|x| in about [2^e, 2^(e+1)), held where 2^−e is finite; 0 without a value other than 0. */
export function exponentOf(values: Float64Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest === 0 ? 0 : Math.max(Math.floor(Math.log2(largest)), -1000);
}

function square(a: Wide): Wide {
  return multiply(a, a);
}

/** s = √(v + ε). */
export function deviationOf(variance: Wide, eps: number): Wide {
  return squareRoot(add(variance, wide(eps))); // BN-NORM-03
}

/**
 * Running statistics after one update.
 *
 *     rm′ = (1 − m)·rm + m·μ        rv′ = (1 − m)·rv + m·σ²·n/(n − 1)
 */
export function updateMoments(running: WideMoments, batch: WideMoments, count: number, weight: Wide): WideMoments {
  const unbiased = multiply(batch.variance, divide(wide(count), wide(count - 1))); // BN-STATE-03
  return { mean: blend(running.mean, batch.mean, weight), variance: blend(running.variance, unbiased, weight) }; // BN-STATE-02
}

/** (1 − m)·old + m·fresh; what has no weight takes no part, not even when it has overflowed. */
function blend(old: Wide, fresh: Wide, weight: Wide): Wide {
  const keep = subtract(one, weight);
  if (keep.hi === 0) return fresh;
  return weight.hi === 0 ? old : add(multiply(keep, old), multiply(weight, fresh));
}

/** m of the `step`-th update (from 1). */
export function weightOf(momentum: number | null, step: number): Wide {
  return momentum === null ? divide(one, wide(step)) : wide(momentum); // BN-STATE-05
}

/** x̂ = (x − μ)/s. */
function normalised({ mean, deviation }: WideView, x: number): Wide {
  return divide(subtract(wide(x), mean), deviation);
}

/** y = γ·x̂ + β. */
export function outputOf(view: WideView, x: number): Wide {
  return add(multiply(wide(view.gamma), normalised(view, x)), wide(view.beta)); // BN-NORM-01, BN-NORM-02, BN-NORM-04
}

/** Σdy and Σdy·x̂ of one rank, both divided by 2^exponent so that no partial sum overflows. */
export function sumsOf(view: WideView, x: Float64Array, dy: Float64Array, exponent: number): WideSums {
  const unit = powerOfTwo(-exponent);
  return {
    count: x.length,
    dy: sumOf(x.length, (i) => wide(dy[i]! * unit)), // BN-GRAD-03
    dyNormalised: sumOf(x.length, (i) => multiply(wide(dy[i]! * unit), normalised(view, x[i]!))), // BN-GRAD-02
  };
}

/** Sums of all ranks together. */
export function poolSums(ranks: readonly WideSums[]): WideSums {
  return {
    count: ranks.reduce((total, rank) => total + rank.count, 0),
    dy: sumOf(ranks.length, (r) => ranks[r]!.dy), // BN-SYNC-02
    dyNormalised: sumOf(ranks.length, (r) => ranks[r]!.dyNormalised),
  };
}

/** dx of an element of one channel, from its x and dy. */
export type InputGradient = (x: number, dy: number) => Wide;

/** dx = (γ/s)·(dy − Σdy/n − x̂·Σ(dy·x̂)/n), sums over all ranks and divided by 2^exponent. */
export function batchInputGradient(view: WideView, sums: WideSums, exponent: number): InputGradient {
  const factor = factorOf(view);
  const mean = divide(sums.dy, wide(sums.count));
  const along = divide(sums.dyNormalised, wide(sums.count));
  const unit = powerOfTwo(-exponent);
  return (x, dy) => {
    const own = wide(dy * unit);
    const inner = subtract(subtract(own, mean), multiply(normalised(view, x), along)); // BN-GRAD-01
    return scale(multiply(factor.value, inner), factor.exponent + exponent);
  };
}

/** dx = γ·dy/s. */
export function runningInputGradient(view: WideView): InputGradient {
  const factor = factorOf(view);
  return (_, dy) => {
    const exponent = Math.abs(dy) < 2 ** -340 ? -700 : Math.abs(dy) > 2 ** 340 ? 700 : 0; // so that the product neither overflows nor underflows
    return scale(multiply(factor.value, wide(dy * powerOfTwo(-exponent))), factor.exponent + exponent); // BN-GRAD-04
  };
}

/** γ/s = value·2^exponent. */
function factorOf({ gamma, deviation }: WideView): { readonly value: Wide; readonly exponent: number } {
  const exponent = exponentOf(Float64Array.of(gamma));
  return { value: divide(wide(gamma * powerOfTwo(-exponent)), deviation), exponent };
}
