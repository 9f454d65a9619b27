import { describe, expect, it } from 'vitest';
import type { AcceptedValues } from '../accept/accepted.ts';
import { goldenGradient, goldenInput, question, tensor } from '../reference/question.fixture.ts';
import type { Answer } from '../runners/answer.ts';
import type { Observation, ObservedTensor } from '../runners/observation.ts';
import { type Dialect, readDialect } from '../spec/dialect.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { readRules } from '../spec/rules.ts';
import { variantCauses } from './catalogue.ts';
import { type Expectation, judge } from './judge.ts';
import { changeStep, dropResult, expectationAt, observe, plannedAs, planOf, refusedBy } from './observe.fixture.ts';

const core = readDialect('core', '1.0.0');
const mindspore = readDialect('mindspore', '2.10.0');

const rules = readRules().map(({ id }) => id as RuleId);
const asked = question({ program: 'train-backward', inputs: [[goldenInput]], grads: [[goldenGradient]] });
const honest = observe(asked);

const seen = (observation: Observation): Answer => ({ kind: 'observed', seq: 0, observation });
const verdictOn = (expectation: Expectation, observation: Observation, dialect: Dialect = core) => judge(expectation, seen(observation), dialect);

function formulasOf(cause: string) {
  const found = variantCauses.find(({ id }) => id === cause);
  if (found === undefined) throw new TypeError(`expected a cause ${cause}`);
  return found.formulas;
}

describe('the status of an answer without an observation', () => {
  it('unsupported, with reason, source and the probe', () => {
    const answer: Answer = { kind: 'unsupported', seq: 0, reason: 'no such row', source: 'the signature', probe: { call: 'BatchNorm1d(track=3)', error: { class: 'TypeError', message: 'unexpected argument' } } };
    expect(judge(plannedAs(asked), answer, core)).toMatchInlineSnapshot(`
      {
        "accuracy": [],
        "candidates": [],
        "cause": null,
        "deviations": [],
        "reason": "no such row (the signature; BatchNorm1d(track=3) → TypeError: unexpected argument)",
        "rule": null,
        "status": "unsupported",
      }
    `);
  });

  it('an adapter that fails counts as crashed', () => {
    const answer: Answer = { kind: 'failed', seq: 0, error: { class: 'KeyError', message: "'x'" }, stderrTail: '' };
    expect(judge(plannedAs(asked), answer, core)).toMatchObject({ status: 'crashed', reason: "the runner itself failed: KeyError: 'x'" });
  });

  it.each(['crashed', 'timed-out', 'garbled'] as const)('%s', (kind) => {
    expect(judge(plannedAs(asked), { kind, seq: 0, message: 'what happened', stderrTail: '' }, core)).toMatchObject({ status: kind, reason: 'what happened', rule: null, cause: null });
  });
});

