import { describe, expect, it } from 'vitest';
import { question, tensor } from '../reference/question.fixture.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import { localStatistics } from '../reference/statistics.ts';
import { readDialect } from '../spec/dialect.ts';
import { readRules } from '../spec/rules.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { ObservedTensor } from '../runners/observation.ts';
import { judge } from './judge.ts';
import { changeStep, observe, plannedAs } from './observe.fixture.ts';

const core = readDialect('core', '1.0.0');
const rules = readRules().map(({ id }) => id as RuleId);

/** mean(x²) − mean(x)² in float32, clipped at 0, one value after the other. */
function onePass(x: Tensor) {
  const { count, mean } = localStatistics(x);
  const channels = mean.length;
  const sums = (power: 1 | 2, c: number) => x.data.filter((_, i) => i % channels === c).reduce((total, value) => Math.fround(total + Math.fround(value ** power)), 0);
  const average = (power: 1 | 2, c: number) => Math.fround(sums(power, c) / count);
  const variance = mean.map((_, c) => Math.max(0, Math.fround(average(2, c) - Math.fround(average(1, c) ** 2))));
  return { count, mean, variance };
}

const offset = [100.5, 200.25, 101.75, 203, 99.125, 201.5, 100.875, 198.75, 102.25, 202.125];
const asked = question({ program: 'train-backward-train', config: { momentum: 0.3 }, inputs: [[tensor([5, 2], offset)]] });

const verdictOn = (change: Partial<Formulas>) => judge(plannedAs(asked, { rules }), { kind: 'observed', seq: 0, observation: observe(asked, { ...coreFormulas, ...change }) }, core);

describe('BN-NUM-01 a one-pass variance', () => {
  it('is named where the mean is large', () => {
    expect(verdictOn({ localStatistics: onePass })).toMatchObject({ status: 'violates', cause: 'one-pass-variance', rule: 'BN-NUM-01' });
  });

  it('with the biased variance stored besides (Flax, Jittor): the formula is named, both are candidates', () => {
    const verdict = verdictOn({ localStatistics: onePass, storedVariance: (variance) => variance });
    expect(verdict).toMatchObject({ cause: 'biased-running-variance', candidates: ['biased-running-variance', 'one-pass-variance'] });
  });

  it('with the momentum of Flax unconverted besides', () => {
    const verdict = verdictOn({ localStatistics: onePass, storedVariance: (variance) => variance, newWeight: (momentum) => 1 - (momentum ?? 0) });
    expect(verdict).toMatchObject({ cause: 'biased-running-variance+momentum-complement' });
  });

  describe('control: two formulas of which y shows a factor v′/σ² in the reach of cancellation', () => {
    const twoFormulas: Formulas = { ...coreFormulas, normalisingVariance: (variance, n) => (variance * n) / (n - 1), storedVariance: (variance, n) => (variance * n) / (n - 1) + 2e-5 };
    const candidatesFor = (shape: readonly number[], data: readonly number[]) => {
      const channels = shape[1] ?? 1;
      const beta = tensor([channels], [0.5, -1.25, 2].slice(0, channels)); // without it y shows a factor of its own
      const far = question({ program: 'train', config: { numFeatures: channels, momentum: 1 }, initial: { beta }, inputs: [[tensor(shape, data)]] });
      const { cause, candidates } = judge(plannedAs(far, { rules }), { kind: 'observed', seq: 0, observation: observe(far, twoFormulas) }, core);
      return [cause, ...candidates];
    };

    it('three channels that share it rule cancellation out', () => {
      expect(candidatesFor([4, 3], [1000, 1003, 998, 1002, 1001, 1001, 999, 1004, 999, 1005, 1000, 1002])).toEqual(['unexplained']);
    });

    it('one channel tells nothing', () => {
      expect(candidatesFor([4, 1], [1000, 1002, 999, 1005])).toContain('one-pass-variance');
    });
  });

  it('control: errors of that size which are no factor of their channel are unexplained', () => {
    const honest = observe(asked);
    const { y } = honest.ranks[0]?.steps[0] ?? {};
    const noisy = changeStep(honest, 0, { y: { ...y, data: y?.data.map((value, i) => value * (1 + (i % 3 === 0 ? 1e-3 : -1e-3))) } as ObservedTensor });
    expect(judge(plannedAs(asked), { kind: 'observed', seq: 0, observation: noisy }, core)).toMatchObject({ status: 'violates', cause: 'unexplained', candidates: [] });
  });

  it('control: a gradient that is off by itself has another cause', () => {
    const honest = observe(asked);
    const { dgamma } = honest.ranks[0]?.steps[1] ?? {};
    const off = changeStep(honest, 1, { dgamma: { ...dgamma, data: dgamma?.data.map((value) => value * 1.05) } as ObservedTensor });
    expect(judge(plannedAs(asked), { kind: 'observed', seq: 0, observation: off }, core)).toMatchObject({ status: 'violates', cause: 'unexplained' });
  });
});
