import { deflateRawSync, crc32 } from 'node:zlib';
import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { mutatedBytes, mutatedText, survive } from './hostile.fixture.ts';
import { NpyError } from './npy-error.ts';
import { readNpz } from './npy-archive.ts';
import { decodeNpy, encodeNpy } from './npy.ts';
import type { Tensor } from './tensor.ts';

const minutes = 60_000;
const tensors: readonly Tensor[] = [
  { dtype: 'float32', shape: [2, 3], data: Float64Array.of(1, -2, 0.5, NaN, Infinity, -0) },
  { dtype: 'float16', shape: [3], data: Float64Array.of(1, 2, 3) },
  { dtype: 'float64', shape: [0, 4], data: new Float64Array() },
];
const files = tensors.map(encodeNpy);

const words = ["'<f8'", "'|O'", "'>f4'", 'True', '(', ')', '9'.repeat(400), '1,'.repeat(9000), '-1', '0,', "'descr'", "[('a', '<f4')]", 'nan', '\\x00', '1L'];

/** A file of format 1 or 2 with another dictionary, whose length is right. */
function npyOf(header: string, version: number): Buffer {
  const text = Buffer.from(header);
  const prefix = Buffer.alloc(version === 1 ? 10 : 12);
  prefix.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0]);
  if (version === 1) prefix.writeUInt16LE(text.length & 0xffff, 8);
  else prefix.writeUInt32LE(text.length, 8);
  return Buffer.concat([prefix, text, Buffer.alloc(24)]);
}

const headers = ["{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }\n", "{'descr': '<f8', 'fortran_order': True, 'shape': (3,), }\n"];
const npyFiles = fc.oneof(mutatedBytes(files), fc.tuple(mutatedText(headers, words), fc.constantFrom(1, 2)).map(([header, version]) => npyOf(header, version)));

/** What was read is written as the same values. */
function requireSame({ dtype, shape, data }: Tensor): void {
  const again = decodeNpy(encodeNpy({ dtype, shape, data }), dtype === 'bfloat16' ? dtype : undefined);
  if (again.dtype === dtype && again.shape.join() === shape.join() && again.data.every((value, i) => Object.is(value, data[i]))) return;
  throw new Error(`${dtype} [${shape.join()}] became ${again.dtype} [${again.shape.join()}], or its values others`);
}

/** A zip archive of one array (APPNOTE.TXT, 4.3), its sizes and checksum right unless they are given. */
function zipOf(content: Buffer, { deflated, size = content.length }: { readonly deflated: boolean; readonly size?: number }): Buffer {
  const packed = deflated ? deflateRawSync(content) : content;
  const name = Buffer.from('x.npy');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(deflated ? 8 : 0, 10);
  central.writeUInt32LE(crc32(content), 16);
  central.writeUInt32LE(packed.length, 20);
  central.writeUInt32LE(size, 24);
  central.writeUInt16LE(name.length, 28);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(local.length + name.length + packed.length, 16);
  return Buffer.concat([local, name, packed, central, name, end]);
}

const archives = [zipOf(Buffer.from(files[0]!), { deflated: false }), zipOf(Buffer.from(files[1]!), { deflated: true })];
const npzFiles = fc.oneof(mutatedBytes(archives), mutatedBytes(files).map((file) => zipOf(file, { deflated: true })));

describe('files of arrays from a stranger', () => {
  it('property: .npy', async () => {
    const tally = await survive({ name: '.npy', inputs: npyFiles, refusals: [NpyError], read: (file) => requireSame(decodeNpy(file, 'bfloat16')) });
    expect([tally.refused > tally.tried / 20, tally.read > tally.tried / 20]).toEqual([true, true]);
  }, 10 * minutes);

  it('property: .npz', async () => {
    const tally = await survive({ name: '.npz', inputs: npzFiles, refusals: [NpyError], read: (file) => readNpz(file).map(({ unpack }) => requireSame(decodeNpy(unpack()))) });
    expect([tally.refused > tally.tried / 20, tally.read > tally.tried / 20]).toEqual([true, true]);
  }, 10 * minutes);
});
