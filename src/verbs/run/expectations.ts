import { availableParallelism } from 'node:os';
import { AcceptThreads } from '../../accept/accept-threads.ts';
import type { Case } from '../../cases/case.ts';
import type { PlannedCase } from '../../cases/plan.ts';
import { materialise } from '../../cases/materialise.ts';
import { type Expectation, expectationOf } from '../../diff/judge.ts';
import { createRecent } from './recent.ts';
import { createRoom } from './room.ts';

/**
 * Expectations by index. Small ones are computed when first asked for, and the most recent are kept for the other runners. Those of
 * large cases are computed in worker threads while the framework works, and are in memory only until they are judged.
 */
export interface Expectations {
  /** The expectation, worked out here and now. */
  readonly at: (index: number) => Expectation;
  /** A case about to be asked; a large one once there is room for it. Each is to be released once. */
  readonly ask: (index: number) => Case | Promise<Case>;
  /** What is expected of a case that was asked. */
  readonly of: (index: number) => Expectation | Promise<Expectation>;
  /** Who asked the case is done with it. */
  readonly release: (index: number) => void;
  /** Ends the worker threads. */
  readonly close: () => Promise<void>;
}

/** What is kept: so many expectations, of cases of at most so many elements. */
export interface Keep {
  readonly cases: number;
  readonly elements: number;
  /** Whether they stay when the case is judged, for a runner that comes to it later. */
  readonly afterwards: boolean;
}

/** Enough for the slower runner to catch up; larger cases are computed again rather than kept. */
const keptByDefault: Keep = { cases: 4096, elements: 4096, afterwards: true };
/** Nobody comes after the only runner: what is judged is dropped. */
export const keptForOne: Keep = { cases: 4096, elements: 4096, afterwards: false };

/** Which cases go to a worker thread, in input elements. */
export interface LargeLimits {
  /** Those of so many elements and more. */
  readonly from: number;
  /** So many elements are in memory at one time; one takes about 110 bytes in all its copies and bounds. */
  readonly room: number;
}

/** Such a case takes about 1 ms to compute and 0.1 ms to send to a thread; smaller ones are kept for the other runners instead. */
const largeByDefault: LargeLimits = { from: 4096, room: 3 * 2 ** 20 };

export function createExpectations(cases: readonly PlannedCase[], seed: number, keep: Keep = keptByDefault, limits: LargeLimits = largeByDefault): Expectations {
  const recent = createRecent<Expectation>(cases.length, keep.cases);
  const large = openLargeCases(limits.room);
  const at = (index: number): Expectation => {
    const known = recent.get(index);
    if (known !== undefined) return known;
    const planned = cases[index];
    if (planned === undefined) throw new RangeError(`expected a case index below ${String(cases.length)}, got ${String(index)}`);
    const expectation = expectationOf(planned, materialise(planned, seed));
    if (countElementsOf(expectation) <= keep.elements) recent.add(index, expectation);
    return expectation;
  };
  return {
    at,
    ask: (index) => {
      const joined = large.join(index);
      if (joined !== undefined) return joined;
      const expectation = at(index);
      return countElementsOf(expectation) < limits.from ? expectation.case : large.begin(index, expectation);
    },
    of: (index) => large.of(index) ?? at(index),
    release: (index) => {
      large.leave(index);
      if (!keep.afterwards) recent.drop(index);
    },
    close: large.close,
  };
}

/** A large case on its way: who asked it, when there is room for it, and what is expected of it. */
interface LargeCase {
  users: number;
  readonly elements: number;
  readonly question: Promise<Case>;
  readonly expectation: Promise<Expectation>;
}

function openLargeCases(capacity: number) {
  const begun = new Map<number, LargeCase>();
  const room = createRoom(capacity);
  let threads: AcceptThreads | undefined;
  const compute = async (expectation: Expectation): Promise<Expectation> => {
    threads ??= new AcceptThreads(Math.min(availableParallelism(), 4));
    const { planned, case: question } = expectation;
    // what a thread cannot do is done here when it is needed, and throws here if it must
    return threads.accept(question).then((accepted) => ({ planned, case: question, accepted }), () => expectation);
  };
  return {
    of: (index: number) => begun.get(index)?.expectation,
    begin: (index: number, expectation: Expectation): Promise<Case> => {
      const elements = countElementsOf(expectation);
      const entered = room.enter(elements);
      const one: LargeCase = {
        users: 1, elements, question: entered.then(() => expectation.case),
        expectation: entered.then(() => (one.users > 0 ? compute(expectation) : expectation)), // nobody may be left who asked
      };
      begun.set(index, one);
      return one.question;
    },
    /** Undefined where nobody has asked the case yet. */
    join: (index: number): Promise<Case> | undefined => {
      const one = begun.get(index);
      if (one !== undefined) one.users += 1;
      return one?.question;
    },
    leave: (index: number): void => {
      const one = begun.get(index);
      if (one === undefined) return;
      one.users -= 1;
      if (one.users > 0) return;
      begun.delete(index);
      void one.question.then(() => { room.leave(one.elements); });
    },
    close: async () => threads?.close(),
  };
}

/** Input elements over all steps and ranks: the size of the case. */
export function countElementsOf({ case: question }: Pick<Expectation, 'case'>): number {
  return question.ranks.reduce((total, rank) => total + rank.inputs.reduce((sum, input) => sum + input.data.length, 0), 0);
}
