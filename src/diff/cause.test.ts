import { describe, expect, it } from 'vitest';
import type { Case } from '../cases/case.ts';
import { goldenGradient, goldenInput, question, tensor } from '../reference/question.fixture.ts';
import { coreFormulas } from '../reference/formulas.ts';
import type { Observation, ObservedTensor } from '../runners/observation.ts';
import { readDialect } from '../spec/dialect.ts';
import { readRules } from '../spec/rules.ts';
import { causeIds, causeNamed, combinedCauses, structuralCauses, variantCauses } from './catalogue.ts';
import { explain } from './cause.ts';
import { judge } from './judge.ts';
import { changeStep, dropResult, observe, plannedAs } from './observe.fixture.ts';
import { tellingCases } from './telling-cases.fixture.ts';

const core = readDialect('core', '1.0.0');

describe('the catalogue', () => {
  it('names each cause once, under a rule of the specification, with title and translation', () => {
    const rules = new Set(readRules().map(({ id }) => id));
    const named = causeIds.filter((id) => id !== 'unexplained').map((id) => causeNamed(id));
    expect(new Set(causeIds).size).toBe(causeIds.length);
    expect(variantCauses.length).toBeGreaterThanOrEqual(100);
    for (const cause of named) {
      expect(rules.has(cause?.rule ?? '')).toBe(true);
      expect([cause?.title, cause?.translation, ...cause?.like ?? []]).not.toContain('');
    }
  });

  it('knows no cause called unexplained or ambiguous', () => {
    expect([causeNamed('unexplained'), causeNamed('ambiguous'), causeNamed('biased-running-variance')?.rule]).toEqual([undefined, undefined, 'BN-STATE-03']);
  });
});

const asked = question({ program: 'train-backward', inputs: [[goldenInput]], grads: [[goldenGradient]] });
const honest = observe(asked);
const forward = honest.ranks[0]?.steps[0] ?? {};

const verdictOn = (observation: Observation, of: Case = asked) => judge(plannedAs(of), { kind: 'observed', seq: 0, observation }, core);

const causeOf = (observation: Observation, of = asked) => {
  const { status, cause, rule } = verdictOn(observation, of);
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
    ['another memory order', causeOf(changeStep(honest, 0, { order: { y: [] } }), { ...asked, layout: 'contiguous' }), ['violates', 'memory-order-lost', 'BN-SHAPE-04']],
    ['no result', causeOf(dropResult(honest, 1, 'dx')), ['violates', 'missing-observable', 'BN-GRAD-01']],
    ['an error', causeOf(changeStep(honest, 0, { error: { class: 'RuntimeError', message: 'no' } })), ['violates', 'unexpected-refusal', 'BN-NORM-01']],
    ['no error', causeOf(changeStep(honest, 0, {}), wrongRank), ['violates', 'missing-refusal', 'BN-SHAPE-02']],
    ['an error of another class', causeOf(changeStep(observe(wrongRank), 0, { error: { class: 'IndexError', message: 'no' } }), wrongRank), ['violates', 'other-refusal', 'BN-ERR-02']],
    ['a refusal that moves the state', causeOf(changeStep(observe(wrongRank), 0, { step_count: 1 }), wrongRank), ['violates', 'state-changed-by-refused-call', 'BN-ERR-01']],
    ['NaN from one value', causeOf({ ranks: [{ construct: honest.ranks[0]?.construct ?? {}, steps: [{ running_var: nan }] }], durationUs: 1 }, oneValue), ['violates', 'nan-state-from-one-value', 'BN-STAT-02']],
  ])('%s', (_, got, expected) => {
    expect(got).toEqual(expected);
  });

  it('BN-STATE-12 a changed input comes before what follows from it', () => {
    const changed = { kind: 'unexpected', level: 'must', rule: 'BN-STATE-12', rank: 0, step: 0, observable: 'y', element: null, elements: 1, got: 'changed', expected: 'as it was', bound: 0, ratio: Infinity } as const;
    const follows = { ...changed, kind: 'shape', rule: 'BN-SHAPE-01' } as const;
    expect(explain(asked, honest, [follows, changed], new Set(['y'])).cause).toBe('input-modified');
    expect(explain(asked, honest, [follows], new Set(['y'])).cause).toBe('wrong-shape');
  });

  it('the catalogue of structural causes is what these tests ask', () => {
    expect(Object.keys(structuralCauses)).toHaveLength(13); // other-constructor and other-text: signature.test.ts; not-repeatable: repetition.test.ts
  });
});

describe('departures that implementations have together', () => {
  const [telling = asked] = tellingCases;

  it.each(combinedCauses.filter(({ like }) => like !== undefined))('$id: the whole combination is named, not one part', ({ id, formulas }) => {
    const verdicts = tellingCases.map((one) => verdictOn(observe(one, formulas), one)).filter(({ status }) => status !== 'conforms');
    expect(verdicts.map(({ cause }) => cause)).toContain(id);
  }, 60_000);

  it('three departures without a name together are unexplained', () => {
    const formulas = { ...coreFormulas, storedMean: (mean: number) => 1.5 * mean, deviation: (variance: number, eps: number) => Math.sqrt(1.1 * variance + eps), counts: () => 3 };
    expect(verdictOn(observe(telling, formulas), telling)).toMatchObject({ cause: 'unexplained', candidates: [] });
  });
});

describe('a cause that says nothing of a deviation does not explain it', () => {
  it('control: an element that a variant leaves where the core formulas have it', () => {
    const { y } = forward;
    const off = changeStep(honest, 0, { y: { ...y, data: y?.data.map((value, i) => (i === 0 ? value + 1e-3 : value)) } as ObservedTensor });
    expect(verdictOn(off)).toMatchObject({ status: 'violates', cause: 'unexplained', candidates: [] });
  });

  it('a variant that makes the deviating element ungradable: constant data and no ε', () => {
    const constant = question({ program: 'train', inputs: [[tensor([3, 2], [1, 2, 1, 2, 1, 2])]] });
    const { y } = observe(constant).ranks[0]?.steps[0] ?? {};
    const off = changeStep(observe(constant), 0, { y: { ...y, data: y?.data.map((value) => value + 0.5) } as ObservedTensor });
    expect(verdictOn(off, constant).candidates).not.toContain('eps-ignored');
  });
});
