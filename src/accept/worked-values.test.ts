import { describe, expect, it } from 'vitest';
import type { Case, LayerConfig, Step } from '../cases/case.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { acceptCase } from './accept.ts';
import type { AcceptedStep } from './accepted.ts';
import type { AccuracyClass } from './accuracy.ts';

const float32 = (shape: readonly number[], data: readonly number[]): Tensor => ({ dtype: 'float32', shape, data: Float64Array.from(data) });

/** The class that the worked values were computed for: n terms, no addend for updating algorithms. */
const threeTerms: AccuracyClass = { summation: () => 3, updating: false, onePass: false, narrow: null };

const config: LayerConfig = { numFeatures: 2, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' };
const x = float32([3, 2], [1, 2, 3, 6, 5, 1]);
const dy = float32([3, 2], [1, 2, 3, 4, 5, -6]);

function goldenBounds(program: readonly Step[]): Record<string, readonly number[]> {
  const question: Case = { id: 'golden', layer: 'batchnorm1d', config, initial: {}, ranks: [{ inputs: [x], grads: [dy] }], program };
  const pair = { stable: threeTerms, naive: threeTerms };
  const steps = acceptCase(question, undefined, pair).ranks[0]?.steps ?? [];
  return Object.fromEntries(steps.flatMap(valuesOf).map(({ observable, naive }) => [observable, [...naive]]));
}

function valuesOf(step: AcceptedStep) {
  return step.kind === 'values' ? step.values : step.state.values;
}

function expectClose(got: readonly number[] | undefined, expected: readonly number[], digits: number): void {
  expect(got).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(got?.[i]).toSatisfy((bound: number) => Math.abs(bound / value - 1) < 10 ** -digits);
}

const train: readonly Step[] = [{ op: 'forward', mode: 'train', input: 0 }, { op: 'backward', of: 0, grad: 0 }];
const evaluate: readonly Step[] = [{ op: 'forward', mode: 'eval', input: 0 }, { op: 'backward', of: 0, grad: 0 }];

describe('BN-NUM-01 worked values of the bound on the golden vector, three terms', () => {
  const bounds = goldenBounds(train);

  it('golden: tol_y lies between 2.07e-6 and 3.87e-6, 2.190e-6 and 3.559e-6 in the second row', () => {
    const y = bounds['y'] ?? [];
    expectClose([Math.min(...y), Math.max(...y)], [2.07e-6, 3.87e-6], 2.3);
    expectClose(y.slice(2, 4), [2.19e-6, 3.559e-6], 3);
  });

  it('golden: tol_rv is 9.537e-7 and 1.347e-6', () => {
    expectClose(bounds['running_var'], [9.537e-7, 1.347e-6], 3);
  });

  it('golden: tol_rm is 2.861e-7', () => {
    expectClose(bounds['running_mean'], [2.861e-7, 2.861e-7], 3);
  });

  it('golden: tol_dγ is 3.446e-5 and 4.188e-5', () => {
    expectClose(bounds['dgamma'], [3.446e-5, 4.188e-5], 3);
  });

  it('golden: tol_dx of both channels', () => {
    expectClose(bounds['dx'], [1.869e-5, 1.152e-5, 8.322e-6, 2.297e-5, 2.263e-5, 1.837e-5], 3);
  });

  it('golden: Σdy of small integers is exact, so its bound is 0', () => {
    expect(bounds['dbeta']).toEqual([0, 0]);
  });
});

describe('BN-NUM-01 worked values of the bound in evaluation on a fresh layer', () => {
  const bounds = goldenBounds(evaluate);

  it('golden: tol_y is 9.537e-7·x and tol_dx is 1.073e-6·|dy|', () => {
    expectClose(bounds['y'], [1, 2, 3, 6, 5, 1].map((value) => 9.537e-7 * value), 3);
    expectClose(bounds['dx'], [1, 2, 3, 4, 5, 6].map((value) => 1.073e-6 * value), 3);
  });

  it('golden: the state has bound 0, since nothing may touch it', () => {
    expect(bounds['running_mean']).toEqual([0, 0]);
    expect(bounds['running_var']).toEqual([0, 0]);
  });
});
