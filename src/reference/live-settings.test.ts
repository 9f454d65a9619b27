import { describe, expect, it } from 'vitest';
import { settingsText } from '../cases/case.ts';
import { backwardOf, distance, forwardOf, goldenGradient, goldenInput, question, tensor } from './question.fixture.ts';
import { simulate } from './simulate.ts';

const asked = (program: string, config = {}) => simulate(question({ program, config, inputs: [[goldenInput]], grads: [[goldenGradient]] }));
const meanAfter = (program: string, config = {}) => asked(program, config).ranks[0]?.steps.at(-1)?.state?.mean[0];

describe('BN-STATE-14 a setting changed on a live layer holds from the next call on', () => {
  it('golden: [1 3 5] with m = 0.1, then 0.5, moves the mean from 0 to 0.3 and to 0.5·0.3 + 0.5·3', () => {
    expect(meanAfter('train-momentum:0.5')).toBeCloseTo(0.3, 15);
    expect(meanAfter('train-momentum:0.5-train')).toBeCloseTo(1.65, 15);
  });

  it('golden: the cumulative average counts the batches before it: the second one has weight 1/2, whatever the first one had', () => {
    const fours = tensor([3, 2], [4, 4, 4, 4, 4, 4]);
    const { ranks } = simulate(question({ program: 'train-momentum:cumulative-train', inputs: [[goldenInput, fours]] }));
    expect(ranks[0]?.steps.at(-1)?.state?.mean[0]).toBeCloseTo((0.3 + 4) / 2, 15);
  });

  it('golden: ε = 11/3 set on the layer makes σ² + ε = 19/3 of [1 3 5] from the next forward on, and leaves a forward before it alone', () => {
    const steps = asked('train-eps:3.6666666666666665-train-backward-eval');
    expect(forwardOf(steps, 2).y[4]).toBeCloseTo(2 / Math.sqrt(19 / 3), 14);
    expect(distance(forwardOf(steps, 0).y, forwardOf(asked('train'), 0).y)).toBe(0);
    expect(backwardOf(steps, 3).deviation[0]).toBeCloseTo(Math.sqrt(19 / 3), 14);
  });

  it('property: a change that is taken back before the next call changes nothing', () => {
    for (const there of ['momentum:0.9-momentum:0.1', 'eps:0.5-eps:0.00001', 'statistics:running-statistics:tracked', 'freeze-unfreeze']) {
      const plain = asked('train-train-backward-eval');
      const changed = asked(`train-${there}-train-backward-eval`);
      expect(distance(forwardOf(changed, -1).y, forwardOf(plain, -1).y)).toBe(0);
      expect(backwardOf(changed, -2).dgamma).toEqual(backwardOf(plain, -2).dgamma);
    }
  });

  it('frozen parameters have no gradient, and have it again', () => {
    const steps = asked('freeze-train-backward-unfreeze-train-backward');
    expect(backwardOf(steps, 2)).toMatchObject({ dgamma: null, dbeta: null });
    expect(backwardOf(steps, 5).dbeta).toEqual(Float64Array.of(9, 0));
  });

  it('is spelled as people say it', () => {
    expect(settingsText({ momentum: null, eps: 0.5 })).toBe('momentum cumulative, eps 0.5');
  });
});

describe('BN-STATE-15 tracking switched off on a live layer keeps its state, and switched on makes none', () => {
  it('golden: after one step, a paused one normalises by the batch and leaves mean 0.3, variance 1.3 and count 1', () => {
    const steps = asked('train-statistics:paused-train-eval');
    expect(forwardOf(steps, 2).source).toBe('batch');
    expect(forwardOf(steps, 2).state).toEqual(forwardOf(steps, 0).state);
    expect([forwardOf(steps, 2).state?.mean[0], forwardOf(steps, 2).state?.variance[0]].map((value) => Number(value?.toFixed(12)))).toEqual([0.3, 1.3]);
    expect(forwardOf(steps, 3).y[0]).toBeCloseTo(0.613938252, 9);
  });

  it('property: a layer that tracks again goes on from the state that it kept', () => {
    expect(meanAfter('train-statistics:paused-train-train-statistics:tracked-train')).toBe(meanAfter('train-train'));
  });

  it('a layer made without state stays without, and goes on by the batch', () => {
    const steps = asked('statistics:tracked-train-eval-statistics:paused-eval', { statistics: 'untracked' });
    expect(steps.ranks[0]?.steps.every(({ state }) => state === null)).toBe(true);
    expect(forwardOf(steps, -1).source).toBe('batch');
  });
});
