import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeTensor, elementBytes, type ElementType, encodeTensor } from './bytes.ts';
import { roundArray } from './round.ts';
import type { FloatType } from './tensor.ts';

const dtypes = ['float16', 'bfloat16', 'float32', 'float64'] as const;

function encode(dtype: FloatType, ...values: number[]): string {
  return Buffer.from(encodeTensor({ dtype, shape: [values.length], data: Float64Array.of(...values) })).toString('hex');
}

describe('tensor bytes', () => {
  it('golden: 1, −2 and infinity in little-endian order', () => {
    expect(encode('float16', 1, -2, Infinity)).toBe('003c' + '00c0' + '007c');
    expect(encode('bfloat16', 1, -2, Infinity)).toBe('803f' + '00c0' + '807f');
    expect(encode('float32', 1, -2, Infinity)).toBe('0000803f' + '000000c0' + '0000807f');
    expect(encode('float64', 1, -2)).toBe('000000000000f03f' + '00000000000000c0');
  });

  it('golden: integer types, of which only a wire tensor can be', () => {
    const wire = (dtype: ElementType, ...values: number[]) => Buffer.from(encodeTensor({ dtype, shape: [values.length], data: Float64Array.of(...values) })).toString('hex');
    expect(wire('int32', 1, -2)).toBe('01000000' + 'feffffff');
    expect(wire('int64', 1, -2)).toBe('0100000000000000' + 'feffffffffffffff');
    expect(wire('bool', 0, -2, 1)).toBe('00' + '01' + '01');
    expect(() => wire('int64', 0.5)).toThrow(RangeError);
  });

  for (const dtype of dtypes) {
    test.prop([fc.float64Array()])(`property: what is representable comes back, ${dtype}`, (raw) => {
      const data = roundArray(raw, dtype);
      const bytes = encodeTensor({ dtype, shape: [data.length], data });
      expect(bytes.length).toBe(data.length * elementBytes[dtype]);
      expect(decodeTensor(dtype, [data.length], bytes)).toEqual(data);
    });

    test.prop([fc.float64Array()])(`property: encoding rounds as roundArray does, ${dtype}`, (raw) => {
      const tensor = { dtype, shape: [raw.length], data: raw };
      expect(encodeTensor(tensor)).toEqual(encodeTensor({ ...tensor, data: roundArray(raw, dtype) }));
    });
  }

  it.each(['float16', 'bfloat16'] as const)('every %s pattern but NaN comes back', (dtype) => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
    const data = decodeTensor(dtype, [65536], new Uint8Array(patterns.buffer));
    const again = new Uint16Array(encodeTensor({ dtype, shape: [65536], data }).buffer);
    const changed = patterns.filter((pattern, i) => again[i] !== pattern && !Number.isNaN(data[i]!));
    expect(changed).toEqual(new Uint16Array());
  });

  it('reads integers and truth values', () => {
    expect(decodeTensor('int64', [2], new Uint8Array(BigInt64Array.of(-5n, 2n ** 53n).buffer))).toEqual(Float64Array.of(-5, 2 ** 53));
    expect(decodeTensor('int32', [1], new Uint8Array(Int32Array.of(-7).buffer))).toEqual(Float64Array.of(-7));
    expect(decodeTensor('bool', [3], Uint8Array.of(0, 1, 255))).toEqual(Float64Array.of(0, 1, 1));
  });

  it('reads from any offset of a frame, and shares no memory', () => {
    const frame = new Uint8Array(9);
    frame.set(encodeTensor({ dtype: 'float64', shape: [1], data: Float64Array.of(3) }), 1);
    const decoded = decodeTensor('float64', [], frame.subarray(1));
    frame.fill(0);
    expect(decoded).toEqual(Float64Array.of(3));
  });

  it('refuses a length that does not fit the shape', () => {
    expect(() => decodeTensor('float32', [2, 3], new Uint8Array(20))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected 24 bytes for float32 of shape [2, 3], got 20]`);
  });
});
