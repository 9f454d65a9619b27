import { describe, expect, it } from 'vitest';
import { coreFormulas } from './formulas.ts';
import { backwardOf, distance, forwardOf, goldenGradient, goldenInput, question, tensor } from './question.fixture.ts';
import { simulate } from './simulate.ts';

const run = (program: string) => backwardOf(simulate(question({ program, inputs: [[goldenInput]], grads: [[goldenGradient]] })));

describe('BN-GRAD-01 by batch statistics the input gradient passes through mean and variance', () => {
  it('golden: dx of the first golden vector, channel 0 a cancellation', () => {
    const expected = [-4.5927674333774e-6, 1.6532468480549116, 0, -0.33064500504454093, 4.5927674333774e-6, -1.3226018430103707];
    expect(distance(run('train-backward').dx, expected)).toBeLessThan(1e-14);
  });
});

describe('BN-GRAD-02 the gradient of γ is the sum of dy times the normalised input', () => {
  it('golden: 4.898…, 10.184… in training and 34.9998…, 21.9998… in evaluation', () => {
    expect(distance(run('train-backward').dgamma ?? [], [4.8989703000056551, 10.184010186064426])).toBeLessThan(1e-14);
    expect(distance(run('eval-backward').dgamma ?? [], [34.999825001312489, 21.999890000824993])).toBeLessThan(1e-14);
  });
});

describe('BN-GRAD-03 the gradient of β is the sum of dy', () => {
  it('golden: 9 and 0', () => {
    expect([...(run('train-backward').dbeta ?? [])]).toEqual([9, 0]);
  });
});

describe('BN-GRAD-04 by running statistics the input gradient treats mean and variance as constants', () => {
  it('golden: an evaluation differentiated after a training step keeps the statistics of its own forward', () => {
    // rv 1 before, 0.9·1 + 0.1·50 = 5.9 after a batch of unbiased variance 50: dx is 1/√(1 + ε), not 1/√(5.9 + ε)
    const late = question({
      program: 'eval-train-backward0', config: { numFeatures: 1, eps: 1e-4 },
      inputs: [[tensor([1, 1], [2]), tensor([2, 1], [-5, 5])]], grads: [[tensor([1, 1], [1])]],
    });
    expect(backwardOf(simulate(late), 2).dx[0]).toBeCloseTo(0.9999500037, 9);
    expect(backwardOf(simulate(late, { ...coreFormulas, gradientState: (_, now) => now }), 2).dx[0]).toBeCloseTo(0.411690, 6);
  });

  it('golden: dx = 0.99999500003749969·dy on a fresh layer', () => {
    expect(distance(run('eval-backward').dx, goldenGradient.data.map((dy) => dy * 0.99999500003749969))).toBeLessThan(1e-14);
  });
});

describe('BN-DTYPE-02 state and parameter gradients have the type of the layer', () => {
  it('contract: one number per channel, none without affine', () => {
    const bare = simulate(question({ program: 'train-backward', inputs: [[goldenInput]], config: { affine: false } }));
    expect([run('train-backward').dgamma?.length, backwardOf(bare).dgamma, backwardOf(bare).dbeta]).toEqual([2, null, null]);
  });
});

const rankInputs = [[tensor([2, 2], [1, 2, 3, 6])], [tensor([3, 2], [5, 1, 0, 1, 7, 7])]];
const rankGrads = [[tensor([2, 2], [0, 1, 2, 3])], [tensor([3, 2], [1, 2, 3, 4, 5, 6])]];
const synced = simulate(question({ program: 'train-backward', inputs: rankInputs, grads: rankGrads }));

describe('BN-SYNC-01 synchronised statistics pool all ranks, weighted by their counts', () => {
  it('golden: pooled mean 3.2, 3.4 and variance 6.56, 6.64 on both ranks, state 0.32, 0.34 and 1.72, 1.73', () => {
    for (const rank of [0, 1]) {
      const { batch, state } = forwardOf(synced, 0, rank);
      expect(distance([...batch.mean, ...batch.variance], [3.2, 3.4, 6.56, 6.64])).toBeLessThan(1e-14);
      expect(distance([...(state?.mean ?? []), ...(state?.variance ?? [])], [0.32, 0.34, 1.72, 1.73])).toBeLessThan(1e-14);
    }
  });

  it('control: the unweighted mean of the rank means is 3 and 3.5', () => {
    expect(distance(forwardOf(synced).batch.mean, [3, 3.5])).toBeGreaterThan(0.02);
  });
});

describe('BN-SYNC-02 the synchronised input gradient pools its sums over all ranks', () => {
  it('golden: dx of both ranks', () => {
    expect(distance(backwardOf(synced, 1, 0).dx, [-0.576128809, -0.631206613, -0.0523753462, -0.490937593])).toBeLessThan(1e-9);
    expect(distance(backwardOf(synced, 1, 1).dx, [-0.699924205, -0.0841614116, 0.723730889, 0.69198853, 0.604697472, 0.514317088])).toBeLessThan(1e-9);
  });
});

describe('BN-SYNC-03 each rank returns the gradients of γ and β summed over its own samples', () => {
  it('golden: dγ and dβ per rank', () => {
    expect(distance(backwardOf(synced, 1, 0).dgamma ?? [], [-0.156173643, 2.48367981])).toBeLessThan(1e-8);
    expect(distance(backwardOf(synced, 1, 1).dgamma ?? [], [4.372862, 2.79413979])).toBeLessThan(1e-8);
    expect([...(backwardOf(synced, 1, 0).dbeta ?? []), ...(backwardOf(synced, 1, 1).dbeta ?? [])]).toEqual([2, 4, 9, 12]);
  });
});
