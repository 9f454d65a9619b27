import { f16round } from '@petamoriken/float16';
import { powerOfTwo } from './power-of-two.ts';

const float32 = new Float32Array(1);
const bits32 = new Uint32Array(float32.buffer);

/** The float16 pattern nearest to a float64 value, ties to even; overflow gives infinity, every NaN gives 0x7e00. */
export function float16Bits(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  float32[0] = f16round(value); // exact: every float16 value is a float32 value
  const bits = bits32[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const exponent = (bits >>> 23) & 0xff;
  if (exponent === 0xff) return sign | 0x7c00;
  if (exponent < 127 - 14) return sign | (Math.abs(float32[0]) * 2 ** 24); // subnormals are multiples of 2^-24
  return sign | ((exponent - 127 + 15) << 10) | ((bits >>> 13) & 0x3ff);
}

/** Value of a float16 pattern, exact. */
export function float16Value(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (0x400 + fraction) * powerOfTwo(exponent - 25);
}
