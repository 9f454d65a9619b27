import { statuses } from '../../../../src/diff/verdict.ts';
import type { Filter } from './filter.ts';
import { type Axis, type Model, notAsked, type RunnerColumns } from './model.ts';

/** The word for runners among the axes of a matrix. */
export const runnerAxis = 'runner';

/** How many results of a cell have each status, and how many are in no plan. */
export interface Cell {
  /** Cases of the plan at this crossing. */
  readonly cases: number;
  readonly counts: Uint32Array;
  /** Cases that the runner was not asked, because its adapter does not speak the layer. */
  readonly notAsked: number;
}

export interface Pivot {
  readonly rows: readonly string[];
  readonly columns: readonly Column[];
  readonly cellAt: (row: number, column: number) => Cell;
}

export interface Column {
  /** Value of the column axis. */
  readonly value: string;
  /** Null where all runners are counted together. */
  readonly runner: string | null;
}

/** Crosses two axes; unless one of them is the runner, each column is split by runner. */
export function pivot(model: Model, rowName: string, columnName: string): Pivot {
  const rows = valuesOf(model, rowName);
  const values = valuesOf(model, columnName);
  const split = rowName !== runnerAxis && columnName !== runnerAxis && model.runners.length > 1;
  const columns = values.flatMap((value): Column[] => (split ? model.runners.map(({ key }) => ({ value, runner: key })) : [{ value, runner: null }]));
  const cells = Array.from({ length: rows.length * columns.length }, () => ({ cases: 0, counts: new Uint32Array(statuses.length), notAsked: 0 }));
  const rowOf = positions(model, rowName);
  const columnOf = positions(model, columnName);
  for (const [number, runner] of model.runners.entries()) {
    for (let index = 0; index < model.count; index++) {
      const row = rowOf(index, number);
      const column = columnOf(index, number);
      const cell = row < 0 || column < 0 ? undefined : cells[row * columns.length + (split ? column * model.runners.length + number : column)];
      if (cell !== undefined) count(cell, runner, index);
    }
  }
  return { rows, columns, cellAt: (row, column) => cells[row * columns.length + column]! };
}

function count(cell: { cases: number; counts: Uint32Array; notAsked: number }, { status }: RunnerColumns, index: number): void {
  cell.cases += 1;
  if (status[index] === notAsked) cell.notAsked += 1;
  else cell.counts[status[index]!]! += 1;
}

function valuesOf(model: Model, name: string): readonly string[] {
  return name === runnerAxis ? model.runners.map(({ key }) => key) : model.axisNamed(name)?.values ?? [];
}

function positions(model: Model, name: string): (index: number, runner: number) => number {
  if (name === runnerAxis) return (_, runner) => runner;
  const axis: Axis | undefined = model.axisNamed(name);
  return (index) => axis?.of[index] ?? -1;
}

/** The filter that shows the cases of a cell. */
export function narrow(filter: Filter, names: readonly (readonly [name: string, value: string | null])[]): Filter {
  return names.reduce((so, [name, value]) => {
    if (value === null) return so;
    return name === runnerAxis ? { ...so, runner: [value] } : { ...so, axes: { ...so.axes, [name]: [value] } };
  }, filter);
}
