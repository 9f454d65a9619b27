import type { AcceptedObservation, AcceptedValues } from '../accept/accepted.ts';
import type { JsonNumber, PageState } from './page-data.ts';
import { jsonNumber } from './page-encode.ts';
import { type ObservedStep, valuesOf } from './page-elements.ts';

const shownChannels = 8;

/** Running mean and variance over the program, of the reference and of every runner; nothing for a layer without state. */
export function encodeStates(steps: readonly AcceptedObservation[], observed: readonly (readonly ObservedStep[])[]): readonly PageState[] {
  return (['running_mean', 'running_var'] as const).flatMap((observable) => {
    const expected = steps.map(({ values }) => values.find((each) => each.observable === observable));
    const present = expected.filter((each) => each !== undefined);
    return present.length < steps.length || present.length < 2 ? [] : [encodeState(observable, present, observed)];
  });
}

function encodeState(observable: 'running_mean' | 'running_var', expected: readonly AcceptedValues[], observed: readonly (readonly ObservedStep[])[]): PageState {
  const shape = expected[0]?.shape ?? [];
  const runners = [...new Set(observed.flat().map(({ runner }) => runner))];
  const got = runners.map((runner) => expected.map((_, position) => valuesOf(observed[position]?.find((each) => each.runner === runner)?.observed[observable], shape)));
  const channels = telling(expected, got);
  return {
    observable, channels, expected: channels.map((c) => expected.map(({ value }) => jsonNumber(value[c]!))),
    runners: runners.map((runner, i) => ({ runner, values: channels.map((c) => (got[i] ?? []).map((values): JsonNumber | null => (values === null ? null : jsonNumber(values[c]!)))) })),
  };
}

/** The channels that are furthest from what is expected, in order. */
function telling(expected: readonly AcceptedValues[], got: readonly (readonly (Float64Array | null)[])[]): readonly number[] {
  const distance = (c: number): number => Math.max(0, ...got.flatMap((steps) => steps.map((values, step) => {
    const apart = values === null ? 0 : Math.abs(values[c]! - expected[step]!.value[c]!);
    return Number.isNaN(apart) ? Infinity : apart;
  })));
  const channels = Array.from({ length: expected[0]?.shape[0] ?? 0 }, (_, c) => ({ c, apart: distance(c) }));
  return channels.sort((a, b) => b.apart - a.apart || a.c - b.c).slice(0, shownChannels).map(({ c }) => c).sort((a, b) => a - b);
}
