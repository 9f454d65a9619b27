/** Texts on their way to a file, as the bytes that they will be there. */
export interface GatheredBytes {
  /** @returns how many bytes there are now */
  readonly add: (text: string) => number;
  /** What there is; its memory serves again once it was given back. */
  readonly take: () => { readonly bytes: Uint8Array; readonly giveBack: () => void };
}

/** A UTF-16 unit has so many in UTF-8 at most. */
const bytesOfAUnit = 3;

/**
 * Gathers UTF-8. Kept as texts until they are written, lines would outlive the collector's young generation, each of them to be moved twice.
 *
 * @param capacity  bytes that are taken at about that length; what is longer fits too
 */
export function gatherBytes(capacity: number): GatheredBytes {
  const free: Buffer[] = [];
  const newMemory = (least: number): Buffer => Buffer.allocUnsafeSlow(Math.max(least, 2 * capacity));
  let memory = newMemory(0);
  let used = 0;
  return {
    add: (text) => {
      const least = used + text.length * bytesOfAUnit;
      if (least > memory.length) {
        const larger = newMemory(2 * least);
        larger.set(memory.subarray(0, used));
        memory = larger;
      }
      used += memory.write(text, used);
      return used;
    },
    take: () => {
      const [taken, bytes] = [memory, memory.subarray(0, used)];
      [memory, used] = [free.pop() ?? newMemory(0), 0];
      return { bytes, giveBack: () => { if (taken.length <= 2 * capacity) free.push(taken); } };
    },
  };
}
