import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { allowedCells, type BlockAxis } from './allowed.ts';
import { coverTuples } from './cover.ts';

const axesOf = (...sizes: readonly number[]): readonly BlockAxis[] => sizes.map((size, a) => ({ axis: `a${a}`, values: Array.from({ length: size }, (_, v) => `${a}.${v}`) }));

type Condition = Readonly<Record<string, [string, ...string[]]>>;

/** Every cell of a product, listed. */
function cells(axes: readonly BlockAxis[]): readonly Int32Array[] {
  return axes.reduce<readonly (readonly number[])[]>((rows, { values }) => rows.flatMap((row) => values.map((_, v) => [...row, v])), [[]]).map((row) => Int32Array.from(row));
}

function isAllowed(axes: readonly BlockAxis[], exclude: readonly Condition[], row: Int32Array): boolean {
  return !exclude.some((condition) => axes.every(({ axis, values }, a) => condition[axis]?.includes(values[row[a]!]!) ?? true));
}

const tuples = (rows: readonly Int32Array[], strength: number, axes: number): ReadonlySet<string> => {
  const subsets = Array.from({ length: 2 ** axes }, (_, bits) => Array.from({ length: axes }, (__, a) => a).filter((a) => (bits >> a) % 2 === 1)).filter(({ length }) => length === strength);
  return new Set(rows.flatMap((row) => subsets.map((members) => members.map((a) => `${a}=${row[a]!}`).join(' '))));
};

const blocks = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }).chain((sizes) => {
  const axes = axesOf(...sizes);
  const condition = fc.subarray(axes.map((_, a) => a), { minLength: 1, maxLength: Math.min(3, axes.length) }).chain((members) => fc.tuple(...members.map((a) => fc.subarray([...axes[a]!.values], { minLength: 1 }))).map((values): Condition => Object.fromEntries(members.map((a, i) => [`a${a}`, values[i] as [string, ...string[]]]))));
  return fc.record({ axes: fc.constant(axes), exclude: fc.array(condition, { maxLength: 5 }), strength: fc.integer({ min: 1, max: 3 }) });
});

describe('a covering array', () => {
  test.prop([blocks])('property: holds every combination that some allowed cell holds, no cell that is not allowed, and counts the others', ({ axes, exclude, strength }) => {
    const t = Math.min(strength, axes.length);
    const { rows, impossible } = coverTuples(axes, exclude, strength, ['property']);
    const possible = tuples(cells(axes).filter((row) => isAllowed(axes, exclude, row)), t, axes.length);
    expect(rows.filter((row) => !isAllowed(axes, exclude, row))).toEqual([]);
    expect([...tuples(rows, t, axes.length)].sort()).toEqual([...possible].sort());
    expect(impossible).toBe(tuples(cells(axes), t, axes.length).size - possible.size);
  });

  it('control: of a row less, some combination is missing', () => {
    const axes = axesOf(3, 3, 2, 2);
    const { rows } = coverTuples(axes, [], 2, ['control']);
    expect(tuples(rows, 2, 4).size).toBe(tuples(cells(axes), 2, 4).size);
    expect(tuples(rows.slice(1), 2, 4).size).toBeLessThan(tuples(cells(axes), 2, 4).size);
  });

  it('the same arguments give the same rows, another seed others', () => {
    const rows = (seed: string) => coverTuples(axesOf(4, 3, 3), [], 2, [seed]).rows.map(String);
    expect(rows('one')).toEqual(rows('one'));
    expect(rows('one')).not.toEqual(rows('two'));
  });

  it('is small and quick for eleven axes: at most 1.25 times the combinations of the three longest', () => {
    const started = performance.now();
    const { rows } = coverTuples(axesOf(16, 12, 12, 10, 8, 6, 6, 5, 4, 3, 3), [{ a0: ['0.1', '0.2'], a3: ['3.4'] }, { a1: ['1.3'], a2: ['2.5', '2.6'] }], 3, ['speed']);
    expect(rows.length).toBeGreaterThanOrEqual(16 * 12 * 12 - 16 * 2 * 12);
    expect(rows.length).toBeLessThan(1.25 * 16 * 12 * 12);
    expect(performance.now() - started).toBeLessThan(15_000); // 0.5 s alone; other work shares the machine
  });
});

describe('the allowed cells of a product', () => {
  test.prop([blocks])('property: their count, and whether a cell extends to one, are those of the list of all cells', ({ axes, exclude }) => {
    const all = cells(axes).filter((row) => isAllowed(axes, exclude, row));
    const allowed = allowedCells(axes, exclude);
    expect(allowed.count).toBe(all.length);
    const partial = Int32Array.from(axes, (_, a) => (a % 2 === 0 ? 0 : -1));
    expect(allowed.extends(partial)).toBe(all.some((row) => partial.every((v, a) => v < 0 || v === row[a])));
  });

  it('a value that only two exclusions together leave no cell is found by search', () => {
    const exclude: readonly Condition[] = [{ a0: ['0.0'], a1: ['1.0'] }, { a0: ['0.0'], a1: ['1.1'] }];
    const { extends: extendsTo, count } = allowedCells(axesOf(2, 2, 2), exclude);
    expect([extendsTo(Int32Array.of(0, -1, -1)), extendsTo(Int32Array.of(1, -1, -1)), count]).toEqual([false, true, 4]);
  });

  it('more exclusions than an integer has bits are refused', () => {
    expect(() => allowedCells(axesOf(2), Array.from({ length: 32 }, (): Condition => ({ a0: ['0.0'] })))).toThrow('a block has 32 exclusions, expected at most 31');
  });
});
