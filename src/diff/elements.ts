import type { Accepted, AcceptedValues } from '../accept/accepted.ts';
import type { Observable } from '../cases/case.ts';
import type { Observation } from '../runners/observation.ts';
import type { Numbers } from '../tensor/tensor.ts';
import { isAccepted } from './interval.ts';

/** One observable of one step of one rank: what is accepted and what was observed, element by element. */
export interface Place {
  readonly accepted: AcceptedValues;
  readonly got: Numbers;
}

/**
 * Every place of an observation whose shape is the accepted one.
 *
 * @param stably  the `should` bound takes the place of the `must` bound
 */
export function placesOf({ ranks }: Accepted, observation: Observation, offered: ReadonlySet<Observable>, stably = false): readonly Place[] {
  return ranks.flatMap(({ construct, steps }, rank) => [construct, ...steps].flatMap((step, index) => {
    const own = observation.ranks[rank];
    const observed = index === 0 ? own?.construct : own?.steps[index - 1];
    if (step.kind === 'refusal' || observed === undefined) return [];
    return step.values.filter(({ observable }) => offered.has(observable)).flatMap((values): Place[] => {
      const accepted = stably ? { ...values, naive: values.stable } : values;
      const got = observed[accepted.observable]?.data;
      return got?.length === accepted.value.length ? [{ accepted, got }] : [];
    });
  }));
}

export function isInside({ accepted: { value, low, naive, alternative, dtype }, got }: Place, i: number): boolean {
  return isAccepted(got[i]!, value[i]!, naive[i]!, alternative?.[i] ?? NaN, dtype, low?.[i] ?? 0);
}

/** Indices of the elements outside the `must` bound. */
export function outsideOf(place: Place): readonly number[] {
  return Array.from(place.got.keys()).filter((i) => !isInside(place, i));
}

/** How many values can be told apart: sorted by size, each further from the last than both bounds. */
export function countDistinct({ value, naive }: AcceptedValues): number {
  const order = Array.from(value.keys()).sort((a, b) => Math.abs(value[a]!) - Math.abs(value[b]!));
  let distinct = 0;
  let last = -Infinity;
  for (const i of order) {
    if (Math.abs(value[i]!) - naive[i]! <= last) continue;
    distinct += 1;
    last = Math.abs(value[i]!) + naive[i]!;
  }
  return distinct;
}
