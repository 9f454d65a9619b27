import { crc32 } from 'node:zlib';

/** One frame of the runner protocol. */
export interface Frame {
  /** Parsed JSON of the header, not validated. */
  readonly rawHeader: unknown;
  readonly payload: Buffer;
}

/** How the bytes of a stream break the protocol. */
export type FrameFault = 'checksum' | 'oversize' | 'json' | 'truncated';

/** Nothing after this byte of the stream can be trusted. */
export class FrameError extends Error {
  readonly fault: FrameFault;

  constructor(fault: FrameFault, message: string) {
    super(message);
    this.name = 'FrameError';
    this.fault = fault;
  }
}

const prefixBytes = 12;
const maxHeaderBytes = 64 * 2 ** 20;
const maxPayloadBytes = 2 * 2 ** 30;

/**
 * One frame as bytes: `u32 header length, u32 payload length, u32 CRC-32 of both` (little-endian), header, payload. The checksum
 * runs over the header, then over the payload.
 *
 * @param header   JSON text
 * @param payload  parts of the payload, in order
 * @throws {FrameError} oversize, when header or payload exceed their limit
 */
export function encodeFrame(header: string, payload: readonly Uint8Array[] = []): Buffer {
  const headerBytes = Buffer.byteLength(header);
  const payloadBytes = payload.reduce((sum, part) => sum + part.length, 0);
  requireAtMost('header', headerBytes, maxHeaderBytes);
  requireAtMost('payload', payloadBytes, maxPayloadBytes);
  const frame = Buffer.allocUnsafe(prefixBytes + headerBytes + payloadBytes);
  let end = prefixBytes + frame.write(header, prefixBytes);
  for (const part of payload) {
    frame.set(part, end);
    end += part.length;
  }
  frame.writeUInt32LE(headerBytes, 0);
  frame.writeUInt32LE(payloadBytes, 4);
  frame.writeUInt32LE(crc32(frame.subarray(prefixBytes)), 8); // header and payload lie side by side
  return frame;
}

/** Cuts a byte stream into frames, however it is chunked. Payloads share memory with the chunks they came in. */
export class FrameDecoder {
  #chunks: Buffer[] = [];
  #buffered = 0;
  #needed = prefixBytes;

  /**
   * Takes the next bytes and hands each frame that is now complete to `onFrame`, in order.
   *
   * @throws {FrameError} checksum, oversize or json; the decoder is of no use afterwards
   */
  push(chunk: Buffer, onFrame: (frame: Frame) => void): void {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    while (this.#buffered >= this.#needed) {
      const head = this.#peek(this.#needed);
      const length = frameLength(head);
      if (this.#buffered < length) {
        this.#needed = length; // nothing is joined again before the frame is whole
        return;
      }
      this.#needed = prefixBytes;
      onFrame(openFrame(this.#take(length)));
    }
  }

  /** @throws {FrameError} truncated, when the stream ended inside a frame */
  end(): void {
    if (this.#buffered === 0) return;
    throw new FrameError('truncated', `the stream ends ${this.#buffered} bytes into a frame`);
  }

  /** The first bytes as one buffer; they stay where they are. */
  #peek(length: number): Buffer {
    if (this.#chunks[0]!.length < length) this.#chunks = [Buffer.concat(this.#chunks, this.#buffered)];
    return this.#chunks[0]!;
  }

  #take(length: number): Buffer {
    const first = this.#peek(length);
    if (first.length === length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(length);
    this.#buffered -= length;
    return first.subarray(0, length);
  }
}

function frameLength(head: Buffer): number {
  const headerBytes = head.readUInt32LE(0);
  const payloadBytes = head.readUInt32LE(4);
  requireAtMost('header', headerBytes, maxHeaderBytes);
  requireAtMost('payload', payloadBytes, maxPayloadBytes);
  return prefixBytes + headerBytes + payloadBytes;
}

function requireAtMost(part: string, bytes: number, limit: number): void {
  if (bytes > limit) throw new FrameError('oversize', `a ${part} of ${bytes} bytes, the limit is ${limit}`);
}

function openFrame(frame: Buffer): Frame {
  const expected = frame.readUInt32LE(8);
  const actual = crc32(frame.subarray(prefixBytes));
  if (actual !== expected) throw new FrameError('checksum', `CRC-32 of header and payload is ${hex(actual)}, the frame says ${hex(expected)}`);
  const payloadStart = prefixBytes + frame.readUInt32LE(0);
  return { rawHeader: parseHeader(frame, payloadStart), payload: frame.subarray(payloadStart) };
}

function parseHeader(frame: Buffer, end: number): unknown {
  try {
    return JSON.parse(frame.toString('utf8', prefixBytes, end));
  } catch (error) {
    throw new FrameError('json', `a header that is no JSON: ${(error as Error).message}`);
  }
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