describe('the status of an observation', () => {
  it('conforms when nothing deviates', () => {
    expect(verdictOn(plannedAs(asked), honest)).toMatchObject({ status: 'conforms', rule: null, cause: null, candidates: [], deviations: [], reason: null });
  });

  it('BN-STATE-03 violates, under the rule of its cause', () => {
    const verdict = verdictOn(plannedAs(asked, { rules: ['BN-STATE-03'] }), observe(asked, formulasOf('biased-running-variance')));
    expect(verdict).toMatchObject({ status: 'violates', rule: 'BN-STATE-03', cause: 'biased-running-variance', candidates: [] });
    expect(verdict.deviations.length).toBeGreaterThan(0);
  });

  it('a cause whose rule the case does not cite is reported under the rule of its worst deviation', () => {
    expect(verdictOn(plannedAs(asked, { rules: ['BN-NORM-01'] }), observe(asked, formulasOf('affine-ignored')))).toMatchObject({ status: 'conforms' });
    const distinct = { ...asked, initial: { gamma: tensor([2], [2, 3]), beta: tensor([2], [0.5, -1]) } };
    expect(verdictOn(plannedAs(distinct), observe(distinct, formulasOf('affine-ignored')))).toMatchObject({ cause: 'affine-ignored', rule: 'BN-NORM-01' });
    expect(verdictOn(plannedAs(distinct, { rules: ['BN-NORM-04'] }), observe(distinct, formulasOf('affine-ignored')))).toMatchObject({ cause: 'affine-ignored', rule: 'BN-NORM-04' });
  });

  it('a deviation that no cause explains is unexplained, under the rule of the worst', () => {
    const { y } = honest.ranks[0]?.steps[0] ?? {};
    const off = { ...y, data: y?.data.map((value, i) => value + (i === 2 ? 0.3 : 0)) } as ObservedTensor;
    expect(verdictOn(plannedAs(asked), changeStep(honest, 0, { y: off }))).toMatchObject({ status: 'violates', rule: 'BN-NORM-01', cause: 'unexplained', candidates: [] });
  });

  it('several causes that explain it all are ambiguous', () => {
    const one = question({ program: 'train', config: { momentum: 1 }, inputs: [[goldenInput]] });
    const verdict = verdictOn(plannedAs(one), observe(one, formulasOf('statistics-not-updated')));
    expect(verdict).toMatchObject({ status: 'violates', cause: 'ambiguous' });
    expect(verdict.candidates).toEqual(['momentum-complement', 'statistics-not-updated', 'state-moved-in-backward-only']);
  });

  it('BN-NUM-02 inaccurate outside the stable bound and inside the naive one', () => {
    const many = question({ program: 'train', config: { numFeatures: 1 }, inputs: [[tensor([20000, 1], Array.from({ length: 20000 }, (_, i) => 1000 + (i % 7)))]] });
    const { running_mean: mean } = observe(many).ranks[0]?.steps[0] ?? {};
    const off = { ...mean, data: mean?.data.map((value) => value * (1 + 2e-4)) } as ObservedTensor;
    expect(verdictOn(plannedAs(many), changeStep(observe(many), 0, { running_mean: off }))).toMatchObject({ status: 'inaccurate', rule: 'BN-NUM-02', cause: 'naive-accumulation' });
  });

  it('mistrusted when zero, a constant and the initial value are accepted and the behaviour does not expect that', () => {
    const vacuous = question({ program: 'train', config: { statistics: 'untracked' }, inputs: [[tensor([3, 2], [0, 0, 0, 0, 0, 0])]] });
    expect(verdictOn(plannedAs(vacuous), observe(vacuous))).toMatchObject({ status: 'mistrusted', reason: 'zero, a constant and the initial value would all be accepted' });
    expect(verdictOn(plannedAs(vacuous, { expectsConstant: true }), observe(vacuous))).toMatchObject({ status: 'conforms' });
  });

  it('ungradable when no element has a bound', () => {
    const flat = question({ program: 'train', config: { statistics: 'untracked', eps: 1e-12 }, inputs: [[tensor([3, 2], [1000, 7, 1000, 7, 1000, 7])]] });
    expect(verdictOn(plannedAs(flat), observe(flat))).toMatchObject({ status: 'ungradable', deviations: [], accuracy: [{ observable: 'y', graded: 0, ungradable: 6 }] });
  });

  it('what the dialect does not offer is not missed', () => {
    const withoutCount = dropResult(dropResult(dropResult(honest, -1, 'step_count'), 0, 'step_count'), 1, 'step_count');
    expect(verdictOn(plannedAs(asked), withoutCount, mindspore)).toMatchObject({ status: 'conforms' });
    expect(verdictOn(plannedAs(asked), withoutCount, core)).toMatchObject({ status: 'violates', cause: 'missing-observable' });
  });
});

describe('BN-STATE-08 documented departures', () => {
  const fresh = question({ layer: 'batchnorm1d', program: 'fresh', inputs: [[goldenInput]] });
  const evaluates = observe(fresh, formulasOf('fresh-layer-evaluates'));

  it('a departure exactly as the dialect quotes it is documented', () => {
    const verdict = verdictOn(plannedAs(fresh), evaluates, mindspore);
    expect(verdict).toMatchObject({ status: 'documented', rule: 'BN-STATE-08', cause: 'fresh-layer-evaluates' });
    expect(verdict.reason).toContain('mindspore.nn.Cell');
  });

  it('control: the same observation violates where no dialect documents it', () => {
    expect(verdictOn(plannedAs(fresh), evaluates, core)).toMatchObject({ status: 'violates', cause: 'fresh-layer-evaluates' });
  });

  it('control: another departure in the same circumstance violates', () => {
    expect(verdictOn(plannedAs(fresh), observe(fresh, formulasOf('biased-running-variance')), mindspore)).toMatchObject({ status: 'violates', cause: 'biased-running-variance' });
  });

  it('control: the departure outside its circumstance violates', () => {
    const train = { ...mindspore, departures: mindspore.departures.map((departure) => ({ ...departure, when: { mode: ['eval' as const] as ['eval'] } })) };
    expect(verdictOn(plannedAs(fresh), evaluates, train)).toMatchObject({ status: 'violates' });
  });

  it('one cause beside a documented departure is named, under its own rule', () => {
    const both = question({ layer: 'batchnorm1d', program: 'fresh-train', inputs: [[goldenInput, goldenInput]] });
    const { effectiveMode } = formulasOf('fresh-layer-evaluates');
    const beside = observe(both, { ...formulasOf('momentum-complement'), effectiveMode });
    expect(verdictOn(plannedAs(both, { rules }), beside, mindspore)).toMatchObject({ status: 'violates', rule: 'BN-STATE-02', cause: 'momentum-complement' });
    expect(verdictOn(plannedAs(both, { rules }), beside, core)).toMatchObject({ status: 'violates', cause: 'unexplained' });
    const noMean = observe(both, { ...formulasOf('momentum-complement'), effectiveMode, freshMean: 3 });
    expect(verdictOn(plannedAs(both, { rules }), noMean, mindspore)).toMatchObject({ status: 'violates', cause: 'unexplained' });
  });

  it('conforming to the core rule conforms, documented departure or not', () => {
    expect(verdictOn(plannedAs(fresh), observe(fresh), mindspore)).toMatchObject({ status: 'conforms' });
  });
});

