import type { Condition } from '../spec/generated/suite.ts';
import { UserError } from '../spec/user-error.ts';

/** An axis of a block with the values that it takes there. */
export interface BlockAxis {
  readonly axis: string;
  readonly values: readonly string[];
}

/**
 * The cells of a product that no exclusion matches, without listing them. A cell, or a part of one, is a value index per axis, −1 where
 * none is chosen yet.
 */
export interface AllowedCells {
  /** Whether some allowed cell agrees with the chosen values: found by search, so the answer is exact. */
  readonly extends: (chosen: Int32Array) => boolean;
  /** How many cells are allowed. */
  readonly count: number;
}

/** Exclusions are bits of one integer. */
const mostExclusions = 31;

/**
 * @param exclude  conditions; a cell is excluded when all axes of one of them have one of its values
 * @throws {UserError} SUITE_EXCLUSIONS for more exclusions than 31
 */
export function allowedCells(axes: readonly BlockAxis[], exclude: readonly Condition[]): AllowedCells {
  if (exclude.length > mostExclusions) throw new UserError('SUITE_EXCLUSIONS', `a block has ${String(exclude.length)} exclusions, expected at most ${String(mostExclusions)}`, 'split the block, or join exclusions that differ in the values of one axis');
  const all = 2 ** exclude.length - 1;
  const kept = axes.map(({ axis, values }) => Int32Array.from(values, (value) => keptBy(exclude, axis, value)));
  const searched = axes.map((_, a) => a).filter((a) => kept[a]!.some((mask) => mask !== all));
  const classes = searched.map((a) => countEach(kept[a]!));
  const free = axes.reduce((product, { values }, a) => (searched.includes(a) ? product : product * values.length), 1);
  return { extends: extensionSearch(kept, searched, classes, all), count: free * countFrom(classes, 0, all, new Map()) };
}

/** The exclusions, as bits, that may still match a cell with this value: those that name it, and those that do not name the axis. */
function keptBy(exclude: readonly Condition[], axis: string, value: string): number {
  return exclude.reduce((mask, condition, bit) => ((condition[axis] ?? [value]).includes(value) ? mask | (1 << bit) : mask), 0);
}

/** Values that the same exclusions name are interchangeable: mask → how many values. */
function countEach(masks: Int32Array): readonly (readonly [mask: number, values: number])[] {
  const counts = new Map<number, number>();
  for (const mask of masks) counts.set(mask, (counts.get(mask) ?? 0) + 1);
  return [...counts];
}

type Classes = readonly (readonly (readonly [mask: number, values: number])[])[];

function extensionSearch(kept: readonly Int32Array[], searched: readonly number[], classes: Classes, all: number): (chosen: Int32Array) => boolean {
  const options = new Array<readonly number[]>(searched.length);
  const masks = classes.map((one) => one.map(([mask]) => mask));
  const search = (depth: number, alive: number): boolean => {
    if (alive === 0 || depth === options.length) return alive === 0;
    return options[depth]!.some((mask) => search(depth + 1, alive & mask));
  };
  return (chosen) => {
    let alive = all;
    for (const [i, a] of searched.entries()) {
      const value = chosen[a]!;
      if (value >= 0) alive &= kept[a]![value]!;
      options[i] = value >= 0 ? unconstrained : masks[i]!;
    }
    return search(0, alive);
  };
}

/** A chosen axis offers no further choice. */
const unconstrained = [-1];

function countFrom(classes: Classes, depth: number, alive: number, known: Map<string, number>): number {
  if (depth === classes.length) return alive === 0 ? 1 : 0;
  const key = `${String(depth)} ${String(alive)}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const count = classes[depth]!.reduce((sum, [mask, values]) => sum + values * countFrom(classes, depth + 1, alive & mask, known), 0);
  known.set(key, count);
  return count;
}
