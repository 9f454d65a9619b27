import { describe, expect, it } from 'vitest';
import { shownParameters } from './accumulate.ts';
import { backwardOf, goldenGradient, goldenInput, question } from './question.fixture.ts';
import { simulate } from './simulate.ts';

const asked = (program: string) => simulate(question({ program, inputs: [[goldenInput]], grads: [[goldenGradient]] }));

describe('BN-GRAD-05 gradients of γ and β of several backward passes add up in the parameters', () => {
  it('golden: two passes over [1 3 5] leave 2·9 and 2·4.89897…, and dx of each is its own', () => {
    const steps = asked('train-accumulate-train-accumulate');
    const { dgamma, dbeta } = shownParameters(backwardOf(steps, 3));
    expect([dbeta?.[0], dgamma?.[0]]).toEqual([18, expect.closeTo(2 * 4.8989703000056551, 12) as number]);
    expect(backwardOf(steps, 3).dx).toEqual(backwardOf(steps, 1).dx);
  });

  it('property: a pass that does not accumulate neither adds nor shows the sum', () => {
    const steps = asked('train-accumulate-train-backward-train-accumulate');
    expect(shownParameters(backwardOf(steps, 3)).dbeta?.[0]).toBe(9);
    expect(shownParameters(backwardOf(steps, 5)).dbeta?.[0]).toBe(18);
  });

  it('property: the parameters of a loaded layer hold none', () => {
    expect(shownParameters(backwardOf(asked('train-accumulate-reload-train-accumulate'), 4)).dbeta?.[0]).toBe(9);
  });
});
