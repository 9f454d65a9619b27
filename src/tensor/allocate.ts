const slabBytes = 65_536;
/** Up to here a typed array lies in the heap itself, which costs little. */
const leastElements = 8;
/** Such arrays are worth their own memory. */
const mostElements = 1024;

let slab = new ArrayBuffer(slabBytes);
let used = 0;

/**
 * Float64Array of zeros, as `new Float64Array(length)` makes it. Short ones share their memory with others: an array with memory of its
 * own costs some 300 ns, most of it when that is given back, and a small case takes dozens of them.
 *
 * The memory goes when none of those that share it is in use. Sent to another thread, an array takes the whole of it along.
 */
export function allocateNumbers(length: number): Float64Array {
  if (length <= leastElements || length > mostElements) return new Float64Array(length);
  const bytes = length * Float64Array.BYTES_PER_ELEMENT;
  if (used + bytes > slabBytes) [slab, used] = [new ArrayBuffer(slabBytes), 0];
  const numbers = new Float64Array(slab, used, length);
  used += bytes;
  return numbers;
}

/** As `values.map(value)`, to the same bits at half the time: a typed array's own asks first what kind of array is wanted. */
export function mapNumbers(values: Float64Array, value: (number: number, index: number) => number): Float64Array {
  const numbers = allocateNumbers(values.length);
  for (let i = 0; i < values.length; i++) numbers[i] = value(values[i]!, i);
  return numbers;
}
