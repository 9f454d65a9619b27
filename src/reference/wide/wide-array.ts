import type { Tensor } from '../../tensor/tensor.ts';
import { countPerChannel, forEachInChannel, splitShape } from '../layout.ts';
import type { Wide } from './double-double.ts';

/** Numbers hi[i] + lo[i]. */
export interface WideArray {
  readonly hi: Float64Array;
  readonly lo: Float64Array;
}

/** One number per channel. Where it is NaN after an overflow, `plain` stands in its place. */
export function perChannel(values: readonly Wide[], plain: Float64Array): WideArray {
  const result = { hi: new Float64Array(values.length), lo: new Float64Array(values.length) };
  for (const [c, value] of values.entries()) put(result, c, value, plain[c]!);
  return result;
}

/** One number per element of `like`, by channel. Where it is NaN after an overflow, `plain` stands in its place. */
export function perElement(like: Tensor, plain: Float64Array, valuesOf: (channel: number) => (index: number) => Wide): WideArray {
  const result = { hi: new Float64Array(plain.length), lo: new Float64Array(plain.length) };
  for (let c = 0; c < splitShape(like.shape).channels; c++) {
    const value = valuesOf(c);
    forEachInChannel(like, c, (i) => {
      put(result, i, value(i), plain[i]!);
    });
  }
  return result;
}

function put({ hi, lo }: WideArray, index: number, value: Wide, plain: number): void {
  hi[index] = Number.isNaN(value.hi) ? plain : value.hi;
  lo[index] = Number.isNaN(value.hi) ? 0 : value.lo;
}

/** The elements of one channel, in memory order. */
export function channelOf(tensor: Tensor, c: number): Float64Array {
  const values = new Float64Array(countPerChannel(tensor.shape));
  let position = 0;
  forEachInChannel(tensor, c, (i) => {
    values[position++] = tensor.data[i]!;
  });
  return values;
}
