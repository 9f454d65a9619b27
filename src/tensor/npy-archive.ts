import { crc32, inflateRawSync } from 'node:zlib';
import { NpyError } from './npy-error.ts';

/** An array of a `.npz` archive, not yet unpacked. */
export interface ArchivedArray {
  /** Without `.npy`. */
  readonly name: string;
  /** @throws {NpyError} for an entry that is cut, packed otherwise, or whose checksum is another */
  readonly unpack: () => Uint8Array;
}

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const;
const endBytes = 22;
const longestComment = 0xffff;
/** The largest array that is unpacked, bytes: an archive of a few kilobytes may claim any size. */
const largestArrayBytes = 2 ** 31;
/** A field of 32 bits whose value stands in the extra field of zip64. */
const elsewhere = 0xffffffff;

/** Whether bytes begin as a zip archive does, an empty one too. */
export function isNpz(file: Uint8Array): boolean {
  return file[0] === 0x50 && file[1] === 0x4b && ((file[2] === 3 && file[3] === 4) || (file[2] === 5 && file[3] === 6));
}

/**
 * The arrays of a `.npz` archive: a zip file with one `.npy` file per name, stored or deflated.
 *
 * @throws {NpyError} for what is no zip archive, has several parts, or is encrypted
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function readNpz(file: Uint8Array): readonly ArchivedArray[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const end = findEnd(bytes);
  const [count, start] = [bytes.readUInt16LE(end + 10), bytes.readUInt32LE(end + 16)];
  if (count === 0xffff || start === elsewhere) throw new NpyError('an archive of more than 65,534 arrays or 4 GiB', 'save fewer arrays: x, dy and the state are enough');
  const arrays: ArchivedArray[] = [];
  for (let at = start, i = 0; i < count; i++) {
    const entry = readEntry(bytes, at);
    arrays.push({ name: entry.name.replace(/\.npy$/, ''), unpack: () => unpack(bytes, entry) });
    at = entry.next;
  }
  return arrays;
}

function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - endBytes; at >= Math.max(0, bytes.length - endBytes - longestComment); at--) {
    if (bytes.readUInt32LE(at) === signatures.end) return at;
  }
  throw cut();
}

/** One entry of the central directory. */
interface Entry {
  readonly name: string;
  readonly method: number;
  readonly checksum: number;
  readonly packed: number;
  readonly size: number;
  /** Of the local header. */
  readonly offset: number;
  /** Where the next entry begins. */
  readonly next: number;
}

function readEntry(bytes: Buffer, at: number): Entry {
  if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== signatures.central) throw cut();
  const [nameBytes, extraBytes, commentBytes] = [bytes.readUInt16LE(at + 28), bytes.readUInt16LE(at + 30), bytes.readUInt16LE(at + 32)];
  const name = bytes.toString('utf8', at + 46, at + 46 + nameBytes);
  if ((bytes.readUInt16LE(at + 8) & 1) !== 0) throw new NpyError(`array '${name}' is encrypted`, 'save it with numpy.savez');
  const extra = bytes.subarray(at + 46 + nameBytes, at + 46 + nameBytes + extraBytes);
  const [size = 0, packed = 0, offset = 0] = withLongFields(extra, [bytes.readUInt32LE(at + 24), bytes.readUInt32LE(at + 20), bytes.readUInt32LE(at + 42)]);
  return { name, method: bytes.readUInt16LE(at + 10), checksum: bytes.readUInt32LE(at + 16), packed, size, offset, next: at + 46 + nameBytes + extraBytes + commentBytes };
}

/** Sizes and offset, where they stand in the extra field 1 as 64 bits: in this order, only those that are `elsewhere`. */
function withLongFields(extra: Buffer, fields: readonly number[]): readonly number[] {
  let at = 0;
  while (at + 4 <= extra.length && extra.readUInt16LE(at) !== 1) at += 4 + extra.readUInt16LE(at + 2);
  let next = at + 4;
  return fields.map((field) => {
    if (field !== elsewhere) return field;
    if (next + 8 > extra.length) throw cut();
    next += 8;
    return Number(extra.readBigUInt64LE(next - 8));
  });
}

function unpack(bytes: Buffer, { name, method, checksum, packed, size, offset }: Entry): Uint8Array {
  if (size > largestArrayBytes) throw new NpyError(`array '${name}' has ${String(size)} bytes, expected at most ${String(largestArrayBytes)}`, 'save a part of the batch');
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== signatures.local) throw cut();
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  if (start + packed > bytes.length) throw cut();
  const content = inflate(name, method, bytes.subarray(start, start + packed), size);
  if (content.length !== size || crc32(content) !== checksum) throw new NpyError(`array '${name}' is damaged: its checksum is another than the archive says`, 'save the archive again');
  return content;
}

function inflate(name: string, method: number, content: Buffer, size: number): Uint8Array {
  if (method === 0) return content;
  if (method !== 8) throw new NpyError(`array '${name}' is packed by method ${String(method)}, expected 0 (stored) or 8 (deflated)`, 'save it with numpy.savez or numpy.savez_compressed');
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch (error) {
    throw new NpyError(`array '${name}' is damaged: ${(error as Error).message}`, 'save the archive again');
  }
}

function cut(): NpyError {
  return new NpyError('the archive is cut or damaged', 'save it again with numpy.savez');
}
