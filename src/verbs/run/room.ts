/** A limit on what is in memory at one time: who finds no room waits, first come first served. */
export interface Room {
  /** Resolves once there is room for so much; what is larger than the whole room gets all of it, alone. */
  readonly enter: (size: number) => Promise<void>;
  readonly leave: (size: number) => void;
}

export function createRoom(capacity: number): Room {
  const waiting: { readonly need: number; readonly enter: () => void }[] = [];
  let free = capacity;
  const needOf = (size: number): number => Math.min(size, capacity);
  const admit = (): void => {
    for (let first = waiting[0]; first !== undefined && first.need <= free; first = waiting[0]) {
      waiting.shift();
      free -= first.need;
      first.enter();
    }
  };
  return {
    enter: (size) => new Promise<void>((enter) => {
      waiting.push({ need: needOf(size), enter });
      admit();
    }),
    leave: (size) => {
      free += needOf(size);
      admit();
    },
  };
}
