import { endianness } from 'node:os';
import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { bfloat16Bits } from './bfloat16.ts';
import { countElements, type FloatType, type Tensor } from './tensor.ts';

/** Element types that a tensor from a runner may have. */
export type ElementType = FloatType | 'int64' | 'int32' | 'bool';

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
 * Elements that `dtype` cannot represent are rounded to nearest, ties to even. The bytes are a copy.
 */
export function encodeTensor(tensor: Tensor): Uint8Array {
  const { buffer } = patterns(tensor);
  return littleEndian(new Uint8Array(buffer), elementBytes[tensor.dtype]);
}

function patterns({ dtype, data }: Tensor): { readonly buffer: ArrayBuffer } {
  switch (dtype) {
    case 'float64':
      return new Float64Array(data);
    case 'float32':
      return new Float32Array(data);
    case 'float16':
      return float16Patterns(data);
    case 'bfloat16':
      return Uint16Array.from(data, bfloat16Bits);
  }
}

function float16Patterns(data: Float64Array): Uint16Array<ArrayBuffer> {
  const cell = new DataView(new ArrayBuffer(2));
  return Uint16Array.from(data, (value) => {
    setFloat16(cell, 0, value);
    return cell.getUint16(0);
  });
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
      return lookUp(float16Values(), new Uint16Array(buffer));
    case 'bfloat16':
      return new Float64Array(new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer));
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case 'int32':
      return new Float64Array(new Int32Array(buffer));
    case 'bool':
      return Float64Array.from(new Uint8Array(buffer), (byte) => (byte === 0 ? 0 : 1));
  }
}

function lookUp(table: Float64Array, indices: Uint16Array): Float64Array {
  const found = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) found[i] = table[indices[i]!]!;
  return found;
}

let float16Table: Float64Array | undefined;

/** Value of every float16 pattern; made once, since decoding one by one is several times slower. */
function float16Values(): Float64Array {
  float16Table ??= Float64Array.from({ length: 65536 }, (_, bits) => {
    const cell = new DataView(new ArrayBuffer(2));
    cell.setUint16(0, bits);
    return getFloat16(cell, 0);
  });
  return float16Table;
}

/** Reverses each element in place on a big-endian host. */
function littleEndian(bytes: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> {
  if (endianness() === 'LE' || width === 1) return bytes;
  for (let start = 0; start < bytes.length; start += width) bytes.subarray(start, start + width).reverse();
  return bytes;
}
