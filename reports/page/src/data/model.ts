import { statuses } from '../../../../src/diff/verdict.ts';
import { type PageData, type PageDeviation, type PageDetail, type PageIds, type PageOutcome, type PageRunner, type PageRunnerValues, type PageValues, statusLetters } from '../../../../src/reports/page-data.ts';

/** One way to sort cases apart: what an id spells out, what holds by default, and what follows from it. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
  /** Per case: index into `values`, or −1 where the axis says nothing. */
  readonly of: Int16Array;
}

export interface RunnerColumns {
  readonly key: string;
  /** `pytorch 2.13.0`. */
  readonly label: string;
  readonly page: PageRunner;
  /** Per case: index into `statuses`, or `notAsked`. */
  readonly status: Uint8Array;
  /** Per case: index into the outcomes, or −1. */
  readonly outcome: Int32Array;
  /** Per case: largest error ÷ class A bound of any observable, −1 where nothing was graded. */
  readonly worst: () => Float64Array;
  readonly deviations: () => ReadonlyMap<number, readonly PageDeviation[]>;
  /** Per observable and case, as in the page. */
  readonly accuracy: () => PageRunnerValues['accuracy'];
}

export interface Model {
  readonly data: PageData;
  readonly count: number;
  readonly idOf: (index: number) => string;
  readonly indexOf: (id: string) => number;
  readonly axes: readonly Axis[];
  readonly axisNamed: (name: string) => Axis | undefined;
  /** Value of an axis for a case; empty where it says nothing. */
  readonly valueOf: (name: string, index: number) => string;
  readonly runners: readonly RunnerColumns[];
  /** Read when somebody first asks, as everything of the second block. */
  readonly details: () => ReadonlyMap<number, PageDetail>;
  readonly text: (string: number) => string;
  readonly outcomeOf: (runner: RunnerColumns, index: number) => PageOutcome | null;
}

/** Of a case that is not in a runner's plan. */
export const notAsked = 255;

export function createModel(data: PageData, readValues: () => PageValues): Model {
  const values = once(readValues);
  const starts = startsOf(data.ids);
  const idOf = (index: number): string => idAt(data.ids, starts[index]!);
  let indices: ReadonlyMap<string, number> | undefined;
  const axes = once(() => axesOf(data.ids, starts)); // the first view needs none
  const byName = once(() => new Map(axes().map((axis) => [axis.name, axis])));
  return {
    data, count: starts.length, idOf, get axes() { return axes(); }, axisNamed: (name) => byName().get(name),
    indexOf: (id) => (indices ??= new Map(Array.from(starts, (_, index) => [idOf(index), index]))).get(id) ?? -1,
    valueOf: (name, index) => { const axis = byName().get(name); return axis?.values[axis.of[index] ?? -1] ?? ''; },
    runners: data.runners.map((runner, number) => columnsOf(runner, starts.length, () => values().runners[number] ?? { accuracy: {}, deviations: [] })),
    details: once(() => new Map(values().details.map((detail) => [detail.case, detail]))),
    text: (string) => data.strings[string] ?? '',
    outcomeOf: (runner, index) => data.outcomes[runner.outcome[index] ?? -1] ?? null,
  };
}

/** Where each case begins in the rows. */
function startsOf({ rows, templates }: PageIds): Int32Array {
  const starts: number[] = [];
  for (let at = 0; at < rows.length; at += 1 + (templates[rows[at]!]?.axes.length ?? 0)) starts.push(at);
  return Int32Array.from(starts);
}

function idAt({ axes, templates, rows }: PageIds, start: number): string {
  const template = templates[rows[start]!];
  if (template === undefined) return '';
  return [template.prefix, ...template.axes.map((axis, i) => `${axes[axis]?.name ?? ''}=${axes[axis]?.values[rows[start + 1 + i]!] ?? ''}`)].join('/');
}

/** Collects the values of one axis in the order in which the plan brings them. */
interface Column {
  readonly values: Map<string, number>;
  readonly of: Int16Array;
}

function axesOf(ids: PageIds, starts: Int32Array): readonly Axis[] {
  const columns = new Map<string, Column>();
  const set = (name: string, index: number, value: string): void => {
    if (value === '') return;
    const column = columns.get(name) ?? { values: new Map<string, number>(), of: new Int16Array(starts.length).fill(-1) };
    columns.set(name, column);
    if (!column.values.has(value)) column.values.set(value, column.values.size);
    column.of[index] = column.values.get(value) ?? -1;
  };
  for (const [index, start] of starts.entries()) {
    for (const [name, value] of partsOf(ids, start)) set(name, index, value);
  }
  return [...columns].map(([name, { values, of }]) => ({ name, values: [...values.keys()], of }));
}

function* partsOf({ axes, templates, rows }: PageIds, start: number): Generator<readonly [name: string, value: string]> {
  const template = templates[rows[start]!];
  if (template === undefined) return;
  const slash = template.prefix.indexOf('/');
  yield ['layer', template.prefix.slice(0, slash < 0 ? undefined : slash)];
  yield ['behaviour', slash < 0 ? '' : template.prefix.slice(slash + 1)];
  for (const [i, number] of template.axes.entries()) {
    const axis = axes[number];
    if (axis === undefined) continue;
    if (axis.name === 'data' && template.prefix.endsWith('/num/golden')) continue; // a digest, which tells its golden apart no better than its name
    const value = axis.values[rows[start + 1 + i]!] ?? '';
    if (axis.name === 'program') yield ['mode', value.split('-', 1)[0] ?? ''];
    yield [axis.name, value];
  }
  for (const [name, value] of template.defaults) {
    if (name === 'program') yield ['mode', value];
    yield [name, value];
  }
}

/** Works something out when it is first asked for, and keeps it. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function columnsOf(page: PageRunner, count: number, values: () => PageRunnerValues): RunnerColumns {
  const status = Uint8Array.from(page.status, (letter) => (letter === '.' ? notAsked : statusLetters.indexOf(letter)));
  const outcome = new Int32Array(count).fill(-1);
  for (let i = 0; i < page.outcomes.length; i += 2) outcome[page.outcomes[i]!] = page.outcomes[i + 1]!;
  return {
    key: page.runner, label: page.runner.replace(/@([^@]*)$/, ' $1'), page, status, outcome, accuracy: () => values().accuracy,
    worst: once(() => worstOf(values(), count)), deviations: once(() => new Map(values().deviations.map(([index, ...deviations]) => [index, deviations]))),
  };
}

function worstOf({ accuracy }: PageRunnerValues, count: number): Float64Array {
  const worst = new Float64Array(count).fill(-1);
  for (const column of Object.values(accuracy)) {
    for (let i = 0; i < column.length; i++) {
      const ratio = column[i] === -2 ? Infinity : column[i]!;
      if (ratio > worst[i]!) worst[i] = ratio;
    }
  }
  return worst;
}

/** The word of a status index. */
export function statusWord(index: number): (typeof statuses)[number] | null {
  return statuses[index] ?? null;
}
