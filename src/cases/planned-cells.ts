import type { Behaviour } from '../spec/generated/behaviours.ts';
import type { Condition, Exclusion } from '../spec/generated/suite.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { BlockAxis } from './allowed.ts';
import type { Layer } from './case.ts';

/** The cells of a block over one layer, as numbers: a suite of 100,000 cases has ten times as many values, and as many ids. */
export interface PlannedCells {
  readonly layer: Layer;
  readonly behaviour: Behaviour;
  readonly axes: readonly BlockAxis[];
  /** Index of a value per axis, cell after cell. */
  readonly values: Uint8Array | Uint32Array;
  /** 1 for a cell that asks what an earlier one of the plan does. */
  readonly repeats: Uint8Array;
  readonly length: number;
}

export function cellsOf(layer: Layer, behaviour: Behaviour, axes: readonly BlockAxis[], values: Uint32Array): PlannedCells {
  const small = axes.every((axis) => axis.values.length <= 256);
  const length = values.length / axes.length;
  return { layer, behaviour, axes, values: small ? Uint8Array.from(values) : values, repeats: new Uint8Array(length), length };
}

/** Every cell of the product that no exclusion matches, the last axis fastest. */
export function productValues(axes: readonly BlockAxis[], exclude: readonly Exclusion[]): Uint32Array {
  const isExcluded = exclude.map(({ when }) => matcherOf(axes, when));
  const total = axes.reduce((cells, { values }) => cells * values.length, 1);
  const kept: number[] = [];
  const cell = new Uint32Array(axes.length);
  for (let i = 0; i < total; i++) {
    if (!isExcluded.some((matches) => matches(cell))) kept.push(i);
    advance(cell, axes);
  }
  return valuesOf(kept, axes);
}

function advance(cell: Uint32Array, axes: readonly BlockAxis[]): void {
  for (let a = axes.length - 1; a >= 0; a--) {
    cell[a]! += 1;
    if (cell[a]! < axes[a]!.values.length) return;
    cell[a] = 0;
  }
}

/** @param numbers  of cells in the product */
function valuesOf(numbers: readonly number[], axes: readonly BlockAxis[]): Uint32Array {
  const values = new Uint32Array(numbers.length * axes.length);
  for (const [i, number] of numbers.entries()) {
    let rest = number;
    for (let a = axes.length - 1; a >= 0; a--) {
      const { length } = axes[a]!.values;
      values[i * axes.length + a] = rest % length;
      rest = Math.floor(rest / length);
    }
  }
  return values;
}

/** Whether every axis of the condition has one of its values in a cell. */
function matcherOf(axes: readonly BlockAxis[], condition: Condition): (cell: Uint32Array) => boolean {
  const flags = Object.entries(condition).map(([name, values]) => {
    const a = axes.findIndex(({ axis }) => axis === name);
    return { a, matching: a < 0 ? [values.includes('')] : axes[a]!.values.map((value) => values.includes(value)) };
  });
  return (cell) => flags.every(({ a, matching }) => matching[a < 0 ? 0 : cell[a]!]);
}

/**
 * A case as its place in a block, from which everything else is made when it is asked for: as an object of its own each would take 1 kB.
 * A class, since 100,000 of them share their functions; copying one by `...` leaves all but its place behind.
 */
export class PlannedCell {
  readonly #cells: PlannedCells;
  readonly #at: number;

  constructor(cells: PlannedCells, at: number) {
    this.#cells = cells;
    this.#at = at;
  }

  get repeats(): boolean {
    return this.#cells.repeats[this.#at] === 1;
  }

  set repeats(repeats: boolean) {
    this.#cells.repeats[this.#at] = Number(repeats);
  }

  get id(): string {
    return caseId(this.#cells.layer, this.#cells.behaviour, this.axes);
  }

  get layer(): Layer {
    return this.#cells.layer;
  }

  get behaviour(): string {
    return this.#cells.behaviour.behaviour;
  }

  get rules(): readonly RuleId[] {
    return rulesOf(this.#cells.behaviour, this.axes);
  }

  get axes(): Readonly<Record<string, string>> {
    const { axes, values } = this.#cells;
    const own: Record<string, string> = {};
    const from = this.#at * axes.length;
    for (let a = 0; a < axes.length; a++) own[axes[a]!.axis] = axes[a]!.values[values[from + a]!]!;
    return own;
  }

  get expectsConstant(): boolean {
    return this.#cells.behaviour.expectsConstant ?? false;
  }

  // eslint-disable-next-line @typescript-eslint/class-literal-property-style -- a field would be in each of them
  get literal(): null {
    return null;
  }
}

/** True when every axis of the condition has one of its values. */
function matches(condition: Condition, axes: Readonly<Record<string, string>>): boolean {
  for (const axis in condition) if (condition[axis]?.includes(axes[axis] ?? '') !== true) return false;
  return true;
}

/** The rules of a behaviour and those of the conditions that hold; one list for all cases that cite the same. */
export function rulesOf(behaviour: Behaviour, axes: Readonly<Record<string, string>>): readonly RuleId[] {
  const { rulesWhen = [] } = behaviour;
  let key = '';
  for (const { when } of rulesWhen) key += matches(when, axes) ? '+' : '-';
  const lists = ruleLists.get(behaviour) ?? new Map<string, readonly RuleId[]>();
  ruleLists.set(behaviour, lists);
  const known = lists.get(key) ?? [...new Set([...behaviour.rules, ...rulesWhen.filter((_, i) => key[i] === '+').flatMap(({ rules }) => rules)])].sort() as RuleId[];
  lists.set(key, known);
  return known;
}

const ruleLists = new WeakMap<Behaviour, Map<string, readonly RuleId[]>>();

function caseId(layer: Layer, { behaviour, axes: declared }: Behaviour, axes: Readonly<Record<string, string>>): string {
  const parts = [layer, behaviour]; // joined at once: a text that grows is kept as all its pieces
  for (const { axis, default: fallback } of declared) {
    const value = axes[axis];
    if (value !== fallback) parts.push(`${axis}=${value ?? ''}`);
  }
  return parts.join('/');
}
