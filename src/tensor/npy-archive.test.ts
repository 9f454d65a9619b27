import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isNpz, readNpz } from './npy-archive.ts';

interface Packed {
  readonly name: string;
  readonly content: Buffer;
  readonly deflated?: boolean;
  readonly method?: number;
  readonly checksum?: number;
  readonly flags?: number;
  /** Sizes stand in the extra field of zip64, as numpy writes local headers and large archives have them. */
  readonly long?: boolean;
}

/** A zip archive, byte by byte (APPNOTE.TXT, 4.3). */
function zip(entries: readonly Packed[], comment = ''): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const { name, content, deflated = false, method = deflated ? 8 : 0, checksum = crc32(content), flags = 0, long = false } of entries) {
    const packed = deflated ? deflateRawSync(content) : content;
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    locals.push(local, Buffer.from(name), packed);
    const extra = Buffer.alloc(long ? 24 : 0);
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(flags, 8);
    head.writeUInt16LE(method, 10);
    head.writeUInt32LE(checksum, 16);
    head.writeUInt32LE(long ? 0xffffffff : packed.length, 20);
    head.writeUInt32LE(long ? 0xffffffff : content.length, 24);
    head.writeUInt16LE(name.length, 28);
    head.writeUInt16LE(extra.length, 30);
    head.writeUInt32LE(offset, 42);
    if (long) {
      extra.writeUInt16LE(0x5555, 0); // a field of someone else comes first
      extra.writeUInt16LE(1, 4);
      extra.writeUInt16LE(16, 6);
      extra.writeBigUInt64LE(BigInt(content.length), 8);
      extra.writeBigUInt64LE(BigInt(packed.length), 16);
    }
    central.push(head, Buffer.from(name), extra);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(offset, 16);
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...locals, ...central, end, Buffer.from(comment)]);
}

const text = (file: Buffer) => readNpz(file).map(({ name, unpack }) => [name, Buffer.from(unpack()).toString()]);
const content = Buffer.from('the bytes of an array '.repeat(20));

describe('.npz archives', () => {
  it('stored, deflated and long entries, and a comment behind them', () => {
    const file = zip([{ name: 'x.npy', content }, { name: 'dy.npy', content: Buffer.from('dy'), deflated: true }, { name: 'gamma', content, long: true, deflated: true }], 'from numpy');
    expect(isNpz(file)).toBe(true);
    expect(text(file)).toEqual([['x', content.toString()], ['dy', 'dy'], ['gamma', content.toString()]]);
  });

  it('an empty archive has no array; something else is none', () => {
    expect([text(zip([])), isNpz(zip([])), isNpz(Buffer.from('PKZIP')), isNpz(Buffer.from(''))]).toEqual([[], true, false, false]);
  });

  it.each<[what: string, file: Buffer, message: string]>([
    ['a checksum of other bytes', zip([{ name: 'x.npy', content, checksum: 1 }]), "array 'x.npy' is damaged: its checksum is another"],
    ['another packing', zip([{ name: 'x.npy', content, method: 12 }]), "array 'x.npy' is packed by method 12"],
    ['bytes that do not inflate', zip([{ name: 'x.npy', content, method: 8 }]), "array 'x.npy' is damaged"],
    ['a secret', zip([{ name: 'x.npy', content, flags: 1 }]), "array 'x.npy' is encrypted"],
    ['a cut archive', zip([{ name: 'x.npy', content }]).subarray(0, 100), 'the archive is cut or damaged'],
    ['a start that is missing', zip([{ name: 'x.npy', content }]).subarray(40), 'the archive is cut or damaged'],
  ])('refuses %s', (_, file, message) => {
    expect(() => text(file)).toThrow(message);
  });
});
