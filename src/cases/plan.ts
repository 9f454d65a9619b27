import type { Behaviour, BehavioursFile } from '../spec/generated/behaviours.ts';
import type { Condition, Exclusion, SuiteBlock, SuiteFile } from '../spec/generated/suite.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { SeedPart } from '../tensor/generator.ts';
import { UserError } from '../spec/user-error.ts';
import { allowedCells, type BlockAxis } from './allowed.ts';
import type { Case, Layer } from './case.ts';
import { coverTuples } from './cover.ts';
import type { Golden } from './golden.ts';
import { lazyList } from './lazy-list.ts';
import { cellsOf, PlannedCell, type PlannedCells, productValues, rulesOf } from './planned-cells.ts';
import { questionKey } from './question.ts';
import { createTextIndex } from './text-index.ts';

/** One case as a suite asks it: an id and axis values, no tensors. */
export interface PlannedCase {
  readonly id: string;
  readonly layer: Layer;
  readonly behaviour: string;
  readonly rules: readonly RuleId[];
  /** Axis → value as spelled in the id, in declared order. */
  readonly axes: Readonly<Record<string, string>>;
  readonly expectsConstant: boolean;
  /** An earlier case of the plan asks the same: they differ only in what cannot matter. */
  readonly repeats: boolean;
  /** Literal data, for a golden. */
  readonly literal: Case | null;
}

/** An axis combination that the suite leaves out, and why. */
export interface ExcludedCombination {
  readonly behaviour: string;
  readonly combination: Condition;
  readonly rule: string;
  readonly why: string;
  /** How many cells of the full product it removed. */
  readonly cells: number;
}

/** A block of a suite over one of its layers, and the arithmetic of what it asks: cells = excluded + allowed. */
export interface PlannedBlock {
  readonly behaviour: string;
  readonly layer: Layer;
  /** Every allowed combination of values of so many axes is asked; null for a block that asks every allowed cell. */
  readonly strength: number | null;
  /** Values per axis, in declared order. */
  readonly axes: Readonly<Record<string, readonly string[]>>;
  /** Axes that an id leaves out where they have this value. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly exclude: readonly Exclusion[];
  /** Cells of the full product, and those of them that no exclusion matches. */
  readonly cells: number;
  readonly allowed: number;
  /** Combinations of `strength` values that no allowed cell holds; 0 for a full product. */
  readonly impossible: number;
  /** Ids; a block with a strength may share some with blocks before it. */
  readonly cases: readonly string[];
}

export interface Plan {
  readonly suite: string;
  readonly seed: number;
  readonly minimum: number;
  readonly knownShare: number;
  readonly cases: readonly PlannedCase[];
  readonly excluded: readonly ExcludedCombination[];
  readonly blocks: readonly PlannedBlock[];
}

/**
 * Expands a suite: the product of every block over its layers less its exclusions, or a covering array of it, then the goldens.
 *
 * A case that a block with a strength shares with a block before it is asked once.
 */
export function expandSuite(suite: SuiteFile, catalogue: BehavioursFile, goldens: readonly Golden[], seed: number = suite.seed): Plan {
  const expanded = suite.blocks.map((block) => expandBlock(block, behaviourNamed(catalogue, block.behaviour, suite.suite)));
  const cells = uniqueCells(expanded.flatMap((block) => block.parts), suite.suite);
  markRepeats(cells);
  const literals = suite.goldens || suite.museum === true ? goldens.map((golden) => goldenCase(golden, behaviourNamed(catalogue, 'num/golden', suite.suite))) : [];
  return {
    suite: suite.suite,
    seed,
    minimum: suite.minimum,
    knownShare: suite.knownShare,
    cases: lazyList(cells.length + literals.length, (place) => (place < cells.length ? cells[place]! : literals[place - cells.length]!)),
    excluded: expanded.flatMap((block) => block.excluded),
    blocks: expanded.flatMap((block) => block.parts.map((part) => part.block)),
  };
}

/** A block over one of its layers. */
interface BlockPart {
  readonly cells: PlannedCells;
  readonly block: PlannedBlock;
}

function expandBlock(block: SuiteBlock, behaviour: Behaviour): { parts: readonly BlockPart[]; excluded: ExcludedCombination[] } {
  const parts = block.layers.map((layer) => expandPart(block, behaviour, layer));
  const excluded = (block.exclude ?? []).map(({ when, rule, why }) => ({ behaviour: behaviour.behaviour, combination: when, rule, why, cells: sumOf(parts.map((part) => matchingCells(part.block.axes, when))) }));
  return { parts, excluded };
}

function expandPart(block: SuiteBlock, behaviour: Behaviour, layer: Layer): BlockPart {
  const { strength = null, exclude = [] } = block;
  const axes = behaviour.axes.map(({ axis, default: fallback }): BlockAxis => {
    const values = axisValues(block, layer, axis) ?? (fallback === undefined ? undefined : [fallback]);
    if (values === undefined) throw missingAxis(block, layer, axis);
    return { axis, values };
  });
  refuseTooMany(block, layer, axes.map(({ values }) => values.length));
  const { values, impossible } = strength === null ? { values: productValues(axes, exclude), impossible: 0 } : covering(axes, exclude, strength, [behaviour.behaviour, layer]);
  const cells = cellsOf(layer, behaviour, axes, values);
  return {
    cells,
    block: {
      behaviour: behaviour.behaviour, layer, strength, exclude, impossible,
      axes: Object.fromEntries(axes.map(({ axis, values: own }) => [axis, own])),
      defaults: Object.fromEntries(behaviour.axes.flatMap(({ axis, default: fallback }) => (fallback === undefined ? [] : [[axis, fallback]]))),
      cells: axes.reduce((product, { values: own }) => product * own.length, 1),
      allowed: strength === null ? cells.length : allowedCells(axes, exclude.map(({ when }) => when)).count,
      get cases() { return Array.from({ length: cells.length }, (_, at) => new PlannedCell(cells, at).id); },
    },
  };
}

