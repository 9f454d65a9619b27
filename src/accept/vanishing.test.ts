import { describe, expect, it } from 'vitest';
import { goldenGradient, question, tensor } from '../reference/question.fixture.ts';
import { acceptCase } from './accept.ts';
import { anything } from './accepted.ts';

const constant = tensor([3, 2], [7, 1, 7, 4, 7, 2]);

/** The naive bounds of an observable, one per element. */
function boundsOf(eps: number, name: 'y' | 'dx' | 'dgamma' | 'running_var', mode: 'train' | 'eval' = 'train'): readonly number[] {
  const asked = question({ program: `${mode}-backward`, config: { eps }, inputs: [[constant]], grads: [[goldenGradient]] });
  const steps = acceptCase(asked).ranks[0]?.steps ?? [];
  const values = steps.flatMap((step) => (step.kind === 'values' ? step.values.filter(({ observable }) => observable === name) : []));
  return Array.from(values.at(-1)?.naive ?? []);
}

describe('BN-ERR-03 where ε ≤ 0 leaves s² at 0, the rules say nothing of what divides by s', () => {
  it('a constant channel at ε = 0: of y, dx and dγ nothing; of the state what they always say', () => {
    expect(boundsOf(0, 'y').map((bound) => bound === anything)).toEqual([true, false, true, false, true, false]);
    expect(boundsOf(0, 'dx').map((bound) => bound === anything)).toEqual([true, false, true, false, true, false]);
    expect(boundsOf(0, 'dgamma').map((bound) => bound === anything)).toEqual([true, false]);
    expect(boundsOf(0, 'running_var').every((bound) => bound >= 0)).toBe(true);
  });

  it('running statistics at rv + ε = 0, up to the rounding of an update', () => {
    const trained = question({ program: 'train-eval', config: { eps: 0, momentum: 1 }, inputs: [[constant]] });
    const [, evaluated] = acceptCase(trained).ranks[0]?.steps ?? [];
    expect(evaluated?.kind === 'values' && evaluated.values.find(({ observable }) => observable === 'y')?.naive[0]).toBe(anything);
  });

  it('control: with ε > 0 it is finite, and with s² surely negative NaN is demanded', () => {
    expect(boundsOf(1e-5, 'y').every((bound) => bound >= 0)).toBe(true);
    expect(boundsOf(-100, 'y').includes(anything)).toBe(false);
    expect(boundsOf(-0.5, 'y', 'eval').includes(anything)).toBe(false);
  });
});
