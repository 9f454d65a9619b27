/** Number of binary digits of |n|; 0 for 0. */
export function bitLength(n: bigint): number {
  const digits = (n < 0n ? -n : n).toString(16);
  return 4 * digits.length - Math.clz32(parseInt(digits.charAt(0), 16)) + 28;
}

/** How often 2 divides n, which is not 0. */
export function countTrailingZeros(n: bigint): number {
  let zeros = 0;
  let rest = n;
  while (BigInt.asUintN(32, rest) === 0n) {
    rest >>= 32n;
    zeros += 32;
  }
  const low = Number(BigInt.asUintN(32, rest));
  return zeros + 31 - Math.clz32(low & -low);
}

/** Greatest common divisor of two positive integers, by Euclid. */
export function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [larger, smaller] = [a, b];
  while (smaller !== 0n) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}

/** n·2^shift, rounded down where the shift is negative. */
export function shiftLeft(n: bigint, shift: number): bigint {
  return shift >= 0 ? n << BigInt(shift) : n >> BigInt(-shift);
}

/** ⌊√n⌋ for n ≥ 0, by Newton's iteration from above, which falls until it reaches the root. */
export function integerRoot(n: bigint): bigint {
  if (n === 0n) return 0n;
  let root = 1n << BigInt(Math.ceil(bitLength(n) / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
