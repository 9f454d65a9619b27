import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { decodeTensor } from './bytes.ts';
import { largestFinite, smallestSubnormal, unitRoundoff } from './formats.ts';
import { roundArray, roundTo } from './round.ts';

const narrow = ['float16', 'bfloat16', 'float32'] as const;

/** The positive value with this pattern. */
function valueOf(pattern: number, dtype: (typeof narrow)[number]): number {
  const bytes = dtype === 'float32' ? new Uint8Array(Uint32Array.of(pattern).buffer) : new Uint8Array(Uint16Array.of(pattern).buffer);
  return decodeTensor(dtype, [1], bytes)[0]!;
}

/** The neighbour of a positive float64 value, `steps` away. */
function neighbour(value: number, steps: bigint): number {
  const cell = new DataView(new ArrayBuffer(8));
  cell.setFloat64(0, value);
  cell.setBigUint64(0, cell.getBigUint64(0) + steps);
  return cell.getFloat64(0);
}

function expectNearest(pattern: number, dtype: (typeof narrow)[number]): void {
  const below = valueOf(pattern, dtype);
  const above = valueOf(pattern + 1, dtype);
  const half = (below + above) / 2; // exact in float64
  expect(roundTo(below, dtype)).toBe(below);
  expect(roundTo(half, dtype)).toBe(pattern % 2 === 0 ? below : above);
  expect(roundTo(neighbour(half, 1n), dtype)).toBe(above);
  expect(roundTo(neighbour(half, -1n), dtype)).toBe(below);
  expect(roundTo(-neighbour(half, 1n), dtype)).toBe(-above);
}

describe('rounding to nearest, ties to even, in one rounding', () => {
  for (const [dtype, largest] of [['float16', 0x7bfe], ['bfloat16', 0x7f7e], ['float32', 0x7f7ffffe]] as const) {
    test.prop([fc.integer({ min: 0, max: largest })])(`property: half-way between neighbours and one float64 step beside it, ${dtype}`, (pattern) => {
      expectNearest(pattern, dtype);
    });
  }

  it('control: rounding bfloat16 through float32 would go down', () => {
    const value = 1 + 2 ** -8 + 2 ** -40;
    expect(roundTo(Math.fround(value), 'bfloat16')).toBe(1);
    expect(roundTo(value, 'bfloat16')).toBe(1 + 2 ** -7);
  });

  it.each(narrow)('beyond the largest %s half a step overflows to infinity, less does not', (dtype) => {
    const largest = largestFinite(dtype);
    const step = 2 ** Math.floor(Math.log2(largest)) * 2 * unitRoundoff(dtype);
    expect(roundTo(largest + step / 2, dtype)).toBe(Infinity);
    expect(roundTo(-(largest + step / 2), dtype)).toBe(-Infinity);
    expect(roundTo(neighbour(largest + step / 2, -1n), dtype)).toBe(largest);
  });

  it.each(narrow)('half of the smallest %s underflows to a zero of its sign', (dtype) => {
    const tiny = smallestSubnormal(dtype);
    expect(roundTo(tiny, dtype)).toBe(tiny);
    expect(roundTo(tiny / 2, dtype)).toBe(0);
    expect(roundTo(-tiny / 2, dtype)).toBe(-0);
    expect(roundTo(neighbour(tiny / 2, 1n), dtype)).toBe(tiny);
  });

  it('keeps NaN, infinities and signed zeros, and leaves its input alone', () => {
    const special = Float64Array.of(NaN, Infinity, -Infinity, -0);
    for (const dtype of [...narrow, 'float64'] as const) expect([...roundArray(special, dtype)]).toEqual([NaN, Infinity, -Infinity, -0]);
    const input = Float64Array.of(0.1);
    expect(roundArray(input, 'bfloat16')[0]).toBe(0.10009765625);
    expect(input[0]).toBe(0.1);
  });
});
