/** What was made before, of which many cases of a suite have the same; nobody writes into it. */
export interface MadeBefore<T> {
  /**
   * @param key   names all that the value depends on
   * @param size  what the value takes of the room
   */
  readonly get: (key: string, size: number, make: () => T) => T;
}

/** @param room  all that is kept takes at most so much; when it is full, it is begun anew */
export function madeBefore<T>(room: number): MadeBefore<T> {
  const kept = new Map<string, T>();
  let taken = 0;
  return {
    get: (key, size, make) => {
      const known = kept.get(key);
      if (known !== undefined) return known;
      const made = make();
      if (taken + size > room) {
        kept.clear();
        taken = 0;
      }
      if (size <= room) {
        kept.set(key, made);
        taken += size;
      }
      return made;
    },
  };
}
