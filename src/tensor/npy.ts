import { decodeTensor, encodeTensor, type ElementType } from './bytes.ts';
import { countElements, type Tensor } from './tensor.ts';

/** numpy's type descriptions. numpy has no bfloat16: its 16-bit patterns travel as unsigned integers. */
const descriptions: Readonly<Record<ElementType, string>> = {
  float16: '<f2',
  bfloat16: '<u2',
  float32: '<f4',
  float64: '<f8',
  int64: '<i8',
  int32: '<i4',
  bool: '|b1',
};

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const prefixBytes = magic.length + 2;

/**
 * A tensor as the bytes of a `.npy` file: format 1.0, little-endian, C order, data at a multiple of 64 bytes.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  const dictionary = `{'descr': '${descriptions[tensor.dtype]}', 'fortran_order': False, 'shape': ${tuple(tensor.shape)}, }`;
  const dataStart = 64 * Math.ceil((prefixBytes + dictionary.length + 1) / 64);
  const header = `${dictionary.padEnd(dataStart - prefixBytes - 1)}\n`;
  const data = encodeTensor(tensor);
  const file = new Uint8Array(dataStart + data.length);
  file.set(magic);
  new DataView(file.buffer).setUint16(magic.length, header.length, true);
  file.set(Buffer.from(header, 'latin1'), prefixBytes);
  file.set(data, dataStart);
  return file;
}

function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;
}

/**
 * Shape and values of a `.npy` file that holds elements of `dtype`.
 *
 * @throws {RangeError} for another format version, another element type (objects included), Fortran order of a tensor with
 *   two or more axes, or a length that does not fit the shape
 */
export function decodeNpy(dtype: ElementType, file: Uint8Array): { readonly shape: readonly number[]; readonly data: Float64Array } {
  if (magic.some((byte, i) => file[i] !== byte)) throw new RangeError('expected a .npy file of format 1.0, got other leading bytes');
  const dataStart = prefixBytes + (file[magic.length] ?? 0) + 256 * (file[magic.length + 1] ?? 0);
  const header = Buffer.from(file.subarray(prefixBytes, dataStart)).toString('latin1');
  const shape = readShape(header);
  const description = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  if (description !== descriptions[dtype]) throw new RangeError(`expected .npy elements '${descriptions[dtype]}' for ${dtype}, got ${header.trim()}`);
  if (!header.includes("'fortran_order': False") && shape.length > 1) throw new RangeError(`expected a .npy file in C order, got ${header.trim()}`);
  return { shape, data: decodeTensor(dtype, shape, file.subarray(dataStart, dataStart + dataBytes(file, dataStart, shape))) };
}

function dataBytes(file: Uint8Array, dataStart: number, shape: readonly number[]): number {
  return countElements(shape) === 0 ? 0 : file.length - dataStart;
}

function readShape(header: string): readonly number[] {
  const inner = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  if (inner === undefined) throw new RangeError(`expected a shape in the .npy header, got ${header.trim()}`);
  return inner.split(',').map((extent) => extent.trim()).filter((extent) => extent !== '').map(Number);
}
