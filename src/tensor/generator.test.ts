import { describe, expect, it } from 'vitest';
import { integers, type SeedPart } from './generator.ts';

function first(count: number, seed: readonly SeedPart[]): number[] {
  const next = integers(seed);
  return Array.from({ length: count }, () => next());
}

describe('integer generator', () => {
  it('golden: these integers never change, every stored case depends on them', () => {
    expect(first(4, [1, 'input', 'unit', 'float32', 4, 3])).toMatchInlineSnapshot(`
      [
        2901763839,
        3481310984,
        307951841,
        145003909,
      ]
    `);
    expect(first(4, [])).toMatchInlineSnapshot(`
      [
        4066931559,
        655568022,
        3194471005,
        2466862225,
      ]
    `);
  });

  it('tells apart seeds that only join to the same text', () => {
    const seeds = [[1, 23], [12, 3], ['1', 23], ['1,23'], [1, '23'], [23, 1]];
    expect(new Set(seeds.map((seed) => first(3, seed).join())).size).toBe(seeds.length);
  });

  it('every bit is one half of the time and neighbours are independent', () => {
    const values = first(65_536, ['bits']);
    for (let bit = 0; bit < 32; bit++) {
      const ones = values.filter((value) => (value >>> bit) % 2 === 1).length;
      const equalToNext = values.filter((value, i) => ((value ^ (values[i + 1] ?? 0)) >>> bit) % 2 === 0).length;
      expect(Math.abs(ones - 32_768)).toBeLessThan(5 * 128); // 5 standard deviations
      expect(Math.abs(equalToNext - 32_768)).toBeLessThan(5 * 128);
    }
  });

  it('neighbouring seeds give streams without common stretches', () => {
    const seen = new Set<string>();
    for (let seed = 0; seed < 50; seed++) {
      const values = first(200, [seed]);
      for (let i = 0; i + 1 < values.length; i++) seen.add(`${String(values[i])} ${String(values[i + 1])}`);
    }
    expect(seen.size).toBe(50 * 199);
  });
});
