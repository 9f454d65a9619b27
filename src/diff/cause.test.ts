import { describe, expect, it } from 'vitest';
import type { PlannedCase } from '../cases/plan.ts';
import { goldenGradient, goldenInput, question, tensor } from '../reference/question.fixture.ts';
import type { Observation, ObservedTensor } from '../runners/observation.ts';
import { readDialect } from '../spec/dialect.ts';
import { readRules } from '../spec/rules.ts';
import { accuracyCauses, causeIds, causeNamed, naiveAccumulation, structuralCauses, variantCauses } from './catalogue.ts';
import { judge } from './judge.ts';
import { changeStep, dropResult, expectationAt, observe, plannedAs, planOf } from './observe.fixture.ts';
import type { Verdict } from './verdict.ts';

const core = readDialect('core', '1.0.0');
const plan = planOf('core');

/** Some of every behaviour, less the largest and those where structure speaks before any formula. */
const sample = plan.cases.filter(({ behaviour }) => !['num/many-elements', 'stat/one-value'].includes(behaviour)).filter(({ behaviour }, index) => (
  index % 131 === 0 || behaviour === 'state/fresh-mode' || (behaviour === 'sync/pooled' && index % 3 === 0)
));

function verdictOf(planned: PlannedCase, formulas: (typeof variantCauses)[number]['formulas']): Verdict {
  const expectation = expectationAt(plan, planned);
  return judge(expectation, { kind: 'observed', seq: 0, observation: observe(expectation.case, formulas) }, core);
}

describe.each(variantCauses)('$rule $id: $title', ({ id, rule, formulas }) => {
  const verdicts = sample.map((planned) => ({ asked: planned.id, ...verdictOf(planned, formulas) })).filter(({ status }) => status !== 'conforms');

  it('what these formulas observe deviates, and the cause is among those that explain it', () => {
    const unnamed = verdicts.filter(({ cause, candidates }) => cause !== id && !candidates.includes(id));
    expect(unnamed.map(({ asked, status, cause, candidates }) => [asked, status, cause, ...candidates].join(' '))).toEqual([]);
    expect(verdicts.map(({ status }) => status)).toContain('violates');
  });

  it('some case tells it from every other cause, and is reported under its rule', () => {
    expect(verdicts.filter(({ cause }) => cause === id).map((verdict) => verdict.rule)).toContain(rule);
  });
});

describe('the catalogue', () => {
  it('names each cause once, under a rule of the specification, with title and translation', () => {
    const rules = new Set(readRules().map(({ id }) => id));
    const named = causeIds.filter((id) => id !== 'unexplained').map((id) => causeNamed(id));
    expect(new Set(causeIds).size).toBe(causeIds.length);
    for (const cause of named) {
      expect(rules.has(cause?.rule ?? '')).toBe(true);
      expect([cause?.title, cause?.translation]).not.toContain('');
    }
  });

  it('knows no cause called unexplained or ambiguous', () => {
    expect([causeNamed('unexplained'), causeNamed('ambiguous'), causeNamed('biased-running-variance')?.rule]).toEqual([undefined, undefined, 'BN-STATE-03']);
  });
});

const asked = question({ program: 'train-backward', inputs: [[goldenInput]], grads: [[goldenGradient]] });
const honest = observe(asked);
const forward = honest.ranks[0]?.steps[0] ?? {};

const causeOf = (observation: Observation, of = asked) => {
  const { status, cause, rule } = judge(plannedAs(of), { kind: 'observed', seq: 0, observation }, core);
  return [status, cause, rule];
};

describe('causes read off the structure of a deviation', () => {
  const wrongRank = question({ layer: 'batchnorm2d', program: 'train', inputs: [[goldenInput]] });
  const oneValue = question({ program: 'train', inputs: [[tensor([1, 2], [1, 2])]] });
  const nan = { dtype: 'float32', shape: [2], data: Float64Array.of(NaN, NaN) } as const;

  it.each<[string, readonly (string | null)[], readonly (string | null)[]]>([
    ['another type', causeOf(changeStep(honest, 0, { y: { ...forward.y, dtype: 'float64' } as ObservedTensor })), ['violates', 'wrong-dtype', 'BN-DTYPE-01']],
    ['another type of state', causeOf(changeStep(honest, 0, { running_var: { ...forward.running_var, dtype: 'float64' } as ObservedTensor })), ['violates', 'wrong-dtype', 'BN-DTYPE-02']],
    ['another shape', causeOf(changeStep(honest, 0, { y: { ...forward.y, shape: [6] } as ObservedTensor })), ['violates', 'wrong-shape', 'BN-SHAPE-01']],
    ['no result', causeOf(dropResult(honest, 1, 'dx')), ['violates', 'missing-observable', 'BN-GRAD-01']],
    ['an error', causeOf(changeStep(honest, 0, { error: { class: 'RuntimeError', message: 'no' } })), ['violates', 'unexpected-refusal', 'BN-NORM-01']],
    ['no error', causeOf(changeStep(honest, 0, {}), wrongRank), ['violates', 'missing-refusal', 'BN-SHAPE-02']],
    ['a refusal that moves the state', causeOf(changeStep(observe(wrongRank), 0, { step_count: 1 }), wrongRank), ['violates', 'state-changed-by-refused-call', 'BN-ERR-01']],
    ['NaN from one value', causeOf({ ranks: [{ construct: honest.ranks[0]?.construct ?? {}, steps: [{ running_var: nan }] }], durationUs: 1 }, oneValue), ['violates', 'nan-state-from-one-value', 'BN-STAT-02']],
  ])('%s', (_, got, expected) => {
    expect(got).toEqual(expected);
  });
});

describe('BN-NUM-01 causes that are a larger error', () => {
  const offset = [30, 31, 32.5, 29, 30.25, 31.75];
  const wide = question({ program: 'train', config: { numFeatures: 1, momentum: 1 }, inputs: [[tensor([6, 1], offset)]] });
  const { running_var: variance } = observe(wide).ranks[0]?.steps[0] ?? {};
  const off = (error: number) => changeStep(observe(wide), 0, { running_var: { ...variance, data: variance?.data.map((value) => value + error) } as ObservedTensor });

  it('a variance that lost digits to cancellation is a one-pass variance', () => {
    expect(causeOf(off(1e-3), wide)).toEqual(['violates', 'one-pass-variance', 'BN-STATE-03']);
  });

  it('results as coarse as float16 are half precision inside', () => {
    const { y } = forward;
    const coarse = changeStep(honest, 0, { y: { ...y, data: y?.data.map((value) => value * (1 + 2 ** -11)) } as ObservedTensor });
    expect(causeOf(coarse)).toEqual(['violates', 'half-precision-inside', 'BN-NORM-01']);
  });

  it('control: an error larger than both explain is unexplained', () => {
    expect(causeOf(off(1), wide)[1]).toBe('unexplained');
  });

  it('the catalogue of accuracy causes is what these tests ask', () => {
    expect([...accuracyCauses, naiveAccumulation].map(({ id }) => id)).toEqual(['one-pass-variance', 'half-precision-inside', 'naive-accumulation']);
    expect(Object.keys(structuralCauses)).toHaveLength(7);
  });
});
