import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import type { Accepted, AcceptedValues } from '../accept/accepted.ts';
import { type Case, observables, type Observable } from '../cases/case.ts';
import { goldenGradient, goldenInput, question, tensor } from '../reference/question.fixture.ts';
import type { Observation, ObservedTensor } from '../runners/observation.ts';
import { compare } from './compare.ts';
import { changeStep, dropResult, observe } from './observe.fixture.ts';

const asked = question({ program: 'train-backward', inputs: [[goldenInput]], grads: [[goldenGradient]] });
const all: ReadonlySet<Observable> = new Set(observables);
const withoutCount: ReadonlySet<Observable> = new Set(observables.filter((observable) => observable !== 'step_count'));

const deviations = (observation: Observation, of: Case = asked, offered = all) => compare(acceptCase(of), observation, offered).deviations;

/** The same result with element 1 changed. */
function changed(of: ObservedTensor | undefined, change: (value: number) => number): ObservedTensor {
  if (of === undefined) throw new TypeError('expected a result');
  return { ...of, data: of.data.map((value, i) => (i === 1 ? change(value) : value)) };
}

/** An observation that ends after so many steps. */
function cutAfter(observation: Observation, steps: number): Observation {
  return { ...observation, ranks: observation.ranks.map((rank) => ({ ...rank, steps: rank.steps.slice(0, steps) })) };
}

const honest = observe(asked);
const forward = honest.ranks[0]?.steps[0] ?? {};
const backward = honest.ranks[0]?.steps[1] ?? {};

describe('comparison of an observation with what is accepted', () => {
  it('control: an honest observation has no deviation, and every element of every observable is graded', () => {
    const { deviations: found, accuracy } = compare(acceptCase(asked), honest, all);
    expect(found).toEqual([]);
    expect(Object.fromEntries(accuracy.map(({ observable, graded, ungradable }) => [observable, [graded, ungradable]]))).toEqual({
      y: [6, 0], dx: [6, 0], dgamma: [2, 0], dbeta: [2, 0], running_mean: [6, 0], running_var: [6, 0], step_count: [3, 0],
    });
    expect(accuracy.every(({ stable, naive }) => stable <= 1 && naive <= stable)).toBe(true);
    expect(accuracy.find(({ observable }) => observable === 'y')?.stable).toBeGreaterThan(0);
  });

  it('BN-NORM-01 a value outside names rule, place, element, bound and ratio', () => {
    const [deviation, ...others] = deviations(changeStep(honest, 0, { y: changed(forward.y, (value) => value + 0.001) }));
    expect(others).toEqual([]);
    expect(deviation).toMatchObject({ kind: 'value', level: 'must', rule: 'BN-NORM-01', rank: 0, step: 0, observable: 'y', element: 1, elements: 1 });
    expect(deviation?.ratio).toBeCloseTo(0.001 / (deviation?.bound ?? NaN), -1);
  });

  it.each<[string, Partial<Record<'y' | 'running_var' | 'dx' | 'dgamma' | 'dbeta' | 'running_mean', string>>]>([
    ['step 0', { y: 'BN-NORM-01', running_mean: 'BN-STATE-02', running_var: 'BN-STATE-03' }],
    ['step 1', { dx: 'BN-GRAD-01', dgamma: 'BN-GRAD-02', dbeta: 'BN-GRAD-03', running_mean: 'BN-STATE-07', running_var: 'BN-STATE-07' }],
  ])('each observable of %s has its own rule', (place, rules) => {
    const step = Number(place.at(-1));
    for (const [name, rule] of Object.entries(rules)) {
      const observable = name as keyof typeof rules;
      const result = changed((step === 0 ? forward : backward)[observable], (value) => value + 1);
      expect(deviations(changeStep(honest, step, { [observable]: result })).map((one) => [one.observable, one.rule])).toEqual([[observable, rule]]);
    }
  });

  it('worst first: must before should, then by ratio, then by step', () => {
    const twice = changeStep(changeStep(honest, 1, { dgamma: changed(backward.dgamma, (value) => value + 1) }), 0, { y: changed(forward.y, (value) => value + 1) });
    const ratios = deviations(twice).map(({ ratio }) => ratio);
    expect(ratios).toHaveLength(2);
    expect(ratios).toEqual(ratios.toSorted((a, b) => b - a));
  });

  it('counts all deviating elements and keeps the worst', () => {
    const worse = { ...forward.y, data: forward.y?.data.map((value, i) => value + (i < 3 ? 0.01 * (i + 1) : 0)) } as ObservedTensor;
    expect(deviations(changeStep(honest, 0, { y: worse }))[0]).toMatchObject({ elements: 3, element: 2 });
  });

  it('BN-NUM-02 outside the stable bound and inside the naive one is a deviation of level should', () => {
    const many = question({ program: 'train', config: { numFeatures: 1 }, inputs: [[tensor([20000, 1], Array.from({ length: 20000 }, (_, i) => 1000 + (i % 7)))]] });
    const { running_mean: mean } = observe(many).ranks[0]?.steps[0] ?? {};
    const off = { ...mean, data: mean?.data.map((value) => value * (1 + 2e-4)) } as ObservedTensor;
    expect(deviations(changeStep(observe(many), 0, { running_mean: off }), many)).toMatchObject([{ level: 'should', rule: 'BN-NUM-02', observable: 'running_mean' }]);
  });
});

