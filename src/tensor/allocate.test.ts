import { describe, expect, it } from 'vitest';
import { allocateNumbers, mapNumbers } from './allocate.ts';

describe('arrays of numbers', () => {
  it.each([0, 1, 8, 9, 100, 1024, 1025, 70_000])('%i zeros', (length) => {
    expect(allocateNumbers(length)).toEqual(new Float64Array(length));
  });

  it('never overlap, however many share their memory', () => {
    const lengths = Array.from({ length: 500 }, (_, i) => (i * 37) % 1100);
    const arrays = lengths.map((length, i) => allocateNumbers(length).fill(i + 1));
    for (const [i, array] of arrays.entries()) expect(array.every((value) => value === i + 1)).toBe(true);
    expect(arrays.map(({ length }) => length)).toEqual(lengths);
  });

  it.each([0, 3, 100, 2000])('%i of them, each mapped by its value and its index', (length) => {
    const values = Float64Array.from({ length }, (_, i) => i / 7);
    const mapped = mapNumbers(values, (value, index) => value * index);
    expect(mapped).toEqual(values.map((value, index) => value * index));
    expect(values).toEqual(Float64Array.from({ length }, (_, i) => i / 7));
  });
});
