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
  const { accumulated } = record;
  if (accumulated === undefined) return record;
  const { hi: dgamma, lo } = sum('dgamma', record, earlier?.accumulated) ?? { hi: accumulated.dgamma, lo: null };
  const beta = sum('dbeta', record, earlier?.accumulated);
  return { ...record, accumulated: { dgamma, dbeta: beta?.hi ?? null, low: { dgamma: lo, dbeta: beta?.lo ?? null }, earlier: earlier ?? null } };
}

type Name = 'dgamma' | 'dbeta';
type Parts = Readonly<Partial<Record<Name, Float64Array | null>>> & { readonly low?: Readonly<Partial<Record<Name, Float64Array | null>>> };

function sum(name: Name, record: BackwardRecord, before: Parts | undefined): WideArray | null {
  const own = wides(name, record);
  const plain = record.accumulated?.[name];
  if (own === null || !plain) return null;
  const earlier = before === undefined ? null : wides(name, before);
  return perChannel(earlier === null ? own : own.map((value, c) => add(earlier[c]!, value)), (value) => value, plain);
}

/** Numbers hi[c] + lo[c], where lo is 0 if it is not there; null where hi is not. */
function wides(name: Name, { [name]: hi, low }: Parts): readonly Wide[] | null {
  return hi ? [...hi].map((value, c) => ({ hi: value, lo: low?.[name]?.[c] ?? 0 })) : null;
}
