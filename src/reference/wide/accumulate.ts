import type { BackwardRecord } from '../trajectory.ts';
import { add, type Wide } from './double-double.ts';
import { perChannel, type WideArray } from './wide-array.ts';

/**
 * Γ′ = Γ + dγ and B′ = B + dβ in double-double (BN-GRAD-05).
 *
 * @param record   widened, with the float64 sums still in `accumulated`
 * @param earlier  the accumulating step before it, widened; undefined where there is none
 */
export function widenAccumulated(record: BackwardRecord, earlier: BackwardRecord | undefined): BackwardRecord {
  const { accumulated, dgamma, dbeta, low } = record;
  if (accumulated === undefined || dgamma === null) return record;
  const before = earlier?.accumulated;
  const gamma = sum({ hi: dgamma, lo: low?.dgamma }, before && { hi: before.dgamma, lo: before.low?.dgamma }, accumulated.dgamma);
  const beta = dbeta === null || accumulated.dbeta === null ? null : sum({ hi: dbeta, lo: low?.dbeta }, before?.dbeta ? { hi: before.dbeta, lo: before.low?.dbeta } : undefined, accumulated.dbeta);
  return { ...record, accumulated: { dgamma: gamma.hi, dbeta: beta?.hi ?? null, low: { dgamma: gamma.lo, dbeta: beta?.lo ?? null }, earlier: earlier ?? null } };
}

/** Numbers hi[c] + lo[c]; lo is 0 where it is not there. */
interface Parts {
  readonly hi: Float64Array;
  readonly lo: Float64Array | null | undefined;
}

function sum(own: Parts, before: Parts | undefined, plain: Float64Array): WideArray {
  const at = ({ hi, lo }: Parts, c: number): Wide => ({ hi: hi[c]!, lo: lo?.[c] ?? 0 });
  return perChannel(Array.from(own.hi, (_, c) => (before === undefined ? at(own, c) : add(at(before, c), at(own, c)))), plain);
}
