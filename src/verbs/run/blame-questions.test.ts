import { describe, expect, it } from 'vitest';
import type { Case } from '../../cases/case.ts';
import { drawInput } from '../../cases/data.ts';
import { question } from '../../reference/question.fixture.ts';
import { secondRoutes } from './blame-questions.ts';

function routesOf(shape: readonly number[], change: Partial<Case> = {}): readonly string[] {
  const asked = { ...question({ program: 'train', config: { numFeatures: shape[1] ?? 1 }, inputs: [[drawInput([1], 'unit', 'float32', shape)]] }), ...change };
  return secondRoutes(asked).map(({ check }) => check);
}

describe('second routes', () => {
  it('golden: the functional form and every layout that lies differently', () => {
    expect(routesOf([2, 3, 4])).toEqual(['functional-form', 'channels-last', 'transposed', 'strided']);
    expect(routesOf([5, 3])).toEqual(['functional-form', 'transposed', 'strided']);
    expect(routesOf([1, 3])).toEqual(['functional-form', 'strided']);
    expect(routesOf([1, 1])).toEqual(['functional-form']);
  });

  it('transposed and channels-last are one where there is one sample', () => {
    expect(routesOf([1, 3, 4])).toEqual(['functional-form', 'channels-last', 'strided']);
  });

  it('a case on a second route is asked on the first', () => {
    expect(routesOf([2, 3, 4], { route: 'functional', layout: 'strided' })).toEqual(['module-form', 'contiguous', 'channels-last', 'transposed']);
    expect(routesOf([1, 1], { route: 'scripted' })).toEqual(['module-form']);
  });

  it('the question stays the same but for its route', () => {
    const asked = question({ program: 'train', inputs: [[drawInput([1], 'unit', 'float32', [4, 1])]] });
    const [functional] = secondRoutes(asked);
    expect(functional).toEqual({ check: 'functional-form', case: { ...asked, route: 'functional' } });
  });
});