/** Cells that a block may list, or combinations that a covering array may look for: more would fill the memory. */
const mostCells = 10_000_000;

function refuseTooMany({ behaviour, strength = Infinity }: SuiteBlock, layer: Layer, sizes: readonly number[]): void {
  const combinations = combinationsOf(sizes, Math.min(strength, sizes.length));
  if (combinations <= mostCells) return;
  throw new UserError('SUITE_TOO_LARGE', `block '${behaviour}' has ${String(combinations)} combinations of values for ${layer}, expected at most ${String(mostCells)}`, 'give fewer values, or a strength');
}

/** Σ over the subsets of so many axes of the product of their sizes: the elementary symmetric polynomial. */
function combinationsOf(sizes: readonly number[], members: number): number {
  const sums = [1, ...new Array<number>(members).fill(0)];
  for (const size of sizes) for (let taken = members; taken > 0; taken--) sums[taken]! += sums[taken - 1]! * size;
  return sums[members]!;
}

/** The rows do not depend on the suite's seed: another seed asks the same cases of other data. */
function covering(axes: readonly BlockAxis[], exclude: readonly Exclusion[], strength: number, seed: readonly SeedPart[]): { values: Uint32Array; impossible: number } {
  const { rows, impossible } = coverTuples(axes, exclude.map(({ when }) => when), strength, seed);
  const values = new Uint32Array(rows.length * axes.length);
  for (const [i, row] of rows.entries()) values.set(row, i * axes.length);
  return { values, impossible };
}

/** Cells of a product that a condition matches. */
function matchingCells(axes: PlannedBlock['axes'], when: Condition): number {
  return Object.entries(axes).reduce((cells, [axis, values]) => cells * values.filter((value) => (when[axis] ?? [value]).includes(value)).length, 1);
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}

function missingAxis(block: SuiteBlock, layer: Layer, axis: string): UserError {
  return new UserError('SUITE_AXIS_MISSING', `block '${block.behaviour}' gives no values of axis '${axis}' for ${layer}`, `add "${axis}" to the block's axes: every axis that the behaviour declares needs a value`);
}

function axisValues(block: SuiteBlock, layer: Layer, axis: string): readonly string[] | undefined {
  const values = block.axes[axis];
  if (values === undefined || Array.isArray(values)) return values;
  return (values as Readonly<Record<string, readonly string[]>>)[layer];
}

function goldenCase(golden: Golden, behaviour: Behaviour): PlannedCase {
  const axes = Object.fromEntries(golden.case.id.split('/').slice(3).map((part) => part.split('=') as [string, string]));
  const { id, layer } = golden.case;
  return { id, layer, behaviour: behaviour.behaviour, rules: rulesOf(behaviour, axes), axes, expectsConstant: behaviour.expectsConstant ?? false, repeats: false, literal: golden.case };
}

/** The cells of all blocks, each made when it is asked for: objects for 100,000 would be a tenth of what a run keeps. */
function uniqueCells(parts: readonly BlockPart[], suite: string): readonly PlannedCell[] {
  const most = sumOf(parts.map(({ cells }) => cells.length));
  const [partOf, placeOf] = [new Uint16Array(most), new Uint32Array(most)];
  const cellAt = (place: number): PlannedCell => new PlannedCell(parts[partOf[place]!]!.cells, placeOf[place]!);
  const ids = createTextIndex((place) => cellAt(place).id);
  let unique = 0;
  for (const [part, { cells, block }] of parts.entries()) {
    for (let at = 0; at < cells.length; at++) {
      const { id } = new PlannedCell(cells, at);
      if (ids.add(id, unique) < 0) [partOf[unique], placeOf[unique++]] = [part, at];
      else if (block.strength === null) throw new UserError('SUITE_CASE_TWICE', `suite '${suite}' asks case '${id}' twice`, 'exclude the combination in one of the two blocks');
    }
  }
  return lazyList(unique, cellAt);
}

/** A golden repeats no other case: its data are its own. */
function markRepeats(cells: readonly PlannedCell[]): void {
  const keyAt = (place: number): string => { const { layer, behaviour, axes } = cells[place]!; return questionKey(layer, behaviour, axes); };
  const questions = createTextIndex(keyAt);
  for (const [place, planned] of cells.entries()) planned.repeats = questions.add(keyAt(place), place) >= 0;
}

function behaviourNamed(catalogue: BehavioursFile, name: string, suite: string): Behaviour {
  const behaviour = catalogue.behaviours.find((candidate) => candidate.behaviour === name);
  if (behaviour === undefined) {
    throw new UserError('BEHAVIOUR_UNKNOWN', `suite '${suite}' asks behaviour '${name}', which cases/behaviours.json does not declare`, `declare it, or use one of: ${catalogue.behaviours.map((known) => known.behaviour).join(', ')}`);
  }
  return behaviour;
}
