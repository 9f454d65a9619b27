/**
 * Σ values, compensated.
 *
 * Each rounding error of the running sum is caught exactly (TwoSum) and the errors are summed beside it:
 *
 *     |result − Σx| ≤ u·|Σx| + (γ_{n−1})²·Σ|x|        u = 2⁻⁵³, γ_k = k·u/(1 − k·u)
 *
 * Infinities and NaN come out as in a plain sum, and so does a partial sum that overflows; 0 for no values.
 *
 * @see Ogita, Rump, Oishi, SIAM J. Sci. Comput. 26(6), 2005, algorithm 4.4 (Sum2) and proposition 4.5
 */
export function sum(values: ArrayLike<number>): number {
  const { length } = values;
  let total = 0;
  let errors = 0;
  for (let i = 0; i < length; i++) { // a loop of its own: through `sumOf` each value would cost a call
    const next = values[i]!;
    const rounded = total + next;
    const kept = rounded - total;
    errors += total - (rounded - kept) + (next - kept);
    total = rounded;
  }
  return Number.isFinite(total) ? total + errors : total;
}

/** Σ value(i) over i = 0 … count − 1, compensated as `sum`, to the same bits. */
export function sumOf(count: number, value: (index: number) => number): number {
  let total = 0;
  let errors = 0;
  for (let i = 0; i < count; i++) {
    const next = value(i);
    const rounded = total + next;
    const kept = rounded - total;
    errors += total - (rounded - kept) + (next - kept);
    total = rounded;
  }
  return Number.isFinite(total) ? total + errors : total;
}
