/** The last few of many numbered things. */
export interface Recent<T> {
  readonly get: (index: number) => T | undefined;
  /** Adds one that is not there; the oldest gives way to it. */
  readonly add: (index: number, item: T) => void;
  readonly drop: (index: number) => void;
}

/**
 * Arrays, and no Map: one whose entries come and go is copied from time to time, and the engine keeps the old copy, with all that was in
 * it, until the next full collection.
 *
 * @param count  indices are below it
 * @param most   so many of what was added last are kept
 */
export function createRecent<T>(count: number, most: number): Recent<T> {
  const items: (T | undefined)[] = Array.from({ length: count });
  const added = new Int32Array(most).fill(-1);
  let next = 0;
  return {
    get: (index) => items[index],
    add: (index, item) => {
      const oldest = added[next]!;
      if (oldest >= 0) items[oldest] = undefined;
      items[index] = item;
      added[next] = index;
      next = (next + 1) % most;
    },
    drop: (index) => { items[index] = undefined; },
  };
}
