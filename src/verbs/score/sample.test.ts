import { describe, expect, it } from 'vitest';
import { Sample } from './sample.ts';

function sampled(length: number, most: number): readonly number[] {
  const sample = new Sample<number>(most);
  for (let item = 0; item < length; item++) sample.add(item);
  return sample.items;
}

describe('Sample', () => {
  it('keeps a short stream whole', () => {
    expect(sampled(4, 4)).toEqual([0, 1, 2, 3]);
  });

  it('keeps every second, then every fourth item of longer ones', () => {
    expect(sampled(8, 4)).toEqual([0, 2, 4, 6]);
    expect(sampled(16, 4)).toEqual([0, 4, 8, 12]);
  });

  it.each([1, 5, 48, 1000])('never holds more than asked of %d items, and always some', (length) => {
    const { length: held } = sampled(length, 7);
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThanOrEqual(7);
  });
});
