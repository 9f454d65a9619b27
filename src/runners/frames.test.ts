import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { encodeFrame, type Frame, FrameDecoder, type FrameError } from './frames.ts';

const anyFrame = fc.record({ header: fc.dictionary(fc.string(), fc.oneof(fc.integer(), fc.string())), payload: fc.uint8Array({ maxLength: 64 }) });

function encode({ header, payload }: { header: object; payload: Uint8Array }): Buffer {
  const middle = payload.length >> 1;
  return encodeFrame(JSON.stringify(header), [payload.subarray(0, middle), payload.subarray(middle)]);
}

/** Frames of a stream that arrives cut at the given places, its end included. */
function decode(bytes: Buffer, cuts: readonly number[] = []): Frame[] {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < places.length; i++) decoder.push(bytes.subarray(places[i - 1], places[i]), (frame) => frames.push(frame));
  decoder.end();
  return frames;
}

function faultOf(bytes: Buffer): string {
  try {
    decode(bytes);
    return 'none';
  } catch (error) {
    return (error as FrameError).fault;
  }
}

describe('frames', () => {
  it('property: any frames survive any chunking', () => {
    const property = fc.property(fc.array(anyFrame, { maxLength: 4 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, cuts) => {
      const decoded = decode(Buffer.concat(frames.map(encode)), cuts);
      expect(decoded.map(({ rawHeader, payload }) => ({ header: rawHeader, payload: Uint8Array.from(payload) }))).toEqual(
        frames.map(({ header, payload }) => ({ header: JSON.parse(JSON.stringify(header)) as object, payload })),
      );
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('property: any flipped bit of any frame is detected', () => {
    const property = fc.property(anyFrame, anyFrame, fc.nat(), (first, second, place) => {
      const bytes = Buffer.concat([encode(first), encode(second)]);
      const bit = place % (bytes.length * 8);
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      expect(faultOf(bytes)).not.toBe('none');
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('property: a stream cut anywhere inside a frame is truncated', () => {
    const property = fc.property(anyFrame, fc.nat(), (frame, place) => {
      const bytes = encode(frame);
      expect(faultOf(bytes.subarray(0, 1 + (place % (bytes.length - 1))))).toBe('truncated');
    });
    fc.assert(property);
  });

  it('golden: the bytes of a frame', () => {
    // CRC-32 of the ASCII text 123456789 is cbf43926 (the check value of the algorithm's definition)
    expect(encodeFrame('12345', [Buffer.from('67'), Buffer.from('89')]).toString('hex')).toBe('0500000004000000' + '2639f4cb' + '313233343536373839');
  });

  it.each([
    ['a header over 64 MiB', [64 * 2 ** 20 + 1, 0], 'oversize'],
    ['a payload over 2 GiB', [2, 2 ** 31 + 1], 'oversize'],
    ['printed text instead of a frame', undefined, 'oversize'],
  ])('%s is refused before it is waited for', (_, lengths, fault) => {
    const prefix = Buffer.from('Hello, world');
    lengths?.forEach((length, i) => prefix.writeUInt32LE(length, 4 * i));
    expect(faultOf(prefix)).toBe(fault);
  });

  it('a header that is no JSON is named', () => {
    expect(faultOf(encodeFrame('{"type":'))).toBe('json');
  });

  it('a large payload in small chunks takes linear time', () => {
    const bytes = encodeFrame('{}', [new Uint8Array(32 * 2 ** 20)]);
    const cuts = Array.from({ length: 4096 }, (_, i) => i * 8 * 1024);
    const began = performance.now();
    expect(decode(bytes, cuts)[0]!.payload.length).toBe(32 * 2 ** 20);
    expect(performance.now() - began).toBeLessThan(4000);
  });
});
