import { localStatistics } from '../reference/statistics.ts';
import { splitShape } from '../reference/layout.ts';
import type { BatchStatistics } from '../reference/trajectory.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Statistics of all channels together, repeated per channel; the count stays that of one channel. */
export function channelsTogether(x: Tensor): BatchStatistics {
  const { batch, channels, spatial } = splitShape(x.shape);
  const flat = localStatistics({ ...x, shape: [batch * channels * spatial, 1] });
  const repeat = (values: Float64Array) => new Float64Array(channels).fill(values[0] ?? NaN);
  return { count: batch * spatial, mean: repeat(flat.mean), variance: repeat(flat.variance) };
}
