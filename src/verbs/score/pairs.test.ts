import { describe, expect, it } from 'vitest';
import { wrongOf } from './pairs.ts';

describe('wrongOf', () => {
  it('a cause of one of the two faults, and one that names both, are right', () => {
    expect(wrongOf(['eps-ignored', 'eps-ignored+biased-running-variance', 'ambiguous'], ['biased-running-variance', 'eps-ignored', 'ambiguous'])).toEqual([]);
  });

  it('control: a third one is wrong, alone and beside a right one', () => {
    expect(wrongOf(['momentum-complement', 'eps-ignored+momentum-complement'], ['eps-ignored', 'biased-running-variance'])).toEqual(['momentum-complement', 'eps-ignored+momentum-complement']);
  });
});
