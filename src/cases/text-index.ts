/**
 * Which of many texts are equal, without holding them: each is known by its hash and by the place from which it can be made again.
 *
 * The ids of a plan as a set of strings would be most of what the plan takes.
 */
export interface TextIndex {
  /** The place of an equal text that was added before; −1, and the text is added, where there is none. */
  readonly add: (text: string, place: number) => number;
}

/**
 * @param textAt  the text of a place again
 * @param hash    equal for equal texts
 */
export function createTextIndex(textAt: (place: number) => string, hash: (text: string) => number = hashOf): TextIndex {
  let table = emptyTable(1024);
  let count = 0;
  const put = (place: number, hashed: number): void => {
    let slot = hashed & table.mask;
    while (table.places[slot]! >= 0) slot = (slot + 1) & table.mask;
    [table.places[slot], table.hashes[slot]] = [place, hashed];
  };
  const grow = (): void => {
    const { places, hashes } = table;
    table = emptyTable(places.length * 2);
    for (const [slot, place] of places.entries()) if (place >= 0) put(place, hashes[slot]!);
  };
  return {
    add: (text, place) => {
      const hashed = hash(text) | 0; // as the table holds it
      for (let slot = hashed & table.mask; table.places[slot]! >= 0; slot = (slot + 1) & table.mask) {
        if (table.hashes[slot] === hashed && textAt(table.places[slot]!) === text) return table.places[slot]!;
      }
      count += 1;
      if (count * 2 > table.places.length) grow();
      put(place, hashed);
      return -1;
    },
  };
}

/** @param size  a power of two */
function emptyTable(size: number): { readonly mask: number; readonly places: Int32Array; readonly hashes: Int32Array } {
  return { mask: size - 1, places: new Int32Array(size).fill(-1), hashes: new Int32Array(size) };
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
