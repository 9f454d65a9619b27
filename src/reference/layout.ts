import type { Tensor } from '../tensor/tensor.ts';

/** Calls `visit` with the flat index of every element of channel `channel` of a [N, C, …spatial] tensor, in memory order. */
export function forEachInChannel(tensor: Tensor, channel: number, visit: (index: number) => void): void {
  const { batch, channels, spatial } = splitShape(tensor.shape);
  for (let n = 0; n < batch; n++) {
    const start = (n * channels + channel) * spatial;
    for (let s = 0; s < spatial; s++) visit(start + s);
  }
}

/** Writes the elements of channel `channel` of a [N, C, …spatial] tensor into an array of as many, in memory order. */
export function gatherChannel({ data, shape }: Tensor, channel: number, into: Float64Array): void {
  const { batch, channels, spatial } = splitShape(shape);
  let position = 0;
  for (let n = 0; n < batch; n++) {
    const start = (n * channels + channel) * spatial;
    for (let i = start; i < start + spatial; i++) into[position++] = data[i]!;
  }
}

/** The extents that Batch Normalization sees: N, C and the product of the spatial axes (1 at rank 2). */
export function splitShape(shape: readonly number[]): { batch: number; channels: number; spatial: number } {
  let spatial = 1;
  for (let axis = 2; axis < shape.length; axis++) spatial *= shape[axis]!;
  return { batch: shape[0] ?? 0, channels: shape[1] ?? 0, spatial };
}

/** Elements per channel, n = N·∏spatial. */
export function countPerChannel(shape: readonly number[]): number {
  const { batch, spatial } = splitShape(shape);
  return batch * spatial;
}
