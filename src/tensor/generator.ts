/** What a stream of integers may depend on. Numbers are told apart from texts, and [1, 23] from [12, 3]. */
export type SeedPart = string | number;

/**
 * Deterministic stream of integers, uniform in [0, 2³²): the same bits on every machine, for ever.
 *
 * The i-th integer is mix(mix(i ⊕ k₀) + k₁), where k₀ and k₁ are two hashes of the seed. Only 32-bit integer operations
 * take part. Two streams differ by their whole 64-bit key, so that none is a shifted copy of another. Not for secrets.
 */
export function integers(seedParts: readonly SeedPart[]): () => number {
  const text = JSON.stringify(seedParts);
  const k0 = hash(text, 0x811c9dc5);
  const k1 = hash(text, 0x9e3779b9);
  let index = 0;
  return () => mix((mix(index++ ^ k0) + k1) | 0) >>> 0;
}

/** FNV-1a over the UTF-16 units, from a given basis, then mixed (Fowler, Noll, Vo; RFC 9923). */
function hash(text: string, basis: number): number {
  let state = basis;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  return mix(state);
}

/** A bijection of 32-bit integers with low bias ('lowbias32': Wellons, Prospecting for Hash Functions, 2018). */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
