import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { backwardOf, distance, forwardOf, question, stepOf, tensor } from './question.fixture.ts';
import { simulate } from './simulate.ts';

const samples = 6;
const channels = 2;
const size = samples * channels;
const shape = [samples, channels];

/** Numbers of about unit size with a spread, so that float64 rounding stays far below the tolerance. */
const values = fc.array(fc.integer({ min: -4096, max: 4096 }).map((k) => k / 512), { minLength: size, maxLength: size })
  .filter((x) => [0, 1].every((c) => new Set(x.filter((_, i) => i % channels === c)).size > 2));
const numbers = fc.integer({ min: -64, max: 64 }).map((k) => k / 8);
const tolerance = 1e-9;

const at = (x: readonly number[], dy: readonly number[], program: string, more: Partial<Parameters<typeof question>[0]> = {}) =>
  simulate(question({ program, inputs: [[tensor(shape, x)]], grads: [[tensor(shape, dy)]], ...more }));

describe('BN-NORM-01 properties of the training forward', () => {
  test.prop([values, values, numbers])('property: a constant added to a channel leaves y and dx alone and moves rm by m times it', (x, dy, shift) => {
    const plain = at(x, dy, 'train-backward');
    const moved = at(x.map((value, i) => (i % channels === 0 ? value + shift : value)), dy, 'train-backward');
    expect(distance(forwardOf(moved).y, forwardOf(plain).y)).toBeLessThan(tolerance);
    expect(distance(backwardOf(moved).dx, backwardOf(plain).dx)).toBeLessThan(tolerance);
    const [from, to] = [forwardOf(plain).state?.mean ?? [], forwardOf(moved).state?.mean ?? []];
    expect(distance(to, [from[0]! + 0.1 * shift, from[1]!])).toBeLessThan(tolerance);
  });

  test.prop([values, values, fc.constantFrom(0.25, 0.5, 2, 8)])('property: scaling x by a and ε by a² leaves y alone, divides dx by a', (x, dy, a) => {
    const plain = at(x, dy, 'train-backward');
    const scaled = at(x.map((value) => a * value), dy, 'train-backward', { config: { eps: 1e-5 * a * a } });
    expect(distance(forwardOf(scaled).y, forwardOf(plain).y)).toBeLessThan(tolerance);
    expect(distance(backwardOf(scaled).dx, backwardOf(plain).dx.map((value) => value / a))).toBeLessThan(tolerance);
  });

  test.prop([values, values, fc.integer({ min: 1, max: samples - 1 })])('property: a permuted batch permutes y and dx and leaves the state alone', (x, dy, turn) => {
    const rotate = (data: ArrayLike<number>) => Array.from({ length: size }, (_, i) => data[(i + turn * channels) % size]!);
    const plain = at(x, dy, 'train-backward');
    const turned = at(rotate(x), rotate(dy), 'train-backward');
    expect(distance(forwardOf(turned).y, rotate(forwardOf(plain).y))).toBeLessThan(tolerance);
    expect(distance(backwardOf(turned).dx, rotate(backwardOf(plain).dx))).toBeLessThan(tolerance);
    expect(distance(forwardOf(turned).state?.variance ?? [], forwardOf(plain).state?.variance ?? [])).toBeLessThan(tolerance);
  });

  test.prop([values, values, values])('property: a channel depends on that channel only', (x, other, dy) => {
    const mixed = x.map((value, i) => (i % channels === 0 ? value : other[i]!));
    const own = (data: Float64Array) => data.filter((_, i) => i % channels === 0);
    expect(own(forwardOf(at(mixed, dy, 'train-backward')).y)).toEqual(own(forwardOf(at(x, dy, 'train-backward')).y));
    expect(own(backwardOf(at(mixed, dy, 'train-backward')).dx)).toEqual(own(backwardOf(at(x, dy, 'train-backward')).dx));
  });

  test.prop([values, values, fc.constantFrom(0, 0.5, 1, null)])('property: momentum does not change y', (x, dy, momentum) => {
    expect(forwardOf(at(x, dy, 'train', { config: { momentum } })).y).toEqual(forwardOf(at(x, dy, 'train')).y);
  });
});

describe('BN-GRAD-01 properties of the training gradient', () => {
  test.prop([values, values])('property: Σdx = 0 and Σdx·x̂ = (γ/s)·(ε/(σ² + ε))·Σdy·x̂', (x, dy) => {
    const { dx, forward, dgamma } = backwardOf(at(x, dy, 'train-backward'));
    for (const c of [0, 1]) {
      const own = x.map((_, i) => i).filter((i) => i % channels === c);
      const s = forward.deviation[c]!;
      const normalised = (i: number) => (x[i]! - forward.mean[c]!) / s;
      expect(Math.abs(own.reduce((sum, i) => sum + dx[i]!, 0))).toBeLessThan(tolerance / s);
      const expected = (1e-5 / (s * s * s)) * (dgamma?.[c] ?? NaN);
      expect(Math.abs(own.reduce((sum, i) => sum + dx[i]! * normalised(i), 0) - expected)).toBeLessThan(tolerance / s);
    }
  });
});

describe('BN-NORM-02 properties of the evaluation forward', () => {
  test.prop([values, values, numbers])('property: evaluation is affine in x', (x, other, t) => {
    const blend = x.map((value, i) => (1 - t) * value + t * other[i]!);
    const y = (data: readonly number[]) => forwardOf(at(data, data, 'eval', { initial: { running_mean: tensor([2], [3, -1]), running_var: tensor([2], [0.5, 4]) } })).y;
    expect(distance(y(blend), y(x).map((value, i) => (1 - t) * value + t * y(other)[i]!))).toBeLessThan(tolerance);
  });
});

describe('BN-SYNC-01 properties of pooling', () => {
  test.prop([values, values, fc.integer({ min: 1, max: samples - 1 })])('property: ranks of any counts equal their concatenation', (x, dy, cut) => {
    const part = (data: readonly number[], from: number, to: number) => tensor([to - from, channels], data.slice(from * channels, to * channels));
    const ranks = simulate(question({
      program: 'train-backward', inputs: [[part(x, 0, cut)], [part(x, cut, samples)]], grads: [[part(dy, 0, cut)], [part(dy, cut, samples)]],
    }));
    const whole = simulate(question({ layer: 'syncbatchnorm', program: 'train-backward', inputs: [[tensor(shape, x)]], grads: [[tensor(shape, dy)]] }));
    const both = (pick: (rank: number) => ArrayLike<number>) => [0, 1].flatMap((rank) => Array.from(pick(rank)));
    expect(distance(both((rank) => forwardOf(ranks, 0, rank).y), forwardOf(whole).y)).toBeLessThan(tolerance);
    expect(distance(both((rank) => backwardOf(ranks, 1, rank).dx), backwardOf(whole).dx)).toBeLessThan(tolerance);
    for (const rank of [0, 1]) expect(distance(stepOf(ranks, 0, rank).state?.variance ?? [], stepOf(whole, 0).state?.variance ?? [])).toBeLessThan(tolerance);
  });
});
