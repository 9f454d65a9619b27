import { endianness } from 'node:os';
import { bfloat16Bits, bfloat16Value } from './bfloat16.ts';
import { float16Bits, float16Value } from './float16.ts';
import { countElements, type FloatType, type IntegerType, type Tensor } from './tensor.ts';

/** Element types that a tensor on the wire may have. */
export type ElementType = FloatType | IntegerType;

/** A tensor on its way to a runner: an input may be of an integer type. */
export type WireTensor = Omit<Tensor, 'dtype'> & { readonly dtype: ElementType };

/** Bytes per element. */
export const elementBytes: Readonly<Record<ElementType, number>> = {
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  int64: 8,
  int32: 4,
  bool: 1,
};

/**
 * Raw little-endian bytes of a tensor in row-major order; float16 and bfloat16 as 16-bit patterns.
 *
 * Elements that `dtype` cannot represent are rounded to nearest, ties to even. The bytes are a copy. A bool is false at 0 and true elsewhere.
 *
 * @throws {RangeError} for int64, when an element is no whole number
 */
export function encodeTensor(tensor: WireTensor): Uint8Array {
  const { buffer } = patterns(tensor);
  return littleEndian(new Uint8Array(buffer), elementBytes[tensor.dtype]);
}

function patterns({ dtype, data }: WireTensor): { readonly buffer: ArrayBuffer } {
  switch (dtype) {
    case 'float64':
      return new Float64Array(data);
    case 'float32':
      return new Float32Array(data);
    case 'float16':
      return convert(data, new Uint16Array(data.length), float16Bits);
    case 'bfloat16':
      return convert(data, new Uint16Array(data.length), bfloat16Bits);
    case 'int64':
      return BigInt64Array.from(data, (value) => BigInt(value));
    case 'int32':
      return Int32Array.from(data, Number);
    case 'bool':
      return Uint8Array.from(data, (value) => (value === 0 ? 0 : 1));
  }
}

/** `from` with a function is ten times slower than this loop. */
function convert<T extends Float64Array | Uint16Array>(from: ArrayLike<number>, to: T, one: (value: number) => number): T {
  for (let i = 0; i < to.length; i++) to[i] = one(from[i]!);
  return to;
}

/**
 * Values of raw little-endian bytes in row-major order, as float64. Every element is exact but an int64 beyond ±2^53, which
 * is rounded to nearest; any nonzero bool byte is 1.
 *
 * @throws {RangeError} when the length of `bytes` is not that of the shape
 */
export function decodeTensor(dtype: ElementType, shape: readonly number[], bytes: Uint8Array): Float64Array {
  const expected = countElements(shape) * elementBytes[dtype];
  if (bytes.length !== expected) {
    throw new RangeError(`expected ${expected} bytes for ${dtype} of shape [${shape.join(', ')}], got ${bytes.length}`);
  }
  const copy = new Uint8Array(bytes); // aligned, whatever the offset of `bytes` in its frame
  return values(dtype, littleEndian(copy, elementBytes[dtype]).buffer);
}

function values(dtype: ElementType, buffer: ArrayBuffer): Float64Array {
  switch (dtype) {
    case 'float64':
      return new Float64Array(buffer);
    case 'float32':
      return new Float64Array(new Float32Array(buffer));
    case 'float16':
      return convert(new Uint16Array(buffer), new Float64Array(buffer.byteLength / 2), float16Value);
    case 'bfloat16':
      return convert(new Uint16Array(buffer), new Float64Array(buffer.byteLength / 2), bfloat16Value);
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'int32':
      return new Float64Array(new Int32Array(buffer));
    case 'bool':
      return Float64Array.from(new Uint8Array(buffer), (byte) => (byte === 0 ? 0 : 1));
  }
}

/** Reverses each element in place on a big-endian host. */
function littleEndian(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  if (endianness() === 'LE' || width === 1) return bytes;
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
  return bytes;
}
