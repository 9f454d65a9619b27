import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.ts';
import { roundArray } from './round.ts';
import type { FloatType } from './tensor.ts';

const extents = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

describe('.npy files', () => {
  it('golden: the bytes that numpy.save writes for float32 [[1, 2]]', () => {
    const file = Buffer.from(encodeNpy({ dtype: 'float32', shape: [1, 2], data: Float64Array.of(1, 2) }));
    expect(file.subarray(0, 10).toString('hex')).toBe('934e554d50590100' + '7600');
    expect(file.subarray(10, 128).toString('latin1')).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117) + '\n');
    expect(file.subarray(128).toString('hex')).toBe('0000803f00000040');
  });

  test.prop([fc.constantFrom<FloatType>('float16', 'bfloat16', 'float32', 'float64'), extents, fc.float()])('property: shape and values come back', (dtype, shape, value) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = roundArray(new Float64Array(count).fill(value), dtype);
    expect(decodeNpy(dtype, encodeNpy({ dtype, shape, data }))).toEqual({ shape, data });
  });

  const header = (dictionary: string) => Buffer.concat([Buffer.from('934e554d505901007600', 'hex'), Buffer.from(dictionary.padEnd(117) + '\n'), Buffer.alloc(16)]);

  it('refuses objects, Fortran order, another type, another version, another length', () => {
    expect(() => decodeNpy('float32', header("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }"))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected .npy elements '<f4' for float32, got {'descr': '|O', 'fortran_order': False, 'shape': (2,), }]`);
    expect(() => decodeNpy('float32', header("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }"))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected a .npy file in C order, got {'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }]`);
    expect(() => decodeNpy('float64', header("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }"))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected .npy elements '<f8' for float64, got {'descr': '<f4', 'fortran_order': False, 'shape': (2,), }]`);
    expect(() => decodeNpy('float32', Buffer.from('PK'))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected a .npy file of format 1.0, got other leading bytes]`);
    expect(() => decodeNpy('float32', header("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected 12 bytes for float32 of shape [3], got 16]`);
  });
});
