import type { PlannedCase } from '../../cases/plan.ts';
import { materialise } from '../../cases/materialise.ts';
import { type Expectation, expectationOf } from '../../diff/judge.ts';

/** Expectations by index, computed when first asked for; the most recent ones are kept for the other runners. */
export interface Expectations {
  readonly at: (index: number) => Expectation;
}

/** How many expectations are kept while the slower runner catches up. */
const kept = 4096;
/** Larger cases are computed again rather than kept. */
const largestKeptElements = 4096;

export function createExpectations(cases: readonly PlannedCase[], seed: number): Expectations {
  const cache = new Map<number, Expectation>();
  return {
    at: (index) => {
      const cached = cache.get(index);
      if (cached !== undefined) return cached;
      const planned = cases[index];
      if (planned === undefined) throw new RangeError(`expected a case index below ${String(cases.length)}, got ${String(index)}`);
      const expectation = expectationOf(planned, materialise(planned, seed));
      if (countElementsOf(expectation) <= largestKeptElements) remember(cache, index, expectation);
      return expectation;
    },
  };
}

function remember(cache: Map<number, Expectation>, index: number, expectation: Expectation): void {
  const oldest = cache.size >= kept ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(index, expectation);
}

/** Input elements over all steps and ranks: the size of the case. */
export function countElementsOf({ case: question }: Expectation): number {
  return question.ranks.reduce((total, rank) => total + rank.inputs.reduce((sum, input) => sum + input.data.length, 0), 0);
}
