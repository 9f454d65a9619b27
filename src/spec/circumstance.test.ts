import { describe, expect, it } from 'vitest';
import { circumstanceHolds } from './circumstance.ts';

describe('a circumstance', () => {
  it('without a fact always holds', () => {
    expect(circumstanceHolds({}, {})).toBe(true);
  });

  it('holds when one of its values is among the values of the call', () => {
    expect(circumstanceHolds({ mode: ['train', 'fresh'] }, { mode: ['eval', 'fresh'] })).toBe(true);
    expect(circumstanceHolds({ mode: ['train', 'fresh'] }, { mode: ['eval'] })).toBe(false);
  });

  it('needs every fact that it lists', () => {
    expect(circumstanceHolds({ layer: ['batchnorm1d'], rank: ['refused'] }, { layer: ['batchnorm1d'], rank: ['4', 'refused'] })).toBe(true);
    expect(circumstanceHolds({ layer: ['batchnorm1d'], rank: ['refused'] }, { layer: ['batchnorm2d'], rank: ['refused'] })).toBe(false);
  });

  it('does not hold when the call says nothing of a fact', () => {
    expect(circumstanceHolds({ eps: ['zero'] }, { mode: ['train'] })).toBe(false);
  });
});
