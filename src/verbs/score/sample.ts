/**
 * An evenly spread part of a stream of unknown length: every k-th item, k doubling whenever `most` are held. The same stream gives the
 * same part.
 */
export class Sample<T> {
  readonly #most: number;
  #items: T[] = [];
  #stride = 1;
  #seen = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(item: T): void {
    const at = this.#seen++;
    if (at % this.#stride !== 0) return;
    this.#items.push(item);
    if (this.#items.length <= this.#most) return;
    this.#items = this.#items.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  get items(): readonly T[] {
    return this.#items;
  }
}
