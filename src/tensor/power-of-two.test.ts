import { describe, expect, it } from 'vitest';
import { powerOfTwo } from './power-of-two.ts';

describe('a power of two', () => {
  it('is that of the language, beyond the range of float64 too', () => {
    for (let exponent = -1100; exponent <= 1100; exponent++) expect(powerOfTwo(exponent), String(exponent)).toBe(2 ** exponent);
    expect([powerOfTwo(-1074), powerOfTwo(-1075), powerOfTwo(1023), powerOfTwo(1024), powerOfTwo(0)]).toEqual([5e-324, 0, 8.98846567431158e307, Infinity, 1]);
  });
});
