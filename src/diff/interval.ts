import { anything } from '../accept/accepted.ts';
import { largestFinite } from '../tensor/formats.ts';
import type { FloatType } from '../tensor/tensor.ts';

/**
 * Whether a value is accepted: |(got − value) − low| ≤ bound, or the overflowed alternative. The value itself is always accepted: no
 * float64 number is nearer to value + low.
 *
 * NaN equals any NaN, infinities by sign, −0 equals +0. NaN never lies in a finite interval, and an infinite bound
 * still asks for a finite value where the value is one. A result may round to infinity where the
 * interval, or the value by itself, reaches past the largest number. A bound of `anything` asks for nothing.
 */
export function isAccepted(got: number, value: number, bound: number, alternative: number, dtype: FloatType, low = 0): boolean {
  if (bound === anything) return true;
  if (Number.isNaN(value)) return Number.isNaN(got);
  if (Number.isNaN(got)) return false;
  if (got === value || got === alternative) return true;
  if (!Number.isFinite(value)) return false;
  if (Number.isFinite(got)) return Math.abs(got - value - low) <= bound;
  return value * Math.sign(got) + (bound === Infinity ? 0 : bound) > largestFinite(dtype);
}

/** |(got − value) − low| ÷ bound: 0 when got is the value and low or the bound is 0, Infinity when the bound is 0 or no number compares. */
export function errorRatio(got: number, value: number, bound: number, low = 0): number {
  if (bound === anything) return 0;
  if ((got === value && (low === 0 || bound === 0)) || (Number.isNaN(got) && Number.isNaN(value))) return 0;
  const ratio = Math.abs(got - value - low) / bound;
  return Number.isNaN(ratio) ? Infinity : ratio;
}
