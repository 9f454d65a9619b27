import type { PlannedCase } from '../../cases/plan.ts';
import { materialise } from '../../cases/materialise.ts';
import { type Expectation, expectationOf } from '../../diff/judge.ts';

/** Expectations by index, computed when first asked for; the most recent ones are kept for the other runners. */
export interface Expectations {
  readonly at: (index: number) => Expectation;
}

/** What is kept: so many expectations, of cases of at most so many elements. */
export interface Keep {
  readonly cases: number;
  readonly elements: number;
}

/** Enough for the slower runner to catch up; larger cases are computed again rather than kept. */
const keptByDefault: Keep = { cases: 4096, elements: 4096 };

export function createExpectations(cases: readonly PlannedCase[], seed: number, keep: Keep = keptByDefault): Expectations {
  const cache = new Map<number, Expectation>();
  return {
    at: (index) => {
      const cached = cache.get(index);
      if (cached !== undefined) return cached;
      const planned = cases[index];
      if (planned === undefined) throw new RangeError(`expected a case index below ${String(cases.length)}, got ${String(index)}`);
      const expectation = expectationOf(planned, materialise(planned, seed));
      if (countElementsOf(expectation) <= keep.elements) remember(cache, index, expectation, keep.cases);
      return expectation;
    },
  };
}

function remember(cache: Map<number, Expectation>, index: number, expectation: Expectation, kept: number): void {
  const oldest = cache.size >= kept ? cache.keys().next().value : undefined;
  if (oldest !== undefined) cache.delete(oldest);
  cache.set(index, expectation);
}

/** Input elements over all steps and ranks: the size of the case. */
export function countElementsOf({ case: question }: Expectation): number {
  return question.ranks.reduce((total, rank) => total + rank.inputs.reduce((sum, input) => sum + input.data.length, 0), 0);
}
