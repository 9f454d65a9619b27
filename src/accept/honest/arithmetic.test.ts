import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { arithmeticOf, fusedMultiplyAdd } from './arithmetic.ts';
import { depthOf, sumOfTerms } from './sums.ts';
import { summations } from './form.ts';

const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e18), max: Math.fround(1e18) });

/** Multiples of 2⁻³⁰⁰ as integers, exact for every float32 product. */
function scaled(value: number): bigint {
  let [mantissa, shift] = [value, 300];
  while (!Number.isInteger(mantissa)) [mantissa, shift] = [mantissa * 2, shift - 1];
  return BigInt(mantissa) << BigInt(shift);
}

function distance(value: number, exact: bigint): bigint {
  const apart = scaled(value) - exact;
  return apart < 0n ? -apart : apart;
}

const bits = new Float32Array(1);
const pattern = new Int32Array(bits.buffer);

/** The float32 values beside a value that is neither 0 nor infinite. */
function neighbours(value: number): readonly number[] {
  return [-1, 1].map((step) => {
    bits[0] = value;
    pattern[0] = pattern[0]! + step;
    return bits[0];
  });
}

describe('BN-NUM-01 emulated fused multiply-add', () => {
  test.prop([float, float, float, fc.boolean()], { numRuns: 5000 })('property: no neighbour is nearer to a·b + c, products that nearly cancel included', (a, b, c, cancels) => {
    const addend = cancels ? -Math.fround(a * b) : c;
    const got = fusedMultiplyAdd(a, b, addend);
    fc.pre(Math.abs(got) > 2 ** -126);
    const exact = scaled(a) * scaled(b) + (scaled(addend) << 300n);
    for (const other of neighbours(got)) expect(distance(got, exact >> 300n) <= distance(other, exact >> 300n) + 1n).toBe(true);
  });

  it('golden: 1 + 2⁻²⁴ + 2⁻⁸⁰ is above a tie, where float64 would round it to the tie and then to even', () => {
    const above = fusedMultiplyAdd(2 ** -40, 2 ** -40, Math.fround(1)) - 1;
    expect(above).toBe(0);
    const a = 1 + 2 ** -12;
    expect(Math.fround(a * a + 2 ** -70)).toBe(1 + 2 ** -11);
    expect(fusedMultiplyAdd(a, a, 2 ** -70)).toBe(1 + 2 ** -11 + 2 ** -23);
    expect(fusedMultiplyAdd(a, a, -(2 ** -70))).toBe(1 + 2 ** -11);
    expect(fusedMultiplyAdd(-a, a, -(2 ** -70))).toBe(-(1 + 2 ** -11 + 2 ** -23));
  });

  it('golden: a product of 2⁻²⁴ parts survives where two roundings lose it', () => {
    const a = 1 + 2 ** -23;
    const [fused, plain] = [true, false].map((kind) => arithmeticOf(kind, false).multiplyAdd(a, a, -Math.fround(a * a)));
    expect([fused, plain]).toEqual([2 ** -46, 0]);
  });
});

describe('BN-NUM-01 flushed subnormals', () => {
  it.each([[2 ** -126, 2 ** -126], [2 ** -127, 0], [-(2 ** -149), 0], [2 ** -126 * (1 - 2 ** -26), 2 ** -126]])('golden: %d becomes %d', (value, flushed) => {
    expect(Math.abs(arithmeticOf(false, true).round(value))).toBe(flushed);
    expect(arithmeticOf(false, false).round(value)).toBe(Math.fround(value));
  });
});

describe('BN-NUM-01 sums of each depth', () => {
  const values = fc.array(float, { minLength: 1, maxLength: 70 });

  test.prop([values, fc.constantFrom(...summations)], { numRuns: 2000 })('property: |error| ≤ depth·u·Σ|t|', (terms, how) => {
    const exact = terms.reduce((total, term) => total + scaled(term), 0n);
    const size = terms.reduce((total, term) => total + Math.abs(term), 0);
    const got = Math.fround(sumOfTerms({ a: Float64Array.from(terms), b: null }, how, arithmeticOf(false, false)));
    expect(Number(distance(got, exact)) * 2 ** -300).toBeLessThanOrEqual(Math.max(1, depthOf(how, terms.length)) * 2 ** -24 * size * (1 + 1e-4));
  });

  it.each(summations)('golden: Σ k² of 1 … 70 by %s', (how) => {
    const k = Float64Array.from({ length: 70 }, (_, i) => i + 1);
    expect(sumOfTerms({ a: k, b: k }, how, arithmeticOf(true, true))).toBe((70 * 71 * 141) / 6);
  });

  it('control: depths are told apart where all roundings go one way', () => {
    const same = { a: new Float64Array(4096).fill(Math.fround(1 / 3)), b: null };
    const error = (how: (typeof summations)[number]) => Math.abs(sumOfTerms(same, how, arithmeticOf(false, false)) / (4096 * Math.fround(1 / 3)) - 1);
    expect(error('pairwise')).toBe(0);
    expect(error('lanes8')).toBeLessThan(error('sequential'));
    expect(error('sequential')).toBeGreaterThan(12 * 2 ** -24);
  });
});
