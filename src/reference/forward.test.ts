import { describe, expect, it } from 'vitest';
import { distance, forwardOf, goldenInput, question, stepOf, tensor } from './question.fixture.ts';
import { simulate } from './simulate.ts';

const exact = 1e-14;
const one = (program: string, more: Partial<Parameters<typeof question>[0]> = {}) => simulate(question({ program, inputs: [[goldenInput]], ...more }));

describe('BN-SHAPE-01 the output has the shape of the input', () => {
  it('golden: a [2, 2, 1, 3] input gives as many outputs', () => {
    const x = tensor([2, 2, 1, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(forwardOf(simulate(question({ program: 'train', inputs: [[x]] }))).y).toHaveLength(12);
  });
});

describe('BN-SHAPE-02 an input of a rank that the layer does not accept is refused', () => {
  it.each([['batchnorm1d', 4], ['batchnorm2d', 3], ['batchnorm3d', 4]] as const)('%s refuses rank %i and keeps its state', (layer, rank) => {
    const x = tensor([2, 2, ...Array<number>(rank - 2).fill(1)], [1, 2, 3, 4]);
    expect(stepOf(simulate(question({ layer, program: 'train', inputs: [[x]] })), 0)).toMatchObject({ op: 'refusal', rule: 'BN-SHAPE-02', state: { count: 0 } });
  });
});

describe('BN-SHAPE-03 an input whose channel count is not num_features is refused', () => {
  it('contract: 3 channels into 2 features, in evaluation too', () => {
    const x = tensor([2, 3], [1, 2, 3, 4, 5, 6]);
    expect(stepOf(simulate(question({ program: 'eval', inputs: [[x]] })), 0)).toMatchObject({ op: 'refusal', rule: 'BN-SHAPE-03' });
  });
});

describe('BN-STAT-01 training statistics run over the batch axis and all spatial axes, separately for each channel', () => {
  it('golden: means 3 and 3, variances 8/3 and 14/3', () => {
    const { batch } = forwardOf(one('train'));
    expect(batch.count).toBe(3);
    expect([...batch.mean]).toEqual([3, 3]);
    expect(distance(batch.variance, [8 / 3, 14 / 3])).toBeLessThan(exact);
  });

  it('golden: spatial axes count as samples', () => {
    const x = tensor([1, 2, 3], [1, 3, 5, 2, 6, 1]);
    expect(forwardOf(simulate(question({ program: 'train', inputs: [[x]] }))).batch).toEqual(forwardOf(one('train')).batch);
  });
});

describe('BN-STAT-02 one value per channel in training is refused, or leaves a finite state', () => {
  it('contract: n = 1 ends the program, n = 2 does not', () => {
    const single = simulate(question({ program: 'train-eval', inputs: [[tensor([1, 2], [1, 2])]] }));
    expect(single.ranks[0]?.steps).toMatchObject([{ op: 'refusal', rule: 'BN-STAT-02', orFinite: true }]);
    expect(stepOf(simulate(question({ program: 'train', inputs: [[tensor([2, 2], [1, 2, 3, 4])]] })), 0).op).toBe('forward');
  });

  it('control: evaluation by running statistics takes one value', () => {
    expect(stepOf(simulate(question({ program: 'eval', inputs: [[tensor([1, 2], [1, 2])]] })), 0).op).toBe('forward');
  });
});

describe('BN-STAT-03 the row of the mode table and the mode select batch or running statistics', () => {
  it.each([
    ['tracked', 'train', 'batch'], ['tracked', 'eval', 'running'], ['untracked', 'train', 'batch'], ['untracked', 'eval', 'batch'],
    ['batch', 'train', 'batch'], ['batch', 'eval', 'batch'], ['running', 'train', 'running'], ['running', 'eval', 'running'],
  ] as const)('contract: %s in %s normalises by %s statistics', (statistics, mode, source) => {
    expect(forwardOf(one(mode, { config: { statistics } })).source).toBe(source);
  });
});

describe('BN-NORM-01 batch statistics normalise with the biased batch variance', () => {
  it('golden: y of the first golden vector', () => {
    const expected = [-1.2247425750014138, -0.46290955391201938, 0, 1.3887286617360581, 1.2247425750014138, -0.92581910782403877];
    expect(distance(forwardOf(one('train')).y, expected)).toBeLessThan(exact);
  });
});

describe('BN-NORM-02 running statistics normalise by their stored values', () => {
  it('golden: a fresh layer multiplies by 0.99999500003749969', () => {
    expect(distance(forwardOf(one('eval')).y, goldenInput.data.map((x) => x * 0.99999500003749969))).toBeLessThan(exact);
  });
});

describe('BN-NORM-03 ε is added to the variance inside the root', () => {
  it('golden: variance 3 and ε 1 give s = 2', () => {
    const running_var = tensor([2], [3, 3]);
    expect([...forwardOf(one('eval', { config: { eps: 1 }, initial: { running_var } })).deviation]).toEqual([2, 2]);
  });
});

describe('BN-NORM-04 γ scales and β shifts per channel; without affine they are 1 and 0', () => {
  it('golden: γ = (2, −1), β = (0.5, 3) on the normalised input', () => {
    const plain = forwardOf(one('train')).y;
    const { y } = forwardOf(one('train', { initial: { gamma: tensor([2], [2, -1]), beta: tensor([2], [0.5, 3]) } }));
    expect(distance(y, plain.map((value, i) => (i % 2 === 0 ? 2 * value + 0.5 : -value + 3)))).toBeLessThan(exact);
  });
});

describe('BN-DTYPE-01 y and dx have the type of the input', () => {
  it('contract: the record keeps the input tensor, whose type is judged', () => {
    expect(forwardOf(simulate(question({ program: 'train', inputs: [[{ ...goldenInput, dtype: 'float16' }]] }))).x.dtype).toBe('float16');
  });
});
