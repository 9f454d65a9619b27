import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.ts';
import { roundArray } from './round.ts';
import type { FloatType } from './tensor.ts';

const extents = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

/** A file of a format with this header dictionary. */
function npy(dictionary: string, data: Uint8Array, major = 1): Buffer {
  const header = Buffer.from(`${dictionary}\n`);
  const length = Buffer.alloc(major === 1 ? 2 : 4);
  if (major === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  return Buffer.concat([Buffer.from('934e554d5059', 'hex'), Buffer.from([major, 0]), length, header, data]);
}

const float32 = (...values: readonly number[]) => new Uint8Array(Float32Array.from(values).buffer);
const dictionary = (description: string, order = 'False', shape = '(2,)') => `{'descr': '${description}', 'fortran_order': ${order}, 'shape': ${shape}, }`;

describe('.npy files', () => {
  it('golden: the bytes that numpy.save writes for float32 [[1, 2]]', () => {
    const file = Buffer.from(encodeNpy({ dtype: 'float32', shape: [1, 2], data: Float64Array.of(1, 2) }));
    expect(file.subarray(0, 10).toString('hex')).toBe('934e554d50590100' + '7600');
    expect(file.subarray(10, 128).toString('latin1')).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }".padEnd(117) + '\n');
    expect(file.subarray(128).toString('hex')).toBe('0000803f00000040');
  });

  test.prop([fc.constantFrom<FloatType>('float16', 'bfloat16', 'float32', 'float64'), extents, fc.float()])('property: type, shape and values come back', (dtype, shape, value) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const data = roundArray(new Float64Array(count).fill(value), dtype);
    expect(decodeNpy(encodeNpy({ dtype, shape, data }), dtype === 'bfloat16' ? dtype : undefined)).toEqual({ dtype, shape, data });
  });

  it.each([1, 2, 3])('format %i', (major) => {
    expect(decodeNpy(npy(dictionary('<f4'), float32(5, 6), major))).toEqual({ dtype: 'float32', shape: [2], data: Float64Array.of(5, 6) });
  });

  it('golden: Fortran order, where the first axis runs fastest, is told from C order', () => {
    const columns = npy(dictionary('<f4', 'True', '(2, 3)'), float32(11, 21, 12, 22, 13, 23));
    expect(decodeNpy(columns).data).toEqual(Float64Array.of(11, 12, 13, 21, 22, 23));
    expect(decodeNpy(npy(dictionary('<f4', 'False', '(2, 3)'), float32(11, 21, 12, 22, 13, 23))).data).toEqual(Float64Array.of(11, 21, 12, 22, 13, 23));
  });

  test.prop([fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 })])('property: in Fortran order element [i, j, …] stands at i + I·(j + J·…)', (shape) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const { data } = decodeNpy(npy(dictionary('<f4', 'True', `(${shape.join(', ')},)`), float32(...Array(count).keys())));
    const expected = Float64Array.from({ length: count }, (_, flat) => {
      const index: number[] = [];
      let rest = flat;
      for (const extent of shape.toReversed()) {
        index.unshift(rest % extent);
        rest = Math.floor(rest / extent);
      }
      return index.reduceRight((sum, at, axis) => at + (shape[axis] ?? 1) * sum, 0);
    });
    expect(data).toEqual(expected);
  });

  it('16-bit patterns are bfloat16 where the caller says so: 0x3fc0 is 1.5', () => {
    for (const description of ['<u2', '|V2', '<V2']) expect(decodeNpy(npy(dictionary(description, 'False', '(1,)'), Buffer.from('c03f', 'hex')), 'bfloat16').data).toEqual(Float64Array.of(1.5));
  });

  const eight = new Uint8Array(8);
  it.each<[what: string, file: Uint8Array, message: string, hint: string]>([
    ['objects', npy(dictionary('|O'), eight), "elements '|O', expected '<f2', '<f4', '<f8'", 'pickle'],
    ['records', npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }", eight), "elements '[('a', '<f4')]'", "x.astype('float32')"],
    ['big-endian numbers', npy(dictionary('>f4'), eight), "elements '>f4'", 'little-endian'],
    ['whole numbers', npy(dictionary('<i4'), eight), "elements '<i4'", "x.astype('float32')"],
    ['patterns of unknown meaning', npy(dictionary('<u2', 'False', '(4,)'), eight), "elements '<u2', 16-bit patterns", '--dtype bfloat16'],
    ['another length', npy(dictionary('<f4', 'False', '(3,)'), eight), '8 bytes of data, expected 12 for float32 of shape [3]', 'save it again'],
    ['another format', npy(dictionary('<f4'), eight, 4), '.npy format 4, expected 1, 2 or 3', 'save it again'],
    ['a header without a shape', npy("{'descr': '<f4'}", eight), "without descr, fortran_order and shape: {'descr': '<f4'}", 'numpy.save'],
    ['another file', Buffer.from('#!/bin/sh'), 'it does not begin as a .npy file does', 'numpy.save'],
    ['a file cut in its prefix', Buffer.from('934e554d505901', 'hex'), 'it ends after 7 bytes', 'cut'],
  ])('refuses %s', (_, file, message, hint) => {
    expect(() => decodeNpy(file)).toThrow(expect.objectContaining({ name: 'NpyError', message: expect.stringContaining(message) as string, hint: expect.stringContaining(hint) as string }));
  });
});
