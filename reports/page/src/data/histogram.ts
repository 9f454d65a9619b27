import type { Model, RunnerColumns } from './model.ts';

/** Upper ends of the bins, error ÷ class A bound: exact, then half decades to the bound and beyond. */
const binEnds: readonly number[] = [0, 1e-4, 1e-3, 1e-2, 0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 2, 10, 100, Infinity];

export const binNames: readonly string[] = ['exact', '≤ 1e-4', '≤ 1e-3', '≤ 0.01', '≤ 0.03', '≤ 0.1', '≤ 0.2', '≤ 0.3', '≤ 0.4', '≤ 0.5', '≤ 0.6', '≤ 0.7', '≤ 0.8', '≤ 0.9', '≤ 1', '≤ 2', '≤ 10', '≤ 100', '> 100'];

/** Index of the first bin beyond the bound. */
export const firstOutside = binEnds.indexOf(1) + 1;

/** One observable of one runner over the cases asked for. */
export interface Spread {
  readonly counts: readonly number[];
  readonly graded: number;
  /** Largest ratio and its case; −1 where nothing was graded. */
  readonly largest: number;
  readonly witness: number;
}

export function spreadOf({ accuracy }: RunnerColumns, observable: string, includes: (index: number) => boolean): Spread {
  const column = accuracy()[observable] ?? [];
  const counts = binEnds.map(() => 0);
  let [graded, largest, witness] = [0, -1, -1];
  for (let index = 0; index < column.length; index++) {
    const ratio = column[index] === -2 ? Infinity : column[index]!;
    if (ratio < 0 || !includes(index)) continue;
    counts[binEnds.findIndex((end) => ratio <= end)]! += 1;
    graded += 1;
    if (ratio > largest) [largest, witness] = [ratio, index];
  }
  return { counts, graded, largest, witness };
}

/** Observables that some runner was graded on, in the order of the program. */
export function gradedObservables({ runners }: Model): readonly string[] {
  const order = ['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var', 'step_count'];
  const present = new Set(runners.flatMap(({ accuracy }) => Object.keys(accuracy())));
  return [...order.filter((name) => present.has(name)), ...[...present].filter((name) => !order.includes(name))];
}

/** Which sums an implementation seems to use: within the bound of stable ones, of naive ones, or of none. */
export type AccuracyClass = 'A' | 'B' | 'outside' | 'none';

/** Cases of each class at one path. */
export interface ClassCounts {
  readonly path: string;
  readonly counts: Readonly<Record<AccuracyClass, number>>;
}

/** Per dtype, route and layout: how accurately a runner computes. Only errors of values count. */
export function classesOf(model: Model, runner: RunnerColumns): readonly ClassCounts[] {
  const paths = new Map<string, Record<AccuracyClass, number>>();
  for (let index = 0; index < model.count; index++) {
    const reached = classAt(runner, index);
    if (reached === 'none') continue;
    const path = ['dtype', 'route', 'layout'].map((axis) => model.valueOf(axis, index)).filter((value) => value !== '').join(' · ') || 'golden';
    const counts = paths.get(path) ?? { A: 0, B: 0, outside: 0, none: 0 };
    counts[reached] += 1;
    paths.set(path, counts);
  }
  return [...paths].map(([path, counts]) => ({ path, counts }));
}

function classAt(runner: RunnerColumns, index: number): AccuracyClass {
  if (runner.worst()[index]! < 0) return 'none';
  if (runner.worst()[index]! <= 1) return 'A';
  const values = (runner.deviations().get(index) ?? []).filter(([kind]) => kind === 'value');
  return values.some(([, level]) => level === 'must') ? 'outside' : 'B';
}
