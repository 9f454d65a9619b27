import { describe, expect, it } from 'vitest';
import { question, tensor } from '../reference/question.fixture.ts';
import { acceptCase } from './accept.ts';

const x = tensor([3, 2], [1, NaN, 2, 3, Infinity, 5]);
const dy = tensor([3, 2], [0.5, -1, 0.25, 2, 1, 1]);

function boundsOfDx(program: string): readonly number[] {
  const step = acceptCase(question({ program, inputs: [[x]], grads: [[dy]] })).ranks[0]?.steps[1];
  return step?.kind === 'values' ? [...(step.values.find(({ observable }) => observable === 'dx')?.naive ?? [])] : [];
}

describe('BN-GRAD-04 by running statistics dx does not depend on x', () => {
  it('NaN and infinity in x leave every element of dx a finite bound', () => {
    expect(boundsOfDx('eval-backward')).toHaveLength(6);
    expect(boundsOfDx('eval-backward').every((bound) => bound > 0 && bound < 1e-5)).toBe(true);
  });

  it('control: by batch statistics it depends on all of them', () => {
    expect(boundsOfDx('train-backward').some((bound) => !Number.isFinite(bound))).toBe(true);
  });
});

describe('BN-DTYPE-02 the parameter gradients of a wider layer are bounded in its type', () => {
  const narrow = (dtype: 'float16' | 'float32') => acceptCase(question({ program: 'train-backward', inputs: [[tensor([4, 2], [1, 2, 3, 5, 8, 13, 21, 34], dtype)]], grads: [[tensor([4, 2], [1, 1, 2, 1, 0.5, 1, 4, 3], dtype)]] }));
  const dgamma = (dtype: 'float16' | 'float32') => {
    const step = narrow(dtype).ranks[0]?.steps[1];
    return step?.kind === 'values' ? [...(step.values.find(({ observable }) => observable === 'dgamma')?.naive ?? [])] : [];
  };

  it('dγ of a float32 layer is no less sharp for a float16 input; y is', () => {
    expect(dgamma('float16')).toEqual(dgamma('float32'));
    const y = (dtype: 'float16' | 'float32') => {
      const step = narrow(dtype).ranks[0]?.steps[0];
      return step?.kind === 'values' ? step.values[0]?.naive[0] ?? 0 : 0;
    };
    expect(y('float16')).toBeGreaterThan(100 * y('float32'));
  });
});
