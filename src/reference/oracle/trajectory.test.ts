import { describe, expect, it } from 'vitest';
import type { Case, StatisticsRow, Step } from '../../cases/case.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { fromDecimal } from './decimal.ts';
import { exactError } from './error.ts';
import { printTrajectory } from './print.ts';
import { compare, fromNumber, zero } from './rational.ts';
import { toNumber } from './to-number.ts';
import { exactTrajectory } from './trajectory.ts';

const tensor = (shape: readonly number[], ...data: number[]): Tensor => ({ dtype: 'float32', shape, data: Float64Array.from(data) });
const train: Step = { op: 'forward', mode: 'train', input: 0 };
const evaluate: Step = { op: 'forward', mode: 'eval', input: 0 };
const backward: Step = { op: 'backward', of: 0, grad: 0 };

/** One channel 0, 2 (μ 1, σ² 1, unbiased 2) with ε = 0 and m = 1/2: every value is dyadic. */
function ask(statistics: StatisticsRow, program: readonly Step[], change: Partial<Case['config']> = {}, x: Tensor = tensor([2, 1], 0, 2)): Case {
  return {
    id: 'batchnorm1d/test',
    layer: 'batchnorm1d',
    config: { numFeatures: 1, eps: 0, momentum: 0.5, affine: true, statistics, dtype: 'float32', ...change },
    initial: statistics === 'untracked' ? {} : { running_var: tensor([1], 4) },
    ranks: [{ inputs: [x], grads: [{ ...x, data: x.data.map(() => 1) }] }],
    program,
  };
}

function steps(question: Case) {
  const rank = printTrajectory(exactTrajectory(question), 20)[0];
  return [rank?.construct, ...(rank?.steps ?? [])];
}

describe('BN-STAT-03 the row of the mode table and the mode select the statistics', () => {
  const byBatch = ['-1', '1'];
  const fresh = { running_mean: ['0'], running_var: ['4'], step_count: 0 };
  const once = { running_mean: ['0.5'], running_var: ['3'], step_count: 1 };
  const twice = { running_mean: ['0.75'], running_var: ['2.5'], step_count: 2 };

  it('BN-STATE-04 tracked: batch in training, running in evaluation, which changes no state', () => {
    expect(steps(ask('tracked', [train, backward, train]))).toEqual([fresh, { y: byBatch, ...once }, { dx: ['0', '0'], dgamma: ['0'], dbeta: ['2'], ...once }, { y: byBatch, ...twice }]);
    expect(steps(ask('tracked', [evaluate, evaluate]))).toEqual([fresh, { y: ['0', '1'], ...fresh }, { y: ['0', '1'], ...fresh }]);
  });

  it('BN-STATE-10 batch: batch in both modes, both change the state', () => {
    expect(steps(ask('batch', [evaluate, train]))).toEqual([fresh, { y: byBatch, ...once }, { y: byBatch, ...twice }]);
  });

  it('BN-STATE-09 running: running in both modes, neither changes the state', () => {
    expect(steps(ask('running', [train, backward]))).toEqual([fresh, { y: ['0', '1'], ...fresh }, { dx: ['0.5', '0.5'], dgamma: ['1'], dbeta: ['2'], ...fresh }]);
  });

  it('BN-STATE-11 untracked: batch in both modes, no state', () => {
    expect(steps(ask('untracked', [evaluate, train]))).toEqual([{}, { y: byBatch }, { y: byBatch }]);
  });

  it('BN-STATE-08 a fresh layer is in training mode', () => {
    expect(steps(ask('tracked', [{ ...train, mode: 'fresh' }]))).toEqual(steps(ask('tracked', [train])));
  });

  it('BN-STATE-05 BN-STATE-06 the cumulative average counts its batches', () => {
    expect(steps(ask('tracked', [train, train], { momentum: null })).at(-1)).toEqual({ y: byBatch, running_mean: ['1'], running_var: ['2'], step_count: 2 });
  });
});

describe('trajectory', () => {
  it('without affine there are no gradients of γ and β', () => {
    expect(Object.keys(steps(ask('untracked', [train, backward], { affine: false })).at(-1) ?? {})).toEqual(['dx']);
  });

  it('a gradient belongs to the statistics of its own forward, whatever came between', () => {
    const program: Step[] = [evaluate, train, backward];
    expect(steps(ask('tracked', program)).at(-1)).toMatchObject({ dx: ['0.5', '0.5'], running_var: ['3'] });
  });

  it('an empty batch gives an empty output and leaves the running statistics alone', () => {
    const empty = ask('tracked', [train, backward], {}, tensor([0, 1]));
    expect(steps(empty).slice(1)).toEqual([
      { y: [], running_mean: ['0'], running_var: ['4'], step_count: 1 },
      { dx: [], dgamma: ['0'], dbeta: ['0'], running_mean: ['0'], running_var: ['4'], step_count: 1 },
    ]);
  });

  it('momentum is the exact value of its float64 number, and nothing is rounded between steps', () => {
    const rank = exactTrajectory(ask('tracked', [train, train], { momentum: 0.1 }))[0];
    const mean = rank?.steps[0]?.running_mean?.[0] ?? zero;
    expect(compare(mean, fromNumber(0.1))).toBe(0);
    expect(compare(mean, fromDecimal('0.1'))).toBe(1);
    // m = 0.1 + 5.551e-18, so that 2m − m² = 0.19 + 9.992e-18, and the float64 number 0.19 is 2.220e-18 above 0.19
    expect(toNumber(exactError(0.19, rank?.steps[1]?.running_mean?.[0] ?? zero))).toBeCloseTo(7.7716e-18, 21);
  });

  it('BN-STAT-02 BN-SHAPE-03 refuses what has no exact value', () => {
    expect(() => exactTrajectory(ask('tracked', [train], {}, tensor([1, 1], 3)))).toThrowErrorMatchingInlineSnapshot(`[RangeError: BN-STAT-02: expected at least 2 values per channel, got 1]`);
    expect(() => exactTrajectory(ask('tracked', [train], {}, tensor([2, 2], 1, 2, 3, 4)))).toThrowErrorMatchingInlineSnapshot(`[RangeError: BN-SHAPE-03: expected 1 channels, got shape [2, 2]]`);
    expect(() => exactTrajectory(ask('tracked', [train], {}, tensor([2, 1], NaN, 1)))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected a finite number, got NaN]`);
    expect(() => exactTrajectory(ask('tracked', [{ ...backward, of: 3 }]))).toThrowErrorMatchingInlineSnapshot(`[RangeError: expected a forward at step 3 of the program, before its backward]`);
  });
});
