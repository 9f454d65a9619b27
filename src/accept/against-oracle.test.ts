import { join } from 'node:path';
import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { acceptCase } from './accept.ts';
import type { AcceptedStep } from './accepted.ts';
import type { Case } from '../cases/case.ts';
import { type Regime, drawGradient, drawInitial, drawInput } from '../cases/data.ts';
import { readGoldens } from '../cases/golden.ts';
import { packageRoot } from '../spec/package-root.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { exactError } from '../reference/oracle/error.ts';
import { toNumber } from '../reference/oracle/to-number.ts';
import { exactTrajectory, type ExactStep } from '../reference/oracle/trajectory.ts';
import { question } from '../reference/question.fixture.ts';

/** The reference's own error may use up to this part of the accepted bound; where the bound is 0 it must be exact. */
const share = 1e-3;

/** Largest |reference − exact| ÷ class A bound over every element of every observable; Infinity where a bound of 0 is missed. */
function worstShare(asked: Case): { ratio: number; elements: number } {
  const exact = exactTrajectory(asked);
  const worst = { ratio: 0, elements: 0 };
  for (const [rank, accepted] of acceptCase(asked).ranks.entries()) {
    const steps = [accepted.construct, ...accepted.steps];
    const exactSteps = [exact[rank]?.construct, ...(exact[rank]?.steps ?? [])];
    for (const [i, step] of steps.entries()) raiseShare(worst, step, exactSteps[i]);
  }
  return worst;
}

function raiseShare(worst: { ratio: number; elements: number }, step: AcceptedStep, exact: ExactStep | undefined): void {
  if (step.kind === 'refusal') throw new TypeError('expected a program without refusals');
  for (const { observable, value, stable } of step.values) {
    const values = exact?.[observable];
    expect(values).toHaveLength(value.length);
    for (const [i, rational] of (values ?? []).entries()) {
      const error = toNumber(exactError(value[i]!, rational));
      const ratio = error === 0 ? 0 : error / stable[i]!;
      worst.ratio = Math.max(worst.ratio, ratio);
      worst.elements += 1;
    }
  }
}

const regimes: readonly Regime[] = ['unit', 'tiny-variance', 'offset-1e3', 'exact'];
const programs = ['train-backward', 'eval-backward', 'train-train-eval', 'train-backward-train-backward', 'eval-train-eval-backward'];

const questions = fc.record({
  seed: fc.nat(), regime: fc.constantFrom(...regimes), batch: fc.integer({ min: 2, max: 9 }), channels: fc.integer({ min: 1, max: 3 }),
  spatial: fc.integer({ min: 1, max: 3 }), program: fc.constantFrom(...programs), momentum: fc.constantFrom(0, 0.1, 0.5, 1, null),
  eps: fc.constantFrom(1e-5, 1e-3, 1), dtype: fc.constantFrom<FloatType>('float32', 'float16', 'bfloat16'), distinct: fc.boolean(),
  statistics: fc.constantFrom('tracked', 'untracked', 'batch', 'running'), ranks: fc.integer({ min: 1, max: 2 }),
}).map(({ seed, regime, batch, channels, spatial, program, momentum, eps, dtype, distinct, statistics, ranks }): Case => {
  const shape = (rank: number) => [batch + rank, channels, spatial];
  const steps = [0, 1, 2];
  const each = <T>(make: (rank: number, step: number) => T) => Array.from({ length: ranks }, (_, rank) => steps.map((step) => make(rank, step)));
  const value = (name: 'gamma' | 'beta' | 'running_mean' | 'running_var') => drawInitial([seed], name, dtype, channels);
  const state = statistics === 'untracked' ? {} : { running_mean: value('running_mean'), running_var: value('running_var') };
  return question({
    layer: ranks > 1 ? 'syncbatchnorm' : 'batchnorm1d', program, config: { numFeatures: channels, eps, momentum, statistics, dtype },
    initial: distinct ? { gamma: value('gamma'), beta: value('beta'), ...state } : {},
    inputs: each((rank, step) => drawInput([seed, rank, step], regime, dtype, shape(rank))),
    grads: each((rank, step) => drawGradient([seed, rank, step], regime, dtype, shape(rank))),
  });
});

describe('BN-NUM-02 the reference against the exact oracle', () => {
  test.prop([questions], { numRuns: 300 })('property: every observable lies within a thousandth of the stable bound of its exact value', (asked) => {
    const { ratio, elements } = worstShare(asked);
    expect(elements).toBeGreaterThan(0);
    expect(ratio).toBeLessThan(share);
  });

  it.each(readGoldens(join(packageRoot, 'cases', 'golden')).map((golden) => [golden.name, golden.case] as const))('golden: %s', (_, asked) => {
    expect(worstShare(asked).ratio).toBeLessThan(share);
  });

  it('control: a float32 rounding of the input would be seen', () => {
    const asked = question({ program: 'train', inputs: [[drawInput([1], 'unit', 'float32', [5, 2, 1])]] });
    const moved = { ...asked, ranks: asked.ranks.map((rank) => ({ ...rank, inputs: rank.inputs.map((x) => ({ ...x, data: x.data.map((v) => v * (1 + 2 ** -20)) })) })) };
    const exact = exactTrajectory(moved)[0]?.steps[0];
    const worst = { ratio: 0, elements: 0 };
    const step = acceptCase(asked).ranks[0]?.steps[0];
    if (step === undefined) throw new TypeError('expected a step');
    raiseShare(worst, step, exact);
    expect(worst.ratio).toBeGreaterThan(share);
  });
});
