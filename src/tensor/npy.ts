import { decodeTensor, elementBytes, type ElementType, encodeTensor } from './bytes.ts';
import { NpyError } from './npy-error.ts';
import { countElements, type FloatType, type Tensor } from './tensor.ts';

/** numpy's type descriptions. numpy has no bfloat16: its 16-bit patterns travel as unsigned integers. */
export const npyDescriptions: Readonly<Record<ElementType, string>> = { float16: '<f2', bfloat16: '<u2', float32: '<f4', float64: '<f8', int64: '<i8', int32: '<i4', bool: '|b1' };

/** Descriptions that are read as 16-bit patterns of bfloat16: unsigned integers, and what numpy writes of a type that it does not know. */
const patterns: readonly string[] = ['<u2', '<V2', '|V2'];

/** Types that numpy has a name for. */
const named = ['float16', 'float32', 'float64'] as const;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const prefixBytes = magic.length + 4;

/** numpy itself reads no longer headers, and no more axes. */
const longestHeaderBytes = 10_000;
const mostAxes = 64;

/**
 * A tensor as the bytes of a `.npy` file: format 1.0, little-endian, C order, data at a multiple of 64 bytes.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpy(tensor: Tensor): Uint8Array {
  return Buffer.concat([encodeNpyHeader(tensor), encodeTensor(tensor)]);
}

/** What stands before the data in such a file. */
export function encodeNpyHeader({ dtype, shape }: { readonly dtype: ElementType; readonly shape: readonly number[] }): Uint8Array {
  const dictionary = `{'descr': '${npyDescriptions[dtype]}', 'fortran_order': False, 'shape': ${tuple(shape)}, }`;
  const dataStart = 64 * Math.ceil((prefixBytes + dictionary.length + 1) / 64);
  const text = `${dictionary.padEnd(dataStart - prefixBytes - 1)}\n`;
  const header = Buffer.alloc(dataStart);
  header.set([...magic, 1, 0]);
  header.writeUInt16LE(text.length, magic.length + 2);
  header.write(text, prefixBytes, 'latin1');
  return header;
}

function tuple(shape: readonly number[]): string {
  return shape.length === 1 ? `(${String(shape[0])},)` : `(${shape.join(', ')})`;
}

/** What the header of a `.npy` file says. */
export interface NpyHeader {
  /** numpy's description of an element. */
  readonly description: string;
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  /** Byte at which the data begins. */
  readonly dataStart: number;
}

/** Whether bytes begin as a `.npy` file does. */
function isNpy(file: Uint8Array): boolean {
  return magic.every((byte, i) => file[i] === byte);
}

/**
 * The array in a `.npy` file of format 1, 2 or 3, in C order whatever its own order.
 *
 * @param patternsOf  what 16-bit patterns are, which numpy has no name for; absent: they are refused
 * @throws {NpyError} for other leading bytes or another format, a header that is none, elements of another type (objects, whole
 *   numbers, big-endian, 16-bit patterns of unknown meaning), or a length that does not fit the shape
 */
export function decodeNpy(file: Uint8Array, patternsOf?: 'bfloat16'): Tensor {
  const { description, shape, dataStart, isFortran } = readNpyHeader(file);
  const dtype = typeOf(description, patternsOf);
  const expected = countElements(shape) * elementBytes[dtype];
  if (file.length - dataStart !== expected) throw new NpyError(`${String(file.length - dataStart)} bytes of data, expected ${String(expected)} for ${dtype} of shape [${shape.join(', ')}]`, 'the file was cut, or is still being written: save it again');
  const data = decodeTensor(dtype, shape, file.subarray(dataStart));
  return { dtype, shape, data: isFortran ? fromFortran(data, shape) : data };
}

/** @throws {NpyError} for other leading bytes or another format, or a header that is none */
export function readNpyHeader(file: Uint8Array): NpyHeader {
  if (!isNpy(file)) throw new NpyError('it does not begin as a .npy file does', 'save it with numpy.save or numpy.savez');
  const [major = 0] = file.subarray(magic.length);
  if (major < 1 || major > 3) throw new NpyError(`.npy format ${String(major)}, expected 1, 2 or 3`, 'save it again with numpy.save');
  const lengthBytes = major === 1 ? 2 : 4;
  const start = magic.length + 2 + lengthBytes;
  if (file.length < start) throw new NpyError(`it ends after ${String(file.length)} bytes, inside its header`, 'the file was cut: save it again');
  const view = new DataView(file.buffer, file.byteOffset + magic.length + 2, lengthBytes);
  const dataStart = start + (major === 1 ? view.getUint16(0, true) : view.getUint32(0, true));
  if (dataStart - start > longestHeaderBytes) throw new NpyError(`a header of ${String(dataStart - start)} bytes, expected at most ${String(longestHeaderBytes)}`, 'save it with numpy.save');
  const text = Buffer.from(file.subarray(start, dataStart)).toString('utf8').trim();
  return { ...parseHeader(text), dataStart };
}

function parseHeader(text: string): Omit<NpyHeader, 'dataStart'> {
  const description = /'descr':\s*(?:'([^']*)'|(\[.*\]))/.exec(text);
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const extents = /'shape':\s*\(([\dL,\s]*)\)/.exec(text)?.[1];
  if (description === null || order === undefined || extents === undefined) throw new NpyError(`a header without descr, fortran_order and shape: ${text.slice(0, 200)}`, 'save it with numpy.save');
  const shape = extents.split(',').map((extent) => extent.trim()).filter((extent) => extent !== '').map((extent) => parseInt(extent, 10));
  if (shape.length > mostAxes) throw new NpyError(`${String(shape.length)} axes, expected at most ${String(mostAxes)}`, 'save x as the layer saw it: [N, C, …spatial]');
  return { description: description[1] ?? description[2] ?? '', isFortran: order === 'True', shape };
}

function typeOf(description: string, patternsOf: 'bfloat16' | undefined): FloatType {
  if (patterns.includes(description)) {
    if (patternsOf !== undefined) return patternsOf;
    throw new NpyError(`elements '${description}', 16-bit patterns of a type that the file does not name`, 'say --dtype bfloat16 where they are bfloat16');
  }
  const found = named.find((dtype) => npyDescriptions[dtype] === description);
  if (found === undefined) throw new NpyError(`elements '${description}', expected ${named.map((dtype) => `'${npyDescriptions[dtype]}'`).join(', ')}`, unreadable(description));
  return found;
}

function unreadable(description: string): string {
  if (description.includes('O')) return 'an array of Python objects is a pickle, which may run code: save plain numbers, x.astype(\'float32\')';
  if (description.startsWith('>')) return 'save it little-endian: x.astype(x.dtype.newbyteorder(\'<\'))';
  return 'save it in the type in which the layer saw it, such as x.astype(\'float32\')';
}

/** The first axis runs fastest in Fortran order, the last one in C order. */
function fromFortran(data: Float64Array, shape: readonly number[]): Float64Array {
  const strides = shape.map((_, axis) => countElements(shape.slice(0, axis)));
  const index = shape.map(() => 0);
  let from = 0;
  return data.map(() => {
    const value = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]! += 1;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= index[axis]! * strides[axis]!;
      index[axis] = 0;
    }
    return value;
  });
}
