import { describe, expect, it } from 'vitest';
import { distance, goldenInput, question, stepOf, tensor } from './question.fixture.ts';
import { simulate } from './simulate.ts';
import type { RunningState, Trajectory } from './trajectory.ts';

const exact = 1e-14;
const scaled = (k: number) => tensor([3, 2], [...goldenInput.data].map((x) => k * x));
const run = (program: string, more: Partial<Parameters<typeof question>[0]> = {}) =>
  simulate(question({ program, inputs: [[goldenInput, scaled(2), scaled(3)]], ...more }));

function stateAfter(trajectory: Trajectory, step: number): RunningState {
  const { state } = stepOf(trajectory, step);
  if (state === null) throw new TypeError('expected a running state');
  return state;
}

describe('BN-STATE-01 a fresh layer has running mean 0, running variance 1 and step count 0', () => {
  it('contract: before any step', () => {
    expect(run('train').ranks[0]?.construct).toEqual({ mean: new Float64Array([0, 0]), variance: new Float64Array([1, 1]), count: 0, updates: 0 });
  });
});

describe('BN-STATE-02 running mean moves towards the batch mean by the weight of the new batch', () => {
  it('golden: 0.3, 0.87, 1.683 over x, 2x, 3x', () => {
    const trajectory = run('train-train-train');
    for (const [step, mean] of [0.3, 0.87, 1.683].entries()) expect(distance(stateAfter(trajectory, step).mean, [mean, mean])).toBeLessThan(exact);
  });
});

describe('BN-STATE-03 running variance stores the unbiased batch variance', () => {
  it('golden: 1.3, 2.77, 6.093 and 1.6, 4.24, 10.116 over x, 2x, 3x', () => {
    const trajectory = run('train-train-train');
    for (const [step, variance] of [[1.3, 1.6], [2.77, 4.24], [6.093, 10.116]].entries()) {
      expect(distance(stateAfter(trajectory, step).variance, variance)).toBeLessThan(exact);
    }
  });

  it('golden: [1 2 3 4] from 1 with weight 0.1 gives 1.0666…', () => {
    const x = tensor([4, 1, 1, 1], [1, 2, 3, 4]);
    const trajectory = simulate(question({ program: 'train', inputs: [[x]], config: { numFeatures: 1 } }));
    expect(distance(stateAfter(trajectory, 0).variance, [0.9 + 0.1 * 5 / 3])).toBeLessThan(exact);
  });

  it('control: biased and unbiased are told apart', () => {
    expect(distance(stateAfter(run('train'), 0).variance, [1.1666666666666667, 1.3666666666666667])).toBeGreaterThan(0.05);
  });
});

describe('BN-STATE-04 evaluation by running statistics changes no state', () => {
  it('contract: eval between two training steps', () => {
    const trajectory = run('train-eval-train');
    expect(stateAfter(trajectory, 1)).toEqual(stateAfter(trajectory, 0));
    expect(stateAfter(trajectory, 2)).not.toEqual(stateAfter(trajectory, 1));
  });
});

describe('BN-STATE-05 without momentum the running statistics are plain averages over the batches seen', () => {
  it('golden: 4.5 and 10, 17.5 after x and 2x', () => {
    const state = stateAfter(run('train-train', { config: { momentum: null } }), 1);
    expect(distance(state.mean, [4.5, 4.5])).toBeLessThan(exact);
    expect(distance(state.variance, [10, 17.5])).toBeLessThan(exact);
  });
});

describe('BN-STATE-06 the step count grows by one at each training forward of a tracking layer', () => {
  it('contract: train, eval, train counts 1, 1, 2', () => {
    const trajectory = run('train-eval-train');
    expect([0, 1, 2].map((step) => stateAfter(trajectory, step).count)).toEqual([1, 1, 2]);
  });
});

describe('BN-STATE-07 a backward pass changes no state', () => {
  it('contract: the state after backward is that after forward', () => {
    const trajectory = run('train-backward');
    expect(stateAfter(trajectory, 1)).toEqual(stateAfter(trajectory, 0));
  });
});

describe('BN-STATE-08 a fresh layer is in training mode', () => {
  it('contract: fresh equals train, not eval', () => {
    expect(stateAfter(run('fresh'), 0)).toEqual(stateAfter(run('train'), 0));
    expect(stateAfter(run('fresh'), 0)).not.toEqual(stateAfter(run('eval'), 0));
  });
});

describe('BN-STATE-09 the running row changes no state in training either', () => {
  it('contract: three training steps leave 0 and 1', () => {
    const trajectory = run('train-train-train', { config: { statistics: 'running' } });
    expect(stateAfter(trajectory, 2)).toEqual(trajectory.ranks[0]?.construct);
  });
});

describe('BN-STATE-10 the batch row updates the state in evaluation too', () => {
  it('contract: eval moves the state as train does', () => {
    const config = { statistics: 'batch' } as const;
    expect(stateAfter(run('eval', { config }), 0)).toEqual(stateAfter(run('train', { config }), 0));
  });
});

describe('BN-STATE-11 the untracked row has no running state', () => {
  it('contract: null at construction and after a step', () => {
    const trajectory = run('train', { config: { statistics: 'untracked' } });
    expect([trajectory.ranks[0]?.construct, stepOf(trajectory, 0).state]).toEqual([null, null]);
  });
});

describe('BN-ERR-01 a refused call leaves the state as it was', () => {
  it('contract: refused after one good step', () => {
    const inputs = [[goldenInput, tensor([2, 3], [1, 2, 3, 4, 5, 6])]];
    const trajectory = simulate(question({ program: 'train-train', inputs }));
    expect(stepOf(trajectory, 1).op).toBe('refusal');
    expect(stateAfter(trajectory, 1)).toEqual(stateAfter(trajectory, 0));
  });
});
