/** Jobs that wait their turn: done in order, a few milliseconds in each turn of the event loop, so that what comes in between is served. */
export interface Turns {
  /** @param size  what the job, and what it leaves, holds in memory while it waits */
  readonly add: (size: number, job: Job) => void;
  /** Resolves once there is room for more. */
  readonly room: () => Promise<void>;
  /** Resolves once every job is done. */
  readonly done: () => Promise<void>;
}

/** What is to be done; where the rest of it takes long, it leaves that for when no other job waits. */
export type Job = () => (() => void) | undefined;

/** Sizes that may wait; a job is taken even where there is no room. */
export interface Capacity {
  readonly jobs: number;
  /** Of jobs of which the rest is left. */
  readonly rests: number;
}

const sliceMs = 4;

/** @param onError  told of what a job throws; the others go on */
export function createTurns(capacity: Capacity, onError: (error: unknown) => void): Turns {
  const [jobs, rests] = [createLine<Job>(), createLine<() => void>()];
  let scheduled = false;
  let listeners: (() => void)[] = [];
  const step = (): void => {
    const next = jobs.take();
    if (next === undefined) return rests.take()?.job();
    const rest = next.job();
    if (rest !== undefined) rests.add({ size: next.size, job: rest });
  };
  const hasWork = (): boolean => jobs.length() + rests.length() > 0;
  const run = (): void => {
    const end = performance.now() + sliceMs;
    while (hasWork()) {
      try {
        step();
      } catch (error) {
        onError(error);
      }
      if (performance.now() > end) break;
    }
    scheduled = hasWork();
    if (scheduled) setImmediate(run);
    const told = listeners;
    listeners = [];
    for (const listener of told) listener();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => listeners.push(resolve));
  };
  return {
    add: (size, job) => {
      jobs.add({ size, job });
      if (!scheduled) setImmediate(run);
      scheduled = true;
    },
    room: () => until(() => jobs.held() < capacity.jobs && rests.held() < capacity.rests),
    done: () => until(() => !scheduled),
  };
}

interface Waiting<T> {
  readonly size: number;
  readonly job: T;
}

/** First in, first out. */
function createLine<T>() {
  let waiting: (Waiting<T> | undefined)[] = [];
  let [next, held] = [0, 0];
  return {
    add: (one: Waiting<T>): void => {
      waiting.push(one);
      held += one.size;
    },
    take: (): Waiting<T> | undefined => {
      const one = waiting[next];
      if (one === undefined) return undefined;
      waiting[next] = undefined; // what is done is not kept
      next += 1;
      held -= one.size;
      if (next === waiting.length) [waiting, next] = [[], 0];
      return one;
    },
    length: (): number => waiting.length - next,
    held: (): number => held,
  };
}
