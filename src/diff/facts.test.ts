import { describe, expect, it } from 'vitest';
import type { ForwardStep } from '../cases/case.ts';
import { goldenInput, question, type QuestionParts, tensor } from '../reference/question.fixture.ts';
import { factsOfCall, factsOfCase, factsOfLayer } from './facts.ts';

const layer = (config: QuestionParts['config']) => {
  const asked = question({ program: 'train', ...(config === undefined ? {} : { config }), inputs: [[goldenInput]] });
  return factsOfLayer(asked.layer, asked.config);
};

function call(shape: readonly number[], parts: Partial<QuestionParts> = {}) {
  const asked = question({ layer: 'batchnorm1d', program: 'train', inputs: [[tensor(shape, new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(1))]], ...parts });
  return factsOfCall(asked, 0, asked.program[0] as ForwardStep);
}

describe('BN-ERR-03 what is true of the arguments of a layer', () => {
  it('nothing is remarkable inside the domains', () => {
    expect(layer({})).toEqual({ layer: ['batchnorm1d'], statistics: ['tracked'], affine: ['true'], dtype: ['float32'], features: [], eps: [], momentum: [], option: [] });
    expect(layer({ option: 'format-own' })).toMatchObject({ option: ['format-own'] });
    expect(layer({ eps: 1, momentum: 1 })).toMatchObject({ eps: [], momentum: [] });
    expect(layer({ eps: 1e-300, momentum: 0 })).toMatchObject({ eps: [], momentum: [] });
  });

  it.each([
    [{ numFeatures: 0 }, { features: ['zero'] }],
    [{ numFeatures: -1 }, { features: ['negative'] }],
    [{ numFeatures: 2.5 }, { features: ['fraction'] }],
    [{ eps: 0 }, { eps: ['zero'] }],
    [{ eps: -1e-5 }, { eps: ['negative'] }],
    [{ eps: 2 }, { eps: ['above-one'] }],
    [{ momentum: null }, { momentum: ['cumulative'] }],
    [{ momentum: -0.1 }, { momentum: ['negative'] }],
    [{ momentum: 1.5 }, { momentum: ['above-one'] }],
  ])('%o is %o', (config, facts) => {
    expect(layer(config)).toMatchObject(facts);
  });
});

describe('what is true of a call', () => {
  it('rank, channels, elements and type of its input, and the mode of its step alone', () => {
    expect(call([3, 2])).toMatchObject({ mode: ['train'], rank: ['2'], channels: [], elements: [], input: ['float32'] });
    expect(call([5])).toMatchObject({ rank: ['1', 'refused'], channels: [] });
    expect(call([2, 2, 1, 1])).toMatchObject({ rank: ['4', 'refused'] });
    expect(call([2, 3])).toMatchObject({ channels: ['other'] });
    expect(call([1, 2])).toMatchObject({ elements: ['1'] });
    expect(call([0, 2])).toMatchObject({ elements: ['0'] });
  });

  it('BN-DTYPE-03 the type in which the input is handed over', () => {
    const asked = { ...question({ program: 'eval', inputs: [[goldenInput]] }), inputType: 'int64' as const };
    expect(factsOfCall(asked, 0, asked.program[0] as ForwardStep)).toMatchObject({ input: ['int64'], mode: ['eval'], dtype: ['float32'] });
  });

  it('BN-SYNC-01 elements are those of all ranks', () => {
    const asked = question({ program: 'train', inputs: [[tensor([1, 2], [1, 2])], [tensor([1, 2], [3, 4])]] });
    expect(factsOfCall(asked, 1, asked.program[0] as ForwardStep)).toMatchObject({ elements: [] });
  });
});

describe('what is true of a case', () => {
  it('has the modes of all its calls', () => {
    expect(factsOfCase(question({ program: 'train-backward-eval', inputs: [[goldenInput]] }))).toMatchObject({ mode: ['train', 'eval'] });
  });
});
