import { type Observable, observables } from '../cases/case.ts';
import type { Observation, StepObservation } from '../runners/observation.ts';
import type { Deviation } from './verdict.ts';

/**
 * What had other bits when the runner asked the same again, by the same threads and instructions (BN-NUM-04).
 *
 * @returns nothing where the runner has asked once
 */
export function repetitionDeviations({ ranks }: Observation): readonly Deviation[] {
  return ranks.flatMap(({ construct, steps }, rank) => [...deviationsOf(construct, rank, -1), ...steps.flatMap((observed, step) => deviationsOf(observed, rank, step))]);
}

const none: readonly Deviation[] = []; // nearly every step has none

function deviationsOf({ unrepeated }: StepObservation, rank: number, step: number): readonly Deviation[] {
  if (unrepeated === undefined) return none;
  return observables.filter((observable) => unrepeated.includes(observable)).map((observable) => deviation(observable, rank, step)); // BN-NUM-04
}

function deviation(observable: Observable, rank: number, step: number): Deviation {
  return { kind: 'unrepeated', level: 'should', rule: 'BN-NUM-04', rank, step, observable, element: null, elements: 1, got: 'other bits when asked again', expected: 'the same bits', bound: 0, ratio: Infinity };
}
