import { describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import { question, tensor } from '../reference/question.fixture.ts';
import type { Observation, ObservedTensor, StepObservation } from '../runners/observation.ts';
import { readDialect } from '../spec/dialect.ts';
import { readRules } from '../spec/rules.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { integers } from '../tensor/generator.ts';
import { roundTo } from '../tensor/round.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { explain } from './cause.ts';
import { compare } from './compare.ts';
import { generalCauses } from './general-causes.ts';
import { judge } from './judge.ts';
import { changeStep, observe, plannedAs } from './observe.fixture.ts';
import { tellingCases } from './telling-cases.fixture.ts';

const core = readDialect('core', '1.0.0');
const rules = readRules().map(({ id }) => id as RuleId);
const [asked = question({ program: 'train', inputs: [] }), spatial = question({ program: 'train', inputs: [] })] = tellingCases;

type TensorName = 'y' | 'dx' | 'dgamma' | 'dbeta' | 'running_mean' | 'running_var';

/** What the core formulas show, with every tensor of one name changed. */
function changed(question: Case, name: TensorName, change: (data: Float64Array, shape: readonly number[]) => Float64Array): Observation {
  const honest = observe(question);
  const step = (one: StepObservation): StepObservation => {
    const tensor = one[name];
    return tensor === undefined ? one : { ...one, [name]: { ...tensor, data: change(Float64Array.from(tensor.data), tensor.shape).map(Math.fround) } };
  };
  return { ...honest, ranks: honest.ranks.map(({ construct, steps }) => ({ construct, steps: steps.map(step) })) };
}

const verdictOn = (observation: Observation, of = asked) => judge(plannedAs(of, { rules }), { kind: 'observed', seq: 0, observation }, core);
const causeOf = (observation: Observation, of = asked) => {
  const { cause, rule } = verdictOn(observation, of);
  return [cause, rule];
};

describe('results that are the accepted ones times one factor', () => {
  const scaled = (name: TensorName, by: number, of = asked) => causeOf(changed(of, name, (data) => data.map((value) => value * by)), of);

  it.each<[TensorName, number, string]>([['y', 1.0001, 'BN-NORM-03'], ['dx', 2, 'BN-GRAD-01'], ['dx', -1, 'BN-GRAD-01'], ['y', 250, 'BN-NORM-03']])('%s times %d', (name, by, rule) => {
    expect(scaled(name, by)).toEqual(['constant-factor', rule]);
  });

  it('the title says the factor, with no more digits than needed', () => {
    const observation = changed(asked, 'y', (data) => data.map((value) => value * 1.0001));
    const { candidates } = explain(asked, observation, verdictOn(observation).deviations, new Set(['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var']));
    expect(candidates.map(({ title, translation }) => [title, translation])).toEqual([['results are the accepted ones times one factor, 1.0001', 'divide by 1.0001']]);
  });

  it('control: two factors, a factor of 0, and a sum are none', () => {
    const twoFactors = changed(asked, 'y', (data) => data.map((value, i) => value * (i < 3 ? 1.1 : 1.2)));
    expect([causeOf(twoFactors)[0], scaled('y', 0)[0], causeOf(changed(asked, 'y', (data) => data.map((value) => value + 0.1)))[0]]).toEqual(['unexplained', 'unexplained', 'unexplained']);
  });

  it('control: of values of one size anything is a multiple', () => {
    const same = question({ program: 'train', config: { numFeatures: 1, eps: 0.1 }, inputs: [[tensor([4, 1], [-1, 1, -1, 1])]] });
    expect(scaled('y', 1.01, same)[0]).not.toBe('constant-factor');
  });
});

describe('BN-SHAPE-01 the accepted values in another order', () => {
  /** [N, C, …] in the order N … C. */
  const channelsLast = (data: Float64Array, [batch = 1, channels = 1, ...rest]: readonly number[]) => {
    const places = rest.reduce((product, extent) => product * extent, 1);
    return Float64Array.from({ length: batch * channels * places }, (_, i) => {
      const [n, place, c] = [Math.floor(i / (channels * places)), Math.floor(i / channels) % places, i % channels];
      return data[(n * channels + c) * places + place] ?? NaN;
    });
  };

  it('an output in channels-last order', () => {
    expect(causeOf(changed(spatial, 'y', channelsLast), spatial)).toEqual(['permuted-elements', 'BN-SHAPE-01']);
  });

  it('control: one element repeated in place of another is no permutation', () => {
    const repeated = (data: Float64Array, shape: readonly number[]) => channelsLast(data, shape).map((value, i, all) => (i === 5 ? all[4] ?? NaN : value));
    expect(causeOf(changed(spatial, 'y', repeated), spatial)[0]).toBe('unexplained');
  });
});

describe('BN-NUM-01 results that are not finite', () => {
  const withLast = (value: number) => (data: Float64Array) => data.with(-1, value);

  it.each([NaN, Infinity, -Infinity])('the last element is %d', (value) => {
    expect(causeOf(changed(asked, 'y', withLast(value)))).toEqual(['not-finite', 'BN-NUM-01']);
  });

  it('control: another element is wrong besides', () => {
    expect(causeOf(changed(asked, 'y', (data) => withLast(NaN)(data).with(0, 7)))[0]).toBe('unexplained');
  });
});

describe('BN-NUM-01 arithmetic in a narrower type', () => {
  const rounded = (type: FloatType) => (data: Float64Array) => data.map((value) => roundTo(value, type));

  it.each<[FloatType, string]>([['float16', 'half-precision-inside'], ['bfloat16', 'bfloat16-inside']])('outputs in %s', (type, cause) => {
    expect(causeOf(changed(asked, 'y', rounded(type)))).toEqual([cause, 'BN-NUM-01']);
    expect(causeOf(changed(spatial, 'y', rounded(type)), spatial)).toEqual([cause, 'BN-NUM-01']);
  });

  it('control: errors as large without the type are unexplained', () => {
    const next = integers(['noise']);
    const noisy = (size: number) => changed(asked, 'y', (data) => data.map((value) => value * (1 + (next() % 2 === 0 ? size : -size))));
    expect([causeOf(noisy(1e-3))[0], causeOf(noisy(2 ** -11))[0], causeOf(noisy(2 ** -8))[0]]).toEqual(['unexplained', 'unexplained', 'unexplained']);
  });

  it('control: numbers of the type further off than its roundings are unexplained', () => {
    expect(causeOf(changed(asked, 'y', (data) => rounded('bfloat16')(data.map((value, i) => value * (1 + 0.05 * (i % 3))))))[0]).toBe('unexplained');
  });

  it('BN-DTYPE-02 state rounded to float16 at each update', () => {
    const half = (name: 'running_mean' | 'running_var') => (observation: Observation, step: number): Observation => {
      const state = observation.ranks[0]?.steps[step]?.[name];
      return state === undefined ? observation : changeStep(observation, step, { [name]: { ...state, data: rounded('float16')(Float64Array.from(state.data)) } as ObservedTensor });
    };
    const once = question({ ...asked, program: 'train', inputs: asked.ranks.map(({ inputs }) => inputs.slice(0, 1)), initial: asked.initial, config: asked.config });
    const observation = half('running_var')(half('running_mean')(observe(once), 0), 0);
    expect(causeOf(observation, once)).toEqual(['half-precision-state', 'BN-DTYPE-02']);
  });
});

describe('the general causes', () => {
  it('are what these tests ask', () => {
    expect(Object.keys(generalCauses)).toEqual(['not-finite', 'constant-factor', 'permuted-elements', 'half-precision-state', 'half-precision-inside', 'bfloat16-inside', 'groups-ignored', 'narrow-layer-arithmetic']);
  });

  it('control: none explains an observation that misses a result', () => {
    const { accepted } = plannedAs(asked);
    const missing = { ...observe(asked), ranks: [] };
    expect(compare(accepted, missing, new Set(['y'])).deviations.map(({ kind }) => kind)).toEqual(['missing']);
    expect(verdictOn(missing).cause).toBe('missing-observable');
  });
});