/** A case whose one observable is as given. */
function expecting(values: Partial<AcceptedValues>): Expectation {
  const untracked = question({ program: 'train', config: { statistics: 'untracked', numFeatures: 1 }, inputs: [[tensor([2, 1], [1, 2])]] });
  const y: AcceptedValues = {
    observable: 'y', rule: 'BN-NORM-01', dtype: 'float32', shape: [2, 1], value: Float64Array.of(0, 0), stable: Float64Array.of(0.1, 0.1), naive: Float64Array.of(1, 1), alternative: null, ...values,
  };
  const construct = { kind: 'values', values: [], count: null, keepsState: false } as const;
  return { ...plannedAs(untracked), accepted: { ranks: [{ construct, steps: [{ ...construct, values: [y] }] }] } };
}

function showing(...y: readonly number[]): Observation {
  return { ranks: [{ construct: {}, steps: [{ y: { dtype: 'float32', shape: [2, 1], data: Float64Array.from(y) } }] }], durationUs: 1 };
}

describe('precedence: violates › mistrusted › inaccurate › documented › conforms', () => {
  it('violates before mistrusted', () => {
    expect(verdictOn(expecting({}), showing(0, 2)).status).toBe('violates');
    expect(verdictOn(expecting({}), showing(0, NaN)).status).toBe('violates');
  });

  it('mistrusted before inaccurate', () => {
    expect(verdictOn(expecting({}), showing(0, 0.5)).status).toBe('mistrusted');
    expect(verdictOn(expecting({ value: Float64Array.of(5, 6) }), showing(5, 6.5)).status).toBe('inaccurate');
  });

  it('violates before ungradable', () => {
    const unbounded = { stable: Float64Array.of(Infinity, Infinity), naive: Float64Array.of(Infinity, Infinity) };
    expect(verdictOn(expecting(unbounded), showing(1, NaN)).status).toBe('violates');
    expect(verdictOn(expecting(unbounded), showing(1, 2)).status).toBe('ungradable');
  });

  it('inaccurate before documented', () => {
    const many = question({ layer: 'batchnorm1d', program: 'fresh-train', config: { numFeatures: 1 }, inputs: [[goldenRow, tensor([20000, 1], Array.from({ length: 20000 }, (_, i) => 1000 + (i % 7)))]] });
    const evaluates = observe(many, formulasOf('fresh-layer-evaluates'));
    const { running_mean: mean } = evaluates.ranks[0]?.steps[1] ?? {};
    const off = { ...mean, data: mean?.data.map((value) => value * (1 + 2e-4)) } as ObservedTensor;
    expect(verdictOn(plannedAs(many), evaluates, mindspore).status).toBe('documented');
    expect(verdictOn(plannedAs(many), changeStep(evaluates, 1, { running_mean: off }), mindspore)).toMatchObject({ status: 'inaccurate', rule: 'BN-NUM-02', cause: 'naive-accumulation' });
  });
});

const goldenRow = tensor([3, 1], [1, 3, 5]);

describe('control: an honest framework', () => {
  it('conforms in every case of smoke and in a fortieth of core', () => {
    for (const [suite, every] of [['smoke', 1], ['core', 40]] as const) {
      const plan = planOf(suite);
      const verdicts = plan.cases.filter((_, index) => index % every === 0).map((planned) => {
        const expectation = expectationAt(plan, planned);
        return `${verdictOn(expectation, refusedBy(core.errors, expectation.case, observe(expectation.case))).status} ${planned.id}`;
      });
      expect(verdicts.length).toBeGreaterThan(25);
      expect(verdicts.filter((verdict) => !verdict.startsWith('conforms '))).toEqual([]);
    }
  });
});
