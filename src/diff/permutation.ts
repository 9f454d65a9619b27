import type { Place } from './elements.ts';

/**
 * Whether the observed values are the accepted ones in another order.
 *
 * Sorted, each must lie within the bound of its partner or of that one's neighbours, with which it may have changed places.
 */
export function isPermuted({ accepted: { value, naive }, got }: Place): boolean {
  const order = Array.from(value.keys()).sort((a, b) => value[a]! - value[b]!);
  const sorted = got.slice().sort();
  const bound = (k: number) => naive[order[k] ?? -1] ?? 0;
  return order.every((i, k) => Math.abs(sorted[k]! - value[i]!) <= Math.max(bound(k - 1), bound(k), bound(k + 1)));
}