describe('BN-NUM-02 a float64 layer is held against value + low', () => {
  const double = question({ program: 'train', config: { dtype: 'float64' }, inputs: [[tensor([3, 2], [1, 2, 3, 6, 5, 1], 'float64')]] });
  const accepted = acceptCase(double);

  const step = 2 ** -52; // distance of the numbers around y[4] = 1.22…

  /** What is accepted, with low parts and bounds of y in steps. */
  function shifted(low: number, bound: number): Accepted {
    const filled = (steps: number) => new Float64Array(6).fill(steps * step);
    const changed = (values: AcceptedValues): AcceptedValues => (values.observable === 'y' ? { ...values, low: filled(low), stable: filled(bound), naive: filled(bound) } : values);
    return { ranks: accepted.ranks.map((rank) => ({ ...rank, steps: rank.steps.map((one) => (one.kind === 'values' ? { ...one, values: one.values.map(changed) } : one)) })) };
  }

  /** The reference's own y, but the fifth one step up. */
  const [y] = accepted.ranks[0]?.steps[0]?.kind === 'values' ? accepted.ranks[0].steps[0].values : [];
  const stepUp = changeStep(observe(double), 0, { y: { dtype: 'float64', shape: [3, 2], data: (y?.value ?? new Float64Array(6)).map((value, i) => (i === 4 ? value + step : value)) } });

  const ratioOfY = (expected: Accepted) => compare(expected, stepUp, all).accuracy.find(({ observable }) => observable === 'y')?.stable;

  it('control: the float64 reference, rounded, lies within', () => {
    expect(compare(accepted, observe(double), all).deviations).toEqual([]);
  });

  it('one step up is 3/4 of a step from a value a quarter above, 5/4 from one a quarter below', () => {
    expect([ratioOfY(shifted(0.25, 1)), ratioOfY(shifted(-0.25, 1)), ratioOfY(shifted(0, 1))]).toEqual([0.75, 1.25, 1]);
  });

  it('low decides whether an element deviates', () => {
    expect(compare(shifted(0.25, 1), stepUp, all).deviations).toEqual([]);
    expect(compare(shifted(-0.25, 1), stepUp, all).deviations).toMatchObject([{ observable: 'y', level: 'must', elements: 1, element: 4, ratio: 1.25 }]);
  });
});

