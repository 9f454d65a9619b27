import { countPerChannel, forEachInChannel, splitShape } from '../../reference/layout.ts';
import type { BatchStatistics } from '../../reference/trajectory.ts';
import { sum } from '../../tensor/sum.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** The values of one channel, in memory order. */
export function valuesOf(x: Tensor, channel: number): Float64Array {
  const values = new Float64Array(countPerChannel(x.shape));
  let position = 0;
  forEachInChannel(x, channel, (i) => {
    values[position++] = x.data[i]!;
  });
  return values;
}

/** Statistics of what `pick` keeps of each channel; the count stays that of all its values unless `counted` says otherwise. */
export function statisticsOf(x: Tensor, pick: (values: Float64Array) => Float64Array, counted: 'all' | 'picked' = 'all'): BatchStatistics {
  const picked = Array.from({ length: splitShape(x.shape).channels }, (_, c) => pick(valuesOf(x, c)));
  const mean = Float64Array.from(picked, (values) => sum(values) / values.length);
  const variance = Float64Array.from(picked, (values, c) => sum(values.map((value) => (value - mean[c]!) ** 2)) / values.length);
  return { count: counted === 'all' ? countPerChannel(x.shape) : picked[0]?.length ?? 0, mean, variance };
}

/** Elements of a channel that a loop over blocks of four reaches; all of them where there is no full block. */
export function inBlocksOfFour(count: number): number {
  return count < 4 ? count : count - (count % 4);
}

/** `replacement` in place of the elements of each channel past its last block of four. */
export function replaceTail(values: Float64Array, x: Tensor, replacement: (index: number) => number): Float64Array {
  const result = values.slice();
  const reached = inBlocksOfFour(countPerChannel(x.shape));
  for (let c = 0; c < splitShape(x.shape).channels; c++) {
    let position = 0;
    forEachInChannel(x, c, (i) => {
      if (position++ >= reached) result[i] = replacement(i);
    });
  }
  return result;
}

/** Statistics whose channel c is that of channel `from(c)`. */
export function rearrange({ count, mean, variance }: BatchStatistics, from: (channel: number) => number): BatchStatistics {
  return { count, mean: mean.map((_, c) => mean[from(c)]!), variance: variance.map((_, c) => variance[from(c)]!) };
}
