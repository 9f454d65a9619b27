import type { Case } from '../../cases/case.ts';
import { materialise } from '../../cases/materialise.ts';
import type { Plan, PlannedCase } from '../../cases/plan.ts';
import type { Fault } from './zoo.ts';

/** What an axis of a suite is there for. */
export interface AxisWorth {
  readonly axis: string;
  /** The value that every case would have without the axis. */
  readonly left: string;
  /** Faults that the suite kills, and would miss then. */
  readonly missed: readonly string[];
}

/** A fault, and the cases of the plan that kill it. */
export interface Killed {
  readonly fault: Pick<Fault, 'name'>;
  readonly killers: readonly number[];
}

/** What a layer has on an axis of which nobody speaks; the other axes have no such value. */
const defaults: Readonly<Record<string, string>> = {
  statistics: 'tracked', affine: 'true', momentum: '0.1', eps: '0.00001', initial: 'default', dtype: 'float32', layout: 'contiguous', ranks: 'one',
  route: 'module', input: 'own', dy: 'default', features: '3', threads: '1', capability: 'own', option: 'none',
};

/**
 * For each axis with several values: what would be missed without it. Then every case has the layer's default, goldens included; on an axis
 * without a default the single value that misses fewest. An axis that misses nothing earns nothing.
 */
export function axisWorth(plan: Plan, faults: readonly Killed[]): readonly AxisWorth[] {
  const cases = plan.cases.map((planned) => valuesOf(planned, plan.seed));
  const axes = [...new Set(cases.flatMap((values) => [...values.keys()]))];
  return axes.flatMap((axis): AxisWorth[] => {
    const values = [...new Set(cases.flatMap((own) => own.get(axis) ?? []))];
    if (values.length < 2) return [];
    const given = defaults[axis];
    const left = (given === undefined ? values : [given]).map((value) => ({ axis, left: value, missed: missedWith(cases, faults, axis, value) }));
    return [left.reduce((best, one) => (one.missed.length < best.missed.length ? one : best))];
  });
}

/** Values of a case on every axis; a golden has no shape, program or data to share. Its name is no axis. */
function valuesOf(planned: PlannedCase, seed: number): ReadonlyMap<string, string> {
  const { layer, axes } = planned;
  const own = materialise(planned, seed);
  const words = Object.entries(axes).filter(([axis]) => axis !== 'name' && !(axis in defaults));
  const unspoken = ['route', 'input', 'dy', 'features', 'threads', 'capability', 'option'].map((axis) => [axis, axes[axis] ?? defaults[axis] ?? ''] as const);
  return new Map([['layer', layer], ...words, ...configured(own), ...unspoken, ['initial', axes['initial'] ?? initialOf(own)], ['ranks', axes['ranks'] ?? ranksOf(own)]]);
}

function configured({ config, layout }: Case): readonly (readonly [string, string])[] {
  const { statistics, affine, momentum, eps, dtype } = config;
  return [
    ['statistics', statistics], ['affine', String(affine)], ['momentum', momentum === null ? 'cumulative' : String(momentum)], ['eps', String(eps)],
    ['dtype', dtype], ['layout', layout ?? 'contiguous'],
  ];
}

function initialOf({ initial }: Case): string {
  return Object.keys(initial).length === 0 ? 'default' : 'distinct';
}

function ranksOf({ ranks }: Case): string {
  return ranks.length === 1 ? 'one' : 'several';
}

function missedWith(cases: readonly ReadonlyMap<string, string>[], faults: readonly Killed[], axis: string, value: string): readonly string[] {
  const remains = (index: number): boolean => {
    const own = cases[index]?.get(axis);
    return own === undefined || own === value;
  };
  return faults.filter(({ killers }) => killers.length > 0 && !killers.some(remains)).map(({ fault }) => fault.name);
}
