/** Numbers of a script that lie in one file beside it. */
export interface LargeNumbers {
  /** The place of the numbers, as the function `numbers` of the script reads it; null where they are few enough to stand in the script. */
  readonly place: (values: ArrayLike<number>) => string | null;
  /** All that were placed, in order. */
  readonly all: () => Float64Array<ArrayBuffer>;
}

/** Fewer are read more easily where they are used. */
const mostInline = 64;

export function largeNumbers(): LargeNumbers {
  const parts: ArrayLike<number>[] = [];
  let size = 0;
  return {
    place: (values) => {
      if (values.length <= mostInline) return null;
      parts.push(values);
      const first = size;
      size += values.length;
      return `@${String(first)}:${String(size)}`;
    },
    all: () => {
      const all = new Float64Array(size);
      parts.reduce((offset, part) => (all.set(part, offset), offset + part.length), 0);
      return all;
    },
  };
}