describe('BN-NUM-01 values that are no plain numbers', () => {
  it('NaN lies in no finite interval', () => {
    expect(deviations(changeStep(honest, 0, { y: changed(forward.y, () => NaN) }))).toMatchObject([{ kind: 'value', observable: 'y', got: NaN, ratio: Infinity }]);
  });

  it('−0 is +0', () => {
    const zero = question({ program: 'eval', inputs: [[tensor([3, 2], [0, 0, 0, 0, 0, 0])]] });
    const result = observe(zero);
    const negative = { ...result.ranks[0]?.steps[0]?.y, data: new Float64Array(6).fill(-0) } as ObservedTensor;
    expect(deviations(changeStep(result, 0, { y: negative }), zero)).toEqual([]);
  });

  it('an infinite running variance is accepted where a square overflows, NaN is not', () => {
    const huge = question({ program: 'train', inputs: [[tensor([3, 2], [1e30, 1, -2e30, 2, 3e30, 4].map(Math.fround))]] });
    const result = observe(huge);
    const { running_var: variance } = result.ranks[0]?.steps[0] ?? {};
    const first = (value: number) => ({ ...variance, data: variance?.data.map((old, i) => (i === 0 ? value : old)) }) as ObservedTensor;
    expect(deviations(changeStep(result, 0, { running_var: first(Infinity) }), huge)).toEqual([]);
    expect(deviations(changeStep(result, 0, { running_var: first(NaN) }), huge)).toMatchObject([{ observable: 'running_var', element: 0 }]);
    expect(deviations(changeStep(result, 0, { running_var: first(1e30) }), huge)).toMatchObject([{ observable: 'running_var', element: 0 }]);
  });

  it('elements without a bound are ungradable, and must be finite all the same', () => {
    const flat = question({ program: 'train', config: { statistics: 'untracked', eps: 1e-12 }, inputs: [[tensor([3, 2], [1000, 1, 1000, 2, 1000, 4])]] });
    const { accuracy } = compare(acceptCase(flat), observe(flat), all);
    expect(accuracy).toMatchObject([{ observable: 'y', graded: 3, ungradable: 3 }]);
    const { y } = observe(flat).ranks[0]?.steps[0] ?? {};
    const first = (value: number) => ({ ...y, data: y?.data.map((old, i) => (i === 0 ? value : old)) }) as ObservedTensor;
    expect(deviations(changeStep(observe(flat), 0, { y: first(1e6) }), flat)).toEqual([]);
    expect(deviations(changeStep(observe(flat), 0, { y: first(NaN) }), flat)).toMatchObject([{ level: 'must', observable: 'y', element: 0 }]);
  });
});

describe('deviations of structure', () => {
  it.each([['y', 0, 'BN-DTYPE-01'], ['dx', 1, 'BN-DTYPE-01'], ['running_mean', 0, 'BN-DTYPE-02'], ['dgamma', 1, 'BN-DTYPE-02']] as const)('%s of another type deviates under its rule', (name, step, rule) => {
    const result = (step === 0 ? forward : backward)[name];
    expect(deviations(changeStep(honest, step, { [name]: { ...result, dtype: 'float64' } }))).toMatchObject([{ kind: 'dtype', rule, observable: name, got: 'float64', expected: 'float32', level: 'must', ratio: Infinity }]);
  });

  it('BN-SHAPE-01 another shape of the same length deviates once, its values are still compared', () => {
    const flat = { ...forward.y, shape: [6] } as ObservedTensor;
    expect(deviations(changeStep(honest, 0, { y: flat }))).toMatchObject([{ kind: 'shape', rule: 'BN-SHAPE-01', got: '[6]', expected: '[3, 2]' }]);
    expect(deviations(changeStep(honest, 0, { y: changed(flat, (value) => value + 1) })).map(({ kind }) => kind).sort()).toEqual(['shape', 'value']);
  });

  it('BN-SHAPE-01 another length deviates as a shape alone', () => {
    const short = { dtype: 'float32', shape: [2, 2], data: new Float64Array(4) } as const;
    expect(deviations(changeStep(honest, 0, { y: short })).map(({ kind }) => kind)).toEqual(['shape']);
  });

  it.each([['y', 0, 'BN-NORM-01'], ['dgamma', 1, 'BN-GRAD-02'], ['running_var', 0, 'BN-STATE-03'], ['step_count', 0, 'BN-STATE-06']] as const)('a missing %s deviates', (name, step, rule) => {
    expect(deviations(dropResult(honest, step, name))).toMatchObject([{ kind: 'missing', rule, observable: name, got: 'nothing' }]);
  });

  it('what the dialect does not offer is not missed, and not graded', () => {
    const { deviations: found, accuracy } = compare(acceptCase(asked), dropResult(dropResult(honest, 0, 'step_count'), 1, 'step_count'), withoutCount);
    expect(found).toEqual([]);
    expect(accuracy.map(({ observable }) => observable)).not.toContain('step_count');
  });

  it('BN-STATE-06 a wrong count deviates by its value', () => {
    expect(deviations(changeStep(honest, 0, { step_count: 2 }))).toMatchObject([{ kind: 'value', rule: 'BN-STATE-06', observable: 'step_count', got: 2, expected: 1, bound: 0 }]);
  });

  it('BN-STATE-01 the state after construction is judged', () => {
    const nought = { dtype: 'float32', shape: [2], data: new Float64Array(2) } as const;
    expect(deviations(changeStep(honest, -1, { running_var: nought }))).toMatchObject([{ kind: 'value', rule: 'BN-STATE-01', step: -1, elements: 2 }]);
  });

  it('BN-STATE-11 state where there must be none is unexpected', () => {
    const untracked = question({ program: 'train', config: { statistics: 'untracked' }, inputs: [[goldenInput]] });
    const { running_mean: mean } = forward;
    const state = mean === undefined ? {} : { running_mean: mean };
    const found = deviations(changeStep(observe(untracked), 0, { ...state, step_count: 1 }), untracked);
    expect(found.map(({ kind, rule, observable }) => [kind, rule, observable])).toEqual([['unexpected', 'BN-STATE-11', 'running_mean'], ['unexpected', 'BN-STATE-11', 'step_count']]);
  });

  it('an error where a result must come is unexpected, and ends the program', () => {
    const refused = cutAfter(changeStep(honest, 0, { error: { class: 'RuntimeError', message: 'no kernel' } }), 1);
    expect(deviations(refused)).toMatchObject([{ kind: 'unexpected', rule: 'BN-NORM-01', observable: 'error', got: 'RuntimeError: no kernel', expected: 'no error' }]);
  });

  it('a refusal by the constructor is unexpected, and ends the comparison', () => {
    const refused = cutAfter(changeStep(honest, -1, { error: { class: 'ValueError', message: 'eps' } }), 0);
    expect(deviations(refused)).toMatchObject([{ kind: 'unexpected', step: -1, observable: 'error' }]);
  });

  it('a step or a rank without an observation is missing', () => {
    expect(deviations(cutAfter(honest, 1))).toMatchObject([{ kind: 'missing', step: 1, got: 'no observation of this step' }]);
    expect(deviations({ ...honest, ranks: [] })).toMatchObject([{ kind: 'missing', step: -1, got: 'no observation of this rank' }]);
  });
});

