import type { Formulas } from './formulas.ts';
import type { Accumulated, BackwardRecord } from './trajectory.ts';

/**
 * A backward step whose dγ and dβ are added to those of the accumulating steps before it.
 *
 *     Γ′ = Γ + dγ        B′ = B + dβ        Γ₀ = B₀ = 0
 *
 * @param earlier  the last accumulating step on this rank, or null
 * @see spec/batch-norm.md#bn-grad-05
 */
export function accumulate(formulas: Formulas, record: BackwardRecord, earlier: BackwardRecord | null): BackwardRecord {
  const { dgamma, dbeta } = record;
  if (dgamma === null) return record;
  const before = earlier?.accumulated;
  const accumulated: Accumulated = before === undefined ? { dgamma, dbeta, earlier: null } : {
    dgamma: formulas.accumulated(before.dgamma, dgamma), dbeta: dbeta === null || before.dbeta === null ? dbeta : formulas.accumulated(before.dbeta, dbeta), earlier, // BN-GRAD-05
  };
  return { ...record, accumulated };
}

/** dγ and dβ as a step shows them: the sums so far where it accumulates. */
export function shownParameters({ dgamma, dbeta, accumulated }: BackwardRecord): Pick<BackwardRecord, 'dgamma' | 'dbeta'> {
  return accumulated ?? { dgamma, dbeta };
}
