/** Jobs that wait their turn: done in order, a few milliseconds in each turn of the event loop, so that what comes in between is served. */
export interface Turns {
  /** @param size  what the job holds in memory while it waits */
  readonly add: (size: number, job: () => void) => void;
  /** Resolves once there is room for more. */
  readonly room: () => Promise<void>;
  /** Resolves once every job is done. */
  readonly done: () => Promise<void>;
}

const sliceMs = 4;

/**
 * @param capacity  sizes that may wait; a job is taken even where there is no room
 * @param onError   told of what a job throws; the others go on
 */
export function createTurns(capacity: number, onError: (error: unknown) => void): Turns {
  const waiting: { readonly size: number; readonly job: () => void }[] = [];
  let [next, held, scheduled] = [0, 0, false];
  let listeners: (() => void)[] = [];
  const run = (): void => {
    const end = performance.now() + sliceMs;
    for (let one = waiting[next]; one !== undefined; one = waiting[next]) {
      next += 1;
      held -= one.size;
      try {
        one.job();
      } catch (error) {
        onError(error);
      }
      if (performance.now() > end) break;
    }
    scheduled = next < waiting.length;
    if (scheduled) setImmediate(run);
    else [waiting.length, next] = [0, 0];
    const told = listeners;
    listeners = [];
    for (const listener of told) listener();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await new Promise<void>((resolve) => listeners.push(resolve));
  };
  return {
    add: (size, job) => {
      waiting.push({ size, job });
      held += size;
      if (!scheduled) setImmediate(run);
      scheduled = true;
    },
    room: () => until(() => held < capacity),
    done: () => until(() => !scheduled),
  };
}