describe('refusals', () => {
  const wrongRank = question({ layer: 'batchnorm2d', program: 'train', inputs: [[goldenInput]] });
  const oneValue = question({ program: 'train', inputs: [[tensor([1, 2], [1, 2])]] });

  it('BN-SHAPE-02 a refusal that leaves the state alone is accepted', () => {
    expect(deviations(observe(wrongRank), wrongRank)).toEqual([]);
  });

  it('BN-SHAPE-02 a result where a refusal must come deviates', () => {
    expect(deviations(changeStep(honest, 0, {}), wrongRank)).toMatchObject([{ kind: 'refusal', rule: 'BN-SHAPE-02', observable: 'error', got: 'no error', expected: 'a refusal' }]);
  });

  it('BN-ERR-01 a refusal that moves the state deviates', () => {
    expect(deviations(changeStep(observe(wrongRank), 0, { step_count: 1 }), wrongRank)).toMatchObject([{ kind: 'value', rule: 'BN-ERR-01', observable: 'step_count', got: 1, expected: 0 }]);
  });

  it('BN-STAT-02 one value per channel: a refusal or a finite state is accepted, NaN is not', () => {
    const finite = honest.ranks[0]?.construct ?? {};
    const state = (value: number) => ({ ranks: [{ construct: finite, steps: [{ ...finite, running_var: { dtype: 'float32', shape: [2], data: Float64Array.of(1, value) } as const }] }], durationUs: 1 });
    expect(deviations(observe(oneValue), oneValue)).toEqual([]);
    expect(deviations(state(0.9), oneValue)).toEqual([]);
    expect(deviations(state(NaN), oneValue)).toMatchObject([{ rule: 'BN-STAT-02', observable: 'running_var', got: NaN, element: 1 }]);
    expect(deviations(state(Infinity), oneValue)).toMatchObject([{ rule: 'BN-STAT-02', got: Infinity }]);
  });
});
