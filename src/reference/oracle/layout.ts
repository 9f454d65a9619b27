/**
 * Positions of a channel's elements in a row-major tensor [N, C, …spatial], in ascending order.
 *
 * @throws {RangeError} BN-SHAPE-03 when axis 1 does not have `channels` entries
 */
export function channelIndices(shape: readonly number[], channels: number, channel: number): readonly number[] {
  const [samples = 0, extent, ...spatial] = shape;
  if (extent !== channels) throw new RangeError(`BN-SHAPE-03: expected ${channels} channels, got shape [${shape.join(', ')}]`);
  const points = spatial.reduce((product, size) => product * size, 1);
  return Array.from({ length: samples * points }, (_, i) => (Math.floor(i / points) * channels + channel) * points + (i % points));
}
