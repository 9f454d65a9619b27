import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { float16Bits, float16Value } from './float16.ts';

const cell = new DataView(new ArrayBuffer(2));

describe('float16 patterns', () => {
  it('every pattern has the value that @petamoriken/float16 gives it', () => {
    const wrong = Array.from({ length: 65536 }, (_, bits) => bits).filter((bits) => {
      cell.setUint16(0, bits);
      return !Object.is(float16Value(bits), getFloat16(cell, 0));
    });
    expect(wrong).toEqual([]);
  });

  test.prop([fc.oneof(fc.double(), fc.double({ min: -70000, max: 70000 }), fc.double({ min: -1e-4, max: 1e-4 }))])(
    'property: every number has the pattern that @petamoriken/float16 gives it', (value) => {
      setFloat16(cell, 0, value);
      expect(float16Bits(value)).toBe(cell.getUint16(0));
    });
});
