const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

/**
 * The bfloat16 pattern nearest to a float64 value, ties to even; overflow gives infinity, every NaN gives 0x7fc0.
 *
 * bfloat16 is the upper half of float32, but rounding twice is wrong: 1 + 2^-8 + 2^-40 rounds to the tie 1 + 2^-8 in float32 and
 * from there down to 1. So where the float32 value is a tie, the side on which the exact value lies decides.
 */
export function bfloat16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  float32[0] = value;
  const bits = bits32[0]!;
  const upper = bits >>> 16;
  const lower = bits & 0xffff;
  if (lower !== 0x8000) return upper + (lower > 0x8000 ? 1 : 0);
  const excess = Math.abs(value) - Math.abs(float32[0]);
  return upper + (excess === 0 ? upper & 1 : excess > 0 ? 1 : 0);
}

/** Value of a bfloat16 pattern, exact. */
export function bfloat16Value(bits: number): number {
  bits32[0] = bits << 16;
  return float32[0]!;
}
