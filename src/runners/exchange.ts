import { closeSync, constants, fstatSync, ftruncateSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { decodeTensor, elementBytes, type ElementType, encodeTensor, type WireTensor } from '../tensor/bytes.ts';
import { float32Beside } from '../tensor/narrow.ts';
import { encodeNpyHeader, npyDescriptions, type NpyHeader, readNpyHeader } from '../tensor/npy.ts';
import { NpyError } from '../tensor/npy-error.ts';
import { countElements, type Numbers } from '../tensor/tensor.ts';
import { makeFolder, removeFolder } from './exchange-folder.ts';
import { memoryFor } from './read-memory.ts';
import { MessageError } from './validate-message.ts';

/** Smaller tensors are quicker in a frame. */
export const smallestFileBytes = 2 ** 18;

/** As much as a payload may hold. */
const mostFileBytes = 2 * 2 ** 30;
const mostHeaderBytes = 16_384;
const mostSpare = 4;
/** A link is not followed, and a pipe without a writer does not make us wait. */
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * A private folder in which the large tensors of one conversation lie as `.npy` files, in memory where the system has a file system
 * there. A pipe would cut them into pieces of 64 KiB, and their checksum alone takes a runner longer than a framework's call.
 */
export class Exchange {
  readonly folder: string;
  /** Files that were read: to write where memory is at hand takes a third of the time. */
  readonly #spare: string[] = [];
  /** Inputs that the runner may still read, by seq of their question. */
  readonly #lent = new Map<number, string[]>();
  #scratch = new Float32Array(0);
  #written = 0;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** A new folder; undefined where none can be made, so that all travels in frames. */
  static open(): Exchange | undefined {
    const folder = makeFolder();
    return folder === undefined ? undefined : new Exchange(folder);
  }

  /** Absolute path of a file with the tensor; undefined where there is no room for it. */
  put(seq: number, tensor: WireTensor): string | undefined {
    const spare = this.#spare.pop();
    const path = spare ?? join(this.folder, `input-${String(this.#written++)}.npy`);
    try {
      writeParts(path, spare === undefined ? 'wx' : 'r+', [encodeNpyHeader(tensor), this.#bytesOf(tensor)]);
      this.#lent.set(seq, [...(this.#lent.get(seq) ?? []), path]);
      return path;
    } catch {
      rmSync(path, { force: true });
      return undefined;
    }
  }

  /** Removes the inputs of a question that was answered; what the runner still maps of them stays its own. */
  release(seq: number): void {
    for (const path of this.#lent.get(seq) ?? []) rmSync(path, { force: true });
    this.#lent.delete(seq);
  }

  /**
   * Values of a tensor that a runner put into the folder. The file is ours afterwards: it takes a later input, or goes. The memory of the
   * values may be given back (read-memory).
   *
   * @throws {MessageError} for a path outside the folder, no regular file, or a `.npy` file of another type, order, shape or length
   */
  take(path: string, dtype: ElementType, shape: readonly number[]): Numbers {
    if (dirname(path) !== this.folder || basename(path) === '..') throw new MessageError(`the file ${path}, which does not lie in the folder that was offered`);
    if ([...this.#lent.values()].flat().includes(path)) throw new MessageError(`the file ${path}, which is an input`);
    const bytes = readWhole(path, countElements(shape) * elementBytes[dtype]);
    const header = headerOf(path, bytes, dtype, shape);
    this.#keepOrRemove(path);
    return valuesOf(bytes, header, dtype, shape);
  }

  /** Removes the folder and what is in it. */
  close(): void {
    removeFolder(this.folder);
  }

  #keepOrRemove(path: string): void {
    if (this.#spare.includes(path)) return; // named twice
    if (this.#spare.length < mostSpare) this.#spare.push(path);
    else rmSync(path, { force: true });
  }

  #bytesOf(tensor: WireTensor): Uint8Array {
    if (tensor.dtype !== 'float32' || endianness() !== 'LE') return encodeTensor(tensor);
    const ready = float32Beside(tensor.data);
    if (ready !== undefined) return new Uint8Array(ready.buffer);
    if (this.#scratch.length < tensor.data.length) this.#scratch = new Float32Array(tensor.data.length);
    this.#scratch.set(tensor.data);
    return new Uint8Array(this.#scratch.buffer, 0, 4 * tensor.data.length);
  }
}

function writeParts(path: string, flags: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, flags, 0o600);
  try {
    let end = 0;
    for (const part of parts) {
      for (let done = 0; done < part.length; ) done += writeSync(file, part, done, part.length - done, end + done);
      end += part.length;
    }
    ftruncateSync(file, end); // a spare one may have been longer
  } finally {
    closeSync(file);
  }
}

function readWhole(path: string, dataBytes: number): Uint8Array {
  const file = openToRead(path);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new MessageError(`the file ${path}, which is no regular file`);
    if (stat.size > Math.min(dataBytes, mostFileBytes) + mostHeaderBytes) throw new MessageError(`the file ${path} of ${String(stat.size)} bytes, for ${String(dataBytes)} bytes of data`);
    const bytes = new Uint8Array(memoryFor(stat.size), 0, stat.size);
    let end = 0;
    for (let read = -1; end < bytes.length && read !== 0; end += read) read = readSync(file, bytes, end, bytes.length - end, end);
    return bytes.subarray(0, end);
  } finally {
    closeSync(file);
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, readOnly);
  } catch (error) {
    throw new MessageError(`the file ${path}, which cannot be opened: ${(error as Error).message}`);
  }
}

function headerOf(path: string, bytes: Uint8Array, dtype: ElementType, shape: readonly number[]): NpyHeader {
  const header = parseHeader(path, bytes);
  const said = `${header.description} [${header.shape.join(', ')}]${header.isFortran ? ' in Fortran order' : ''}, ${String(bytes.length - header.dataStart)} bytes`;
  const expected = `${npyDescriptions[dtype]} [${shape.join(', ')}], ${String(countElements(shape) * elementBytes[dtype])} bytes`;
  if (said !== expected) throw new MessageError(`the file ${path} with ${said}, the header says ${expected}`);
  return header;
}

function parseHeader(path: string, bytes: Uint8Array): NpyHeader {
  try {
    return readNpyHeader(bytes);
  } catch (error) {
    if (error instanceof NpyError) throw new MessageError(`the file ${path}: ${error.message}`);
    throw error;
  }
}

function valuesOf(bytes: Uint8Array, { dataStart }: NpyHeader, dtype: ElementType, shape: readonly number[]): Numbers {
  const inPlace = dtype === 'float32' && dataStart % 4 === 0 && endianness() === 'LE'; // what nearly all large tensors are
  return inPlace ? new Float32Array(bytes.buffer, bytes.byteOffset + dataStart, countElements(shape)) : decodeTensor(dtype, shape, bytes.subarray(dataStart));
}
