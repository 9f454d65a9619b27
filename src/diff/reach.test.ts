import { describe, expect, it } from 'vitest';
import type { Observable } from '../cases/case.ts';
import { observables } from '../cases/case.ts';
import { acceptCase } from '../accept/accept.ts';
import { compare } from './compare.ts';
import { formulaVariants } from './formula-variants.ts';
import { coreFormulas } from '../reference/formulas.ts';
import { observe } from './observe.fixture.ts';
import { freeGradients, reaches, reachOf } from './reach.ts';
import { tellingCases } from './telling-cases.fixture.ts';

const offered = new Set<Observable>(observables);
const few = tellingCases.filter((_, index) => index % 5 === 0).map((asked) => ({ asked, accepted: acceptCase(asked) }));

describe('what a change of formulas can move', () => {
  it.each(formulaVariants)('$id moves nothing that it does not reach', ({ change }) => {
    const missed = few.filter(({ asked, accepted }) => {
      const { deviations } = compare(accepted, observe(asked, { ...coreFormulas, ...change }), offered);
      return deviations.length > 0 && !reaches(reachOf([change]), deviations);
    });
    expect(missed.map(({ asked }) => asked.id)).toEqual([]);
  });

  it('control: a gradient does not move the state, nor the state the output of its own step', () => {
    const [asked] = few;
    const { deviations } = compare(asked?.accepted ?? { ranks: [] }, observe(asked?.asked ?? tellingCases[0]!, { ...coreFormulas, storedMean: () => 7 }), offered);
    expect(reaches(reachOf([{ betaGradient: () => 0 }]), deviations)).toBe(false);
    expect(reaches(reachOf([{ storedMean: () => 0 }]), deviations)).toBe(true);
    expect(reachOf([{ storedMean: () => 0 }]).now.has('y')).toBe(false);
  });

  it('gradients need not follow a departure of the forward, but for those that it changes itself', () => {
    expect([...freeGradients({ affine: (own) => own })]).toEqual(['dx', 'dgamma', 'dbeta', 'ddx', 'ddy', 'ddgamma']);
    expect([...freeGradients({ affine: (own) => own, gammaGradient: () => 0 })]).toEqual(['dx', 'dbeta', 'ddx', 'ddy', 'ddgamma']);
    expect([...freeGradients({ gammaGradient: () => 0 })]).toEqual([]);
  });
});
