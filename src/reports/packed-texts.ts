/** Texts in order, as far as reports ask for them; a list of strings is one. */
export interface Texts extends Iterable<string> {
  readonly length: number;
  /** Undefined where there is none. */
  readonly at: (index: number) => string | undefined;
}

/** So many in a row stand as what differs from the one before; the next one stands whole, so that any is found soon. */
const textsOfARow = 64;
/** What is longer, or of other alphabets, is kept as it is. */
const longestPacked = 4096;
/** The length that a text shares with the one before, and that of the rest. */
const bytesOfLengths = 4;

/** Where a reader is: the text that it has, and what comes after it. */
interface Reader {
  index: number;
  from: Buffer;
  at: number;
  readonly text: Buffer;
  length: number;
}

/**
 * Each text as what differs from the one before: the ids of a plan differ in their last axes, and take a tenth of what they do as strings.
 * A class, for a reader that goes on where it was: whoever reads in order has each text for what it costs to copy it.
 */
export class PackedTexts implements Texts {
  length = 0;
  readonly #rows: Buffer[] = [];
  readonly #open = { bytes: Buffer.alloc(textsOfARow * (bytesOfLengths + longestPacked)), used: 0, last: '' };
  readonly #kept = new Map<number, string>();
  readonly #read: Reader = { index: -1, from: this.#open.bytes, at: 0, text: Buffer.alloc(longestPacked), length: 0 };

  readonly add = (text: string): void => {
    const packed = isPackable(text) ? text : '';
    if (packed !== text) this.#kept.set(this.length, text);
    if (this.length > 0 && this.length % textsOfARow === 0) this.#close();
    const { bytes, last } = this.#open;
    const shared = sharedLength(last, packed);
    const at = bytes.writeUInt16LE(packed.length - shared, bytes.writeUInt16LE(shared, this.#open.used));
    this.#open.used = at + bytes.write(packed.slice(shared), at, 'latin1');
    this.#open.last = packed;
    this.length += 1;
  };

  readonly at = (index: number): string | undefined => {
    if (!Number.isInteger(index) || index < 0 || index >= this.length) return undefined;
    const read = this.#read;
    const row = Math.floor(index / textsOfARow);
    if (index < read.index || row * textsOfARow > read.index) [read.index, read.from, read.at] = [row * textsOfARow - 1, this.#rows[row] ?? this.#open.bytes, 0];
    while (read.index < index) this.#readNext();
    return this.#kept.get(index) ?? read.text.toString('latin1', 0, read.length);
  };

  * [Symbol.iterator](): Generator<string, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index) ?? '';
  }

  /** A row that is full is kept in the bytes that it takes. */
  #close(): void {
    const { bytes, used } = this.#open;
    const row = Buffer.from(bytes.subarray(0, used));
    if (this.#read.from === bytes) this.#read.from = row;
    this.#rows.push(row);
    [this.#open.used, this.#open.last] = [0, ''];
  }

  #readNext(): void {
    const read = this.#read;
    const shared = read.from.readUInt16LE(read.at);
    const own = read.from.readUInt16LE(read.at + 2);
    const end = read.at + bytesOfLengths + own;
    read.from.copy(read.text, shared, read.at + bytesOfLengths, end);
    [read.index, read.at, read.length] = [read.index + 1, end, shared + own];
  }
}

/** A byte for each UTF-16 unit. */
function isPackable(text: string): boolean {
  return text.length <= longestPacked && /^[\0-\xff]*$/.test(text);
}

function sharedLength(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  for (let i = 0; i < most; i++) if (a.charCodeAt(i) !== b.charCodeAt(i)) return i;
  return most;
}
