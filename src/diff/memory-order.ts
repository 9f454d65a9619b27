import type { Case, Step } from '../cases/case.ts';
import type { MemoryOrder, Observation, StepObservation } from '../runners/observation.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { Deviation } from './verdict.ts';

/**
 * Holds the memory order of y and dx against that of x: contiguous gives contiguous, channels-last gives channels-last (BN-SHAPE-04).
 *
 * @returns nothing for the other layouts, for ranks that have no channels-last order, and where the dialect promises no order
 */
export function orderDeviations(question: Case, { ranks }: Observation, dialect: Dialect): readonly Deviation[] {
  if (dialect.memoryOrder?.kept !== true) return [];
  return ranks.flatMap(({ steps }, rank) => {
    const found: Deviation[] = []; // no array for each of the many steps that have none
    for (const [step, observed] of steps.entries()) addDeviations(found, question, rank, step, observed);
    return found;
  });
}

function addDeviations(found: Deviation[], question: Case, rank: number, step: number, observed: StepObservation): void {
  const expected = orderOf(question, question.program[step], rank);
  if (expected === null) return;
  for (const name of ['y', 'dx'] as const) {
    const order = observed.order?.[name] ?? [];
    if (observed[name] !== undefined && !order.includes(expected)) found.push(deviation(rank, step, name, order, expected)); // BN-SHAPE-04
  }
}

/** Ranks of input that a channels-last order is spoken of. */
const spatialRanks: readonly number[] = [4, 5];

function orderOf({ layout, ranks, program }: Case, step: Step | undefined, rank: number): MemoryOrder | null {
  const forward = step?.op === 'backward' ? program[step.of] : step;
  const shape = forward?.op === 'forward' ? ranks[rank]?.inputs[forward.input]?.shape ?? [] : [];
  if (layout === 'contiguous' || layout === 'offset') return 'contiguous';
  return layout === 'channels-last' && spatialRanks.includes(shape.length) ? 'channels-last' : null;
}

function deviation(rank: number, step: number, observable: 'y' | 'dx', got: readonly MemoryOrder[], expected: MemoryOrder): Deviation {
  const text = got.length === 0 ? 'neither contiguous nor channels-last' : got.join(', ');
  return { kind: 'order', level: 'must', rule: 'BN-SHAPE-04', rank, step, observable, element: null, elements: 1, got: text, expected, bound: 0, ratio: Infinity };
}
