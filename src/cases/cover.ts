import type { Condition } from '../spec/generated/suite.ts';
import { integers, type SeedPart } from '../tensor/generator.ts';
import { allowedCells, type AllowedCells, type BlockAxis } from './allowed.ts';

/** Rows that together hold every possible combination of values of any t axes. */
export interface Cover {
  /** A value index per axis. */
  readonly rows: readonly Int32Array[];
  /** Combinations of t values that no allowed row holds. */
  readonly impossible: number;
}

/** Rows built at a time, of which the best is taken. */
const candidates = 2;

/**
 * A covering array: every combination of values of any t axes that some allowed row holds is in a row, and every row is allowed.
 *
 * Greedy, one row at a time: it starts with a combination that is missing, and gives the other axes, in a drawn order, the value that
 * brings in most missing combinations and can still be completed. The same arguments give the same rows on every machine.
 *
 * @param strength  t ≥ 1; at least as many axes give the full product
 * @see R. C. Bryce, C. J. Colbourn: The density algorithm for pairwise interaction testing, 2007
 */
export function coverTuples(axes: readonly BlockAxis[], exclude: readonly Condition[], strength: number, seed: readonly SeedPart[]): Cover {
  const allowed = allowedCells(axes, exclude);
  const sizes = axes.map(({ values }) => values.length);
  const missing = subsetsOf(axes.length, Math.min(strength, axes.length)).map((members) => missingTuples(members, sizes));
  const builder: Builder = { sizes, missing, byAxis: axes.map((_, a) => missing.filter(({ members }) => members.includes(a))), allowed, next: integers(['cover', ...seed]) };
  const rows: Int32Array[] = [];
  let impossible = 0;
  for (let start = missingStart(builder); start !== null; start = missingStart(builder)) {
    if (!allowed.extends(start.cell)) {
      take(start.tuples, start.index);
      impossible += 1;
      continue;
    }
    const row = bestRow(builder, start.cell);
    for (const tuples of missing) take(tuples, indexOf(tuples, row));
    rows.push(row);
  }
  return { rows, impossible };
}

/** The combinations of some axes that are in no row yet. */
interface Tuples {
  readonly members: readonly number[];
  /** Weight of each member's value in the index of a combination. */
  readonly strides: readonly number[];
  /** 1 where missing. */
  readonly flags: Uint8Array;
  left: number;
  /** No combination before it is missing. */
  from: number;
}

interface Builder {
  readonly sizes: readonly number[];
  readonly missing: readonly Tuples[];
  readonly byAxis: readonly (readonly Tuples[])[];
  readonly allowed: AllowedCells;
  readonly next: () => number;
}

function subsetsOf(axes: number, size: number, first = 0): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  return Array.from({ length: Math.max(0, axes - first) }, (_, i) => first + i).flatMap((a) => subsetsOf(axes, size - 1, a + 1).map((rest) => [a, ...rest]));
}

function missingTuples(members: readonly number[], sizes: readonly number[]): Tuples {
  const strides = members.map((_, i) => members.slice(0, i).reduce((product, a) => product * sizes[a]!, 1));
  const count = members.reduce((product, a) => product * sizes[a]!, 1);
  return { members, strides, flags: new Uint8Array(count).fill(1), left: count, from: 0 };
}

function take(tuples: Tuples, index: number): void {
  tuples.left -= tuples.flags[index]!;
  tuples.flags[index] = 0;
}

function indexOf({ members, strides }: Tuples, row: Int32Array): number {
  let index = 0;
  for (let i = 0; i < members.length; i++) index += row[members[i]!]! * strides[i]!;
  return index;
}

/** A missing combination of the axes that miss most, as a cell with nothing else chosen. */
function missingStart({ missing, sizes }: Builder): { cell: Int32Array; tuples: Tuples; index: number } | null {
  const tuples = missing.reduce<Tuples | null>((most, one) => (one.left > (most?.left ?? 0) ? one : most), null);
  if (tuples === null) return null;
  const index = tuples.flags.indexOf(1, tuples.from);
  tuples.from = index;
  const cell = new Int32Array(sizes.length).fill(-1);
  for (const [i, a] of tuples.members.entries()) cell[a] = Math.floor(index / tuples.strides[i]!) % sizes[a]!;
  return { cell, tuples, index };
}

function bestRow(builder: Builder, start: Int32Array): Int32Array {
  let best = completed(builder, start);
  for (let i = 1; i < candidates; i++) {
    const other = completed(builder, start);
    if (other.gain > best.gain) best = other;
  }
  return best.row;
}

function completed(builder: Builder, start: Int32Array): { row: Int32Array; gain: number } {
  const row = start.slice();
  let gain = 0;
  for (const a of shuffled([...row.keys()].filter((axis) => row[axis] === -1), builder.next)) gain += chooseValue(builder, row, a);
  return { row, gain };
}

/** Gives one axis the best value that can be completed, the first of equals from a drawn place on; returns how many missing combinations it brings in. */
function chooseValue({ sizes, byAxis, allowed, next }: Builder, row: Int32Array, axis: number): number {
  const gains = new Int32Array(sizes[axis]!);
  for (const tuples of byAxis[axis]!) addGains(tuples, row, axis, gains);
  const from = next() % gains.length;
  for (let value = largest(gains, from); gains[value]! >= 0; value = largest(gains, from)) {
    row[axis] = value;
    if (allowed.extends(row)) return gains[value]!;
    gains[value] = -1;
  }
  throw new Error('a cell that can be completed has no value for one of its axes');
}

/** The index of the largest number, of equals the first from a place on, and around. */
function largest(numbers: Int32Array, from: number): number {
  let best = from;
  for (let distance = 1; distance < numbers.length; distance++) {
    const index = (from + distance) % numbers.length;
    if (numbers[index]! > numbers[best]!) best = index;
  }
  return best;
}

/** Adds, per value of the axis, whether it would bring in a combination whose other values are chosen. */
function addGains({ members, strides, flags, left }: Tuples, row: Int32Array, axis: number, gains: Int32Array): void {
  if (left === 0) return;
  let base = 0;
  let stride = 0;
  for (let i = 0; i < members.length; i++) {
    const member = members[i]!;
    if (member === axis) stride = strides[i]!;
    else if (row[member]! < 0) return;
    else base += row[member]! * strides[i]!;
  }
  for (let value = 0; value < gains.length; value++) gains[value]! += flags[base + value * stride]!;
}

function shuffled(items: number[], next: () => number): number[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = next() % (i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
