import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProgram } from '../cases/axes.ts';
import { backwardOf, goldenGradient, goldenInput, question } from '../reference/question.fixture.ts';
import { simulate } from '../reference/simulate.ts';
import { acceptCase } from './accept.ts';
import { oracleDrawn, type Spread } from './oracle-question.fixture.ts';
import { holdAgainstOracle, share, sharesOf } from './oracle-share.fixture.ts';

const programs = ['train-double', 'eval-double', 'train-train-double0-eval-double', 'train-backward-double-double0'];

/** Magnitudes for which no product of three sums leaves float64, whose bound would then say nothing. */
const near = ({ exponent, condition }: Spread): Spread => ({ exponent: Math.max(-40, Math.min(40, exponent)), condition });

const drawn = fc.tuple(oracleDrawn(fc, 'float32'), fc.constantFrom(...programs)).map(([choice, program]) => ({
  ...choice, program, batches: [Math.max(2, choice.batches[0] ?? 2)], x: near(choice.x), dy: near(choice.dy),
  initial: choice.initial === null ? null : { parameters: near(choice.initial.parameters), state: near(choice.initial.state) },
}));

describe('BN-GRAD-06 the gradients of Σ v·dx against the oracle, which differentiates the definition twice', () => {
  it('property: 250 drawn programs, every element within a thousandth of the stable bound of its exact value', { timeout: 60_000 }, () => {
    const { cases, elements } = holdAgainstOracle(fc, drawn, 250);
    expect(cases).toBe(250);
    expect(elements.bounded).toBeGreaterThan(2500);
    expect(elements.overflowed).toBe(0);
  });

  const asked = question({ program: 'train-double', inputs: [[goldenInput]], grads: [[goldenGradient], [{ ...goldenGradient, data: goldenGradient.data.map((g) => g * g - 2) }]] });

  it('control: 1 % off in one element of each observable is outside the bound', () => {
    expect(sharesOf(asked).worst).toBeLessThan(share);
    for (const observable of ['ddx', 'ddy', 'ddgamma']) {
      const accepted = acceptCase(asked);
      const off = { ranks: accepted.ranks.map((rank) => ({ ...rank, steps: rank.steps.map((step) => (step.kind === 'refusal' ? step : { ...step, values: step.values.map((values) => (values.observable === observable ? { ...values, value: values.value.map((one) => one * 1.01) } : values)) })) })) };
      expect(sharesOf(asked, off).worst, observable).toBeGreaterThan(1);
    }
  });

  it('property: by running statistics dx does not depend on x', () => {
    const { second } = backwardOf(simulate({ ...asked, program: parseProgram('eval-double') }), 1);
    expect(second?.ddx.every((value) => value === 0)).toBe(true);
    expect(second?.ddy.some((value) => value !== 0)).toBe(true);
  });
});
