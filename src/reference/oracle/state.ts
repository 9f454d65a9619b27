import type { Moments } from './definition.ts';
import { add, divide, fromInteger, multiply, one, subtract, type Rational } from './rational.ts';

/**
 * Running statistics after one update, exact.
 *
 *     rm′ = (1 − m)·rm + m·μ        rv′ = (1 − m)·rv + m·σ²·n/(n − 1)
 *
 * @param batch   μ and the *biased* σ²
 * @param count   n ≥ 2, values per channel over all ranks
 * @param weight  m, the weight of the new batch; 1 − m is exact too
 * @throws {RangeError} BN-STAT-02 when count < 2
 */
export function updateRunning(running: Moments, batch: Moments, count: number, weight: Rational): Moments {
  if (count < 2) throw new RangeError(`BN-STAT-02: expected at least 2 values per channel, got ${count}`);
  const unbiased = divide(multiply(batch.variance, fromInteger(count)), fromInteger(count - 1)); // BN-STATE-03
  return { mean: average(running.mean, batch.mean, weight), variance: average(running.variance, unbiased, weight) }; // BN-STATE-02
}

function average(old: Rational, fresh: Rational, weight: Rational): Rational {
  return add(multiply(subtract(one, weight), old), multiply(weight, fresh));
}

/** Weight of the k-th batch: the momentum, or 1/k for the cumulative average (BN-STATE-05). */
export function weightOfBatch(momentum: Rational | null, k: number): Rational {
  return momentum ?? divide(one, fromInteger(k)); // BN-STATE-05
}
