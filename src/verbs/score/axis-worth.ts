import type { Plan } from '../../cases/plan.ts';
import type { Fault } from './zoo.ts';

/** What an axis of a suite is there for. */
export interface AxisWorth {
  readonly axis: string;
  /** The one value that alone would miss fewest faults. */
  readonly best: string;
  /** Faults that the suite kills, and would miss if the axis had that value only. */
  readonly missed: readonly string[];
}

/** A fault, and the cases of the plan that kill it. */
export interface Killed {
  readonly fault: Pick<Fault, 'name'>;
  readonly killers: readonly number[];
}

/** For each axis with several values: what would be missed were it fixed at its best one. An axis that misses nothing earns nothing. */
export function axisWorth(plan: Plan, faults: readonly Killed[]): readonly AxisWorth[] {
  return [...valuesByAxis(plan)].filter(([, values]) => values.size > 1).map(([axis, values]) => {
    const fixed = [...values].map((value) => ({ axis, best: value, missed: missedWith(plan, faults, axis, value) }));
    return fixed.reduce((best, one) => (one.missed.length < best.missed.length ? one : best));
  });
}

function valuesByAxis({ cases }: Plan): ReadonlyMap<string, ReadonlySet<string>> {
  const values = new Map<string, Set<string>>([['layer', new Set()]]);
  for (const { layer, axes } of cases) {
    for (const [axis, value] of [['layer', layer] as const, ...Object.entries(axes)]) {
      const known = values.get(axis) ?? new Set();
      values.set(axis, known.add(value));
    }
  }
  return values;
}

function missedWith({ cases }: Plan, faults: readonly Killed[], axis: string, value: string): readonly string[] {
  const left = (index: number): boolean => {
    const planned = cases[index];
    if (planned === undefined) return false;
    const own = axis === 'layer' ? planned.layer : planned.axes[axis];
    return own === undefined || own === value;
  };
  return faults.filter(({ killers }) => killers.length > 0 && !killers.some(left)).map(({ fault }) => fault.name);
}
