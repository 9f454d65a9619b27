import { forEachInChannel, splitShape } from '../reference/layout.ts';
import type { StateUpdate } from '../reference/trajectory.ts';
import { smallestNormal } from '../tensor/formats.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** 1 where the data make a running statistic exact in any summation order, [C]. */
export interface ExactState {
  readonly mean: Uint8Array;
  readonly variance: Uint8Array;
}

export function isExact(flags: Uint8Array, c: number): boolean {
  return flags[c] === 1;
}

/**
 * Where running mean and variance are exact in float32, whatever the order of summation. An updating algorithm is no order of
 * summation: it divides by each number up to n, by 3 from n = 3 on, and what it makes of such data is exact at n = 2 alone. Between
 * several ranks 1/s may cross, out of which no variance comes back exactly.
 *
 * The mean: every partial sum of x fits in 24 bits, n is a power of two, and each product and sum of the update is
 * representable. The variance besides: n = 2, so that n/(n − 1) = 2, and both squares are representable.
 */
export function exactState(update: StateUpdate, inputs: readonly Tensor[]): ExactState {
  const { before, batch, weight: m } = update;
  const channels = batch.mean.length;
  const flags = { mean: new Uint8Array(channels), variance: new Uint8Array(channels) };
  if (!isPowerOfTwo(batch.count) || inputs.some((x) => x.dtype !== 'float32')) return flags;
  for (let c = 0; c < channels; c++) {
    const mu = batch.mean[c]!;
    if (!isFloat32(mu) || !blendsExactly(before.mean[c]!, mu, m) || !channelSumsExactly(inputs, c)) continue; // the dearest last
    flags.mean[c] = 1;
    if (batch.count !== 2 || inputs.length !== 1) continue;
    const squares = inputs.flatMap((x) => channelValues(x, c)).map((x) => (x - mu) ** 2);
    const unbiased = 2 * batch.variance[c]!;
    if (squares.every(isFloat32) && sumsExactly(squares) && blendsExactly(before.variance[c]!, unbiased, m)) flags.variance[c] = 1;
  }
  return flags;
}

const tiny = smallestNormal('float32');

/** Whether every partial sum of the values, in any order, is representable in float32, and none subnormal: it might be flushed. */
export function sumsExactly(values: Iterable<number>): boolean {
  const sum = { unit: 0, total: 0 };
  for (const value of values) if (!addsExactly(sum, value)) return false;
  return true;
}

/** `sumsExactly` of a channel over all tensors. */
export function channelSumsExactly(tensors: readonly Tensor[], c: number): boolean {
  const sum = { unit: 0, total: 0 };
  return tensors.every(({ data, shape }) => {
    const { batch, channels, spatial } = splitShape(shape);
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++) if (!addsExactly(sum, data[i]!)) return false;
    }
    return true;
  });
}

/** What was added so far: the largest power of two that divides all of it, and the sum of its magnitudes. */
interface ExactSum {
  unit: number;
  total: number;
}

/** Adds a value; false where a partial sum need not be representable, whatever comes later: that only makes the sum larger and the unit smaller. */
function addsExactly(sum: ExactSum, value: number): boolean {
  if (value === 0) return true;
  if (!Number.isFinite(value)) return false;
  sum.unit = commonUnit(sum.unit, Math.abs(value));
  sum.total += Math.abs(value);
  return sum.total / sum.unit <= 2 ** 24 && sum.unit >= tiny;
}

/** Both (1 − m)·v + m·b and v + m·(b − v), every operation exact in float32. */
function blendsExactly(v: number, b: number, m: number): boolean {
  const keep = 1 - m;
  return [m, keep, v, b, m * b, keep * v, keep * v + m * b, b - v, m * (b - v), m * v].every(isFloat32) && keep * v + m * b === v + m * (b - v);
}

/** The largest power of two that divides both a value > 0 and the unit so far; 0 stands for no unit yet. */
function commonUnit(unit: number, value: number): number {
  let common = unit === 0 ? 2 ** Math.floor(Math.log2(value)) : unit;
  while (value % common !== 0) common /= 2;
  return common;
}

/** A float32 value that stays what it is, flushed or not. */
export function isFloat32(value: number): boolean {
  return Math.fround(value) === value && (value === 0 || Math.abs(value) >= tiny);
}

function isPowerOfTwo(n: number): boolean {
  return n > 0 && Number.isInteger(Math.log2(n));
}

function channelValues(x: Tensor, c: number): number[] {
  const values: number[] = [];
  forEachInChannel(x, c, (i) => values.push(x.data[i]!));
  return values;
}
