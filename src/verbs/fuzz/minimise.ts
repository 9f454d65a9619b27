import type { Case } from '../../cases/case.ts';
import type { Verdict } from '../../diff/verdict.ts';
import type { Dialect } from '../../spec/dialect.ts';
import type { Asker } from './ask.ts';
import { judge } from '../../diff/judge.ts';
import { expectationFor } from './question.ts';
import { simplerCases } from './simplify.ts';

/** What must stay the same while a case gets simpler. */
export interface Target {
  readonly status: Verdict['status'];
  /** `unexplained` and `ambiguous` included. */
  readonly cause: string;
  /** Asked of an unexplained case only: with a cause the rule follows. */
  readonly rule: string;
}

export interface Minimised {
  readonly case: Case;
  readonly verdict: Verdict;
  /** Questions that it took. */
  readonly asked: number;
}

/** Simpler cases that go to the runner together. */
const together = 16;
const questionLimit = 1500;

/**
 * The simplest case found that still deviates for the same cause: from each case the first simpler one that does is taken,
 * until none is left or the questions run out.
 */
export async function minimise(asker: Asker, dialect: Dialect, start: Case, verdict: Verdict, target: Target): Promise<Minimised> {
  let best = { case: start, verdict };
  let asked = 0;
  for (let step: Step | null = { best, asked }; step !== null && asked < questionLimit; step = await simplify(asker, dialect, best.case, target)) {
    best = step.best;
    asked += step.asked;
  }
  return { ...best, asked };
}

interface Step {
  readonly best: { readonly case: Case; readonly verdict: Verdict };
  readonly asked: number;
}

/** One step down, or null where no simpler case deviates for the same cause. */
async function simplify(asker: Asker, dialect: Dialect, from: Case, target: Target): Promise<Step | null> {
  let asked = 0;
  for (const candidates of chunks(simplerCases(from), together)) {
    asked += candidates.length;
    const answers = await asker.ask(candidates);
    for (const [i, candidate] of candidates.entries()) {
      const verdict = judge(expectationFor(candidate), answers[i]!, dialect);
      if (meets(verdict, target)) return { best: { case: candidate, verdict }, asked };
    }
  }
  return null;
}

/** Whether a case deviates as another does: in status and cause, and where nothing explains it in the rule. */
function meets({ status, cause, candidates, rule }: Verdict, target: Target): boolean {
  if (status !== target.status) return false;
  if (target.cause === 'unexplained') return (cause ?? 'unexplained') === 'unexplained' && (rule ?? '') === target.rule;
  return cause === target.cause || candidates.includes(target.cause);
}

function* chunks<T>(items: Iterable<T>, size: number): Generator<readonly T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
