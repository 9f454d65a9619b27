/** Runs tasks in the order in which they came, so many at one time as there are places. */
export interface Turns {
  readonly take: <T>(task: () => Promise<T>) => Promise<T>;
  /** To be called when `places` may have grown. */
  readonly wake: () => void;
}

export function inTurns(places: () => number): Turns {
  let running = 0;
  const waiting: (() => void)[] = [];
  const wake = (): void => {
    while (running < places()) {
      const next = waiting.shift();
      if (next === undefined) return;
      running += 1;
      next();
    }
  };
  const take = async <T>(task: () => Promise<T>): Promise<T> => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      wake();
    });
    try {
      return await task();
    } finally {
      running -= 1;
      wake();
    }
  };
  return { take, wake };
}
