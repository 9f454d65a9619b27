import { allocateNumbers } from '../../tensor/allocate.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { countPerChannel, gatherChannel, splitShape } from '../layout.ts';
import type { Wide } from './double-double.ts';

/** Numbers hi[i] + lo[i]. */
export interface WideArray {
  readonly hi: Float64Array;
  readonly lo: Float64Array;
}

/** One number per channel, that of `valueOf`. Where it is NaN after an overflow, `plain` stands in its place. */
export function perChannel<T>(channels: readonly T[], valueOf: (channel: T, index: number) => Wide, plain: Float64Array): WideArray {
  const result = { hi: allocateNumbers(channels.length), lo: allocateNumbers(channels.length) };
  for (let c = 0; c < channels.length; c++) put(result, c, valueOf(channels[c]!, c), plain[c]!);
  return result;
}

/** One number per element of `like`, by channel. Where it is NaN after an overflow, `plain` stands in its place. */
export function perElement(like: Tensor, plain: Float64Array, valuesOf: (channel: number) => (index: number) => Wide): WideArray {
  const result = { hi: allocateNumbers(plain.length), lo: allocateNumbers(plain.length) };
  const { batch, channels, spatial } = splitShape(like.shape);
  for (let c = 0; c < channels; c++) {
    const value = valuesOf(c);
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++) put(result, i, value(i), plain[i]!);
    }
  }
  return result;
}

function put({ hi, lo }: WideArray, index: number, value: Wide, plain: number): void {
  const isNumber = !Number.isNaN(value.hi);
  hi[index] = isNumber ? value.hi : plain;
  lo[index] = isNumber ? value.lo : 0;
}

/** The elements of one channel, in memory order. */
export function channelOf(tensor: Tensor, channel: number): Float64Array {
  const values = allocateNumbers(countPerChannel(tensor.shape));
  gatherChannel(tensor, channel, values);
  return values;
}
