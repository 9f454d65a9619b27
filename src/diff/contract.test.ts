import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import { type Case, observables } from '../cases/case.ts';
import { goldenInput, question, tensor } from '../reference/question.fixture.ts';
import type { Observation, StepObservation } from '../runners/observation.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';
import { readDialect } from '../spec/dialect.ts';
import { compare } from './compare.ts';
import { describeErrors, isNamed, isRefusedByContract, underContract } from './contract.ts';
import { judge } from './judge.ts';
import { observe, plannedAs } from './observe.fixture.ts';

const core = readDialect('core', '1.0.0');
const offered = new Set(observables);
const entry = (change: Partial<ErrorContract>): ErrorContract => ({ when: { eps: ['zero'] }, point: 'call', class: 'ValueError', messageContains: 'eps', source: 'a page', ...change });
const zeroEps = question({ program: 'train-eval', config: { eps: 0 }, inputs: [[goldenInput]] });
const state = (asked: Case): StepObservation => observe(asked).ranks[0]?.construct ?? {};

/** What a framework shows that refuses at one place: −1 is the construction. */
function refusing(asked: Case, place: number, error = { class: 'ValueError', message: 'eps must be positive' }, after: StepObservation = state(asked)): Observation {
  const { construct, steps } = observe(asked).ranks[0] ?? { construct: {}, steps: [] };
  if (place < 0) return { ranks: [{ construct: { error }, steps: [] }], durationUs: 1 };
  return { ranks: [{ construct, steps: [...steps.slice(0, place), { ...after, error }] }], durationUs: 1 };
}

function deviationsOf(asked: Case, observation: Observation, errors: readonly ErrorContract[]) {
  return compare(underContract(acceptCase(asked), asked, errors), observation, offered).deviations.map(({ kind, rule, step }) => `${kind} ${rule} ${String(step)}`);
}

describe('a contract without an entry that holds', () => {
  it('leaves what is accepted as it is', () => {
    const accepted = acceptCase(zeroEps);
    expect(underContract(accepted, zeroEps, [entry({ when: { eps: ['negative'] } }), entry({ when: { mode: ['fresh'] } })])).toBe(accepted);
    expect(isRefusedByContract(accepted)).toBe(false);
  });
});

describe('BN-ERR-03 an argument that the contract refuses', () => {
  it('conforms when it is refused at the call, with that class and message, the state as it was', () => {
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0), [entry({})])).toEqual([]);
    expect(isRefusedByContract(underContract(acceptCase(zeroEps), zeroEps, [entry({})]))).toBe(true);
  });

  it('conforms when it is refused at construction, where the contract says so', () => {
    expect(deviationsOf(zeroEps, refusing(zeroEps, -1), [entry({ point: 'construct' })])).toEqual([]);
  });

  it('deviates when it is computed', () => {
    expect(deviationsOf(zeroEps, observe(zeroEps), [entry({})])).toEqual(['refusal BN-ERR-03 0']);
    expect(deviationsOf(zeroEps, observe(zeroEps), [entry({ point: 'construct' })])).toEqual(['refusal BN-ERR-03 -1']);
  });

  it('control: computed by the formulas it conforms where no contract refuses it, and an error is unexpected', () => {
    expect(deviationsOf(zeroEps, observe(zeroEps), [])).toEqual([]);
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0), [])).toEqual(['unexpected BN-NORM-01 0']);
    expect(deviationsOf(zeroEps, refusing(zeroEps, -1), [])).toEqual(['unexpected BN-STATE-01 -1']);
  });

  it('is refused at the step where the circumstance holds, and what comes before is judged', () => {
    const inEvaluation = [entry({ when: { eps: ['zero'], mode: ['eval'] } })];
    const after = observe(zeroEps).ranks[0]?.steps[0];
    expect(deviationsOf(zeroEps, refusing(zeroEps, 1, undefined, after), inEvaluation)).toEqual([]);
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0), inEvaluation)).toEqual(['unexpected BN-NORM-01 0']);
    expect(deviationsOf(zeroEps, observe(zeroEps), inEvaluation)).toEqual(['refusal BN-ERR-03 1']);
  });

  it('a number of features that no layer can have is refused, whatever the contract', () => {
    for (const numFeatures of [-1, 2.5]) {
      const none = question({ program: 'train', config: { numFeatures }, inputs: [[goldenInput]] });
      const computing = { ranks: [{ construct: {}, steps: [{}] }], durationUs: 1 };
      expect(deviationsOf(none, refusing(none, -1), [])).toEqual([]);
      expect(deviationsOf(none, { ranks: [{ construct: {}, steps: [{ error: { class: 'Error', message: '' } }] }], durationUs: 1 }, [])).toEqual([]);
      expect(deviationsOf(none, computing, [])).toEqual(['refusal BN-ERR-03 -1']);
    }
  });
});

describe('BN-ERR-01 the state after a refusal of the contract', () => {
  it('is that of the step before', () => {
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0, undefined, { ...state(zeroEps), step_count: 1 }), [entry({})])).toEqual(['value BN-ERR-01 0']);
    const after = observe(zeroEps).ranks[0]?.steps[0];
    expect(deviationsOf(zeroEps, refusing(zeroEps, 1, undefined, after), [entry({ when: { mode: ['eval'] } })])).toEqual([]);
    expect(deviationsOf(zeroEps, refusing(zeroEps, 1), [entry({ when: { mode: ['eval'] } })])).toEqual(['value BN-ERR-01 1', 'value BN-ERR-01 1', 'value BN-ERR-01 1']);
  });
});

describe('BN-ERR-02 the point and the class of a refusal', () => {
  it('another class or message deviates', () => {
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0, { class: 'RuntimeError', message: 'eps' }), [entry({})])).toEqual(['refusal BN-ERR-02 0']);
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0, { class: 'ValueError', message: 'wrong' }), [entry({})])).toEqual(['refusal BN-ERR-02 0']);
    expect(deviationsOf(zeroEps, refusing(zeroEps, -1, { class: 'TypeError', message: 'eps' }), [entry({ point: 'construct' })])).toEqual(['refusal BN-ERR-02 -1']);
  });

  it('any of several entries that hold will do', () => {
    const both = [entry({ class: 'TypeError' }), entry({})];
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0), both)).toEqual([]);
  });

  it('another point deviates: too early, too late', () => {
    expect(deviationsOf(zeroEps, refusing(zeroEps, -1), [entry({})])).toEqual(['refusal BN-ERR-02 -1']);
    expect(deviationsOf(zeroEps, refusing(zeroEps, 0), [entry({ point: 'construct' })])).toEqual(['refusal BN-ERR-02 0']);
  });

  it('control: an early error that the contract does not name is unexpected', () => {
    expect(deviationsOf(zeroEps, refusing(zeroEps, -1, { class: 'KeyError', message: 'x' }), [entry({})])).toEqual(['unexpected BN-STATE-01 -1']);
  });

  it('holds where the core refuses too, under the rules of both', () => {
    const rank = question({ layer: 'batchnorm2d', program: 'train', inputs: [[goldenInput]] });
    const contract = [entry({ when: { rank: ['refused'] }, messageContains: '4D' })];
    expect(deviationsOf(rank, refusing(rank, 0, { class: 'ValueError', message: 'expected 4D input' }), contract)).toEqual([]);
    expect(deviationsOf(rank, refusing(rank, 0, { class: 'IndexError', message: 'expected 4D input' }), contract)).toEqual(['refusal BN-ERR-02 0']);
    expect(deviationsOf(rank, refusing(rank, 0, { class: 'IndexError', message: '' }), [])).toEqual([]);
    expect(deviationsOf(rank, { ranks: [{ construct: state(rank), steps: [state(rank)] }], durationUs: 1 }, contract)).toEqual(['refusal BN-SHAPE-02 0']);
  });

  it('a finite state is no excuse where the contract promises a refusal: BN-STAT-02', () => {
    const one = question({ program: 'train', inputs: [[tensor([1, 2], [1, 2])]] });
    const finite = { ranks: [{ construct: state(one), steps: [state(one)] }], durationUs: 1 };
    expect(deviationsOf(one, finite, [])).toEqual([]);
    expect(deviationsOf(one, finite, [entry({ when: { elements: ['1'] } })])).toEqual(['refusal BN-STAT-02 0']);
  });
});

describe('BN-DTYPE-03 an input of an integer type', () => {
  const whole = { ...question({ program: 'train', inputs: [[goldenInput]] }), inputType: 'int32' as const };

  it('is refused by the core, and by its dialect with TypeError', () => {
    expect(deviationsOf(whole, refusing(whole, 0, { class: 'TypeError', message: '' }), core.errors)).toEqual([]);
    expect(deviationsOf(whole, refusing(whole, 0), core.errors)).toEqual(['refusal BN-ERR-02 0']);
    expect(deviationsOf(whole, { ranks: [{ construct: state(whole), steps: [state(whole)] }], durationUs: 1 }, [])).toEqual(['refusal BN-DTYPE-03 0']);
  });
});

describe('the verdict on a refusal', () => {
  const verdict = (observation: Observation, asked = zeroEps) => judge(plannedAs(asked, { rules: ['BN-ERR-02', 'BN-ERR-03'] }), { kind: 'observed', seq: 0, observation }, core);

  it('conforms, and is not mistrusted for want of numbers', () => {
    expect(verdict(refusing(zeroEps, -1))).toMatchObject({ status: 'conforms', deviations: [] });
    const bare = question({ program: 'train', config: { eps: 0, statistics: 'untracked' }, inputs: [[goldenInput]] });
    expect(verdict(refusing(bare, -1), bare)).toMatchObject({ status: 'conforms' });
  });

  it('BN-ERR-02 names the cause: another class, another point', () => {
    expect(verdict(refusing(zeroEps, -1, { class: 'TypeError', message: '' }))).toMatchObject({ status: 'violates', rule: 'BN-ERR-02', cause: 'other-refusal' });
    expect(verdict(refusing(zeroEps, 0))).toMatchObject({ status: 'violates', rule: 'BN-ERR-02', cause: 'other-refusal' });
  });

  it('BN-ERR-03 names the cause: nothing is refused', () => {
    expect(verdict(observe(zeroEps))).toMatchObject({ status: 'violates', rule: 'BN-ERR-03', cause: 'missing-refusal' });
  });

  it('a departure in a value before the refusal keeps its causes', () => {
    const asked = question({ program: 'train-eval', config: { eps: 2 }, inputs: [[goldenInput]] });
    const errors = [entry({ when: { mode: ['eval'] }, messageContains: 'eval' })] as const;
    const { construct, steps } = observe(asked).ranks[0] ?? { construct: {}, steps: [] };
    const [train] = steps;
    const unchanged = { ...train, running_mean: construct.running_mean, running_var: construct.running_var } as StepObservation;
    const observation = { ranks: [{ construct, steps: [unchanged, { ...unchanged, y: undefined, error: { class: 'ValueError', message: 'no eval' } } as unknown as StepObservation] }], durationUs: 1 };
    const seen = (by: readonly ErrorContract[]) => judge(plannedAs(asked, { rules: ['BN-STATE-02'] }), { kind: 'observed', seq: 0, observation }, { ...core, errors: [...by] });
    expect(seen(errors)).toMatchObject({ status: 'violates', candidates: expect.arrayContaining(['statistics-not-updated']) as string[] });
    expect(seen([])).toMatchObject({ status: 'violates', cause: 'unexpected-refusal' }); // control: the refusal itself deviates
  });
});

describe('BN-ERR-02 a dialect names every refusal of the core', () => {
  const wrong: readonly (readonly [string, Case])[] = [
    ['a rank', question({ layer: 'batchnorm2d', program: 'train', inputs: [[goldenInput]] })],
    ['a rank of 1', question({ layer: 'batchnorm1d', program: 'eval', inputs: [[tensor([2], [1, 2])]] })],
    ['channels', question({ program: 'train', inputs: [[tensor([2, 3], [1, 2, 3, 4, 5, 6])]] })],
    ['an integer type', { ...question({ program: 'eval', inputs: [[goldenInput]] }), inputType: 'bool' }],
    ['−1 features', question({ program: 'train', config: { numFeatures: -1 }, inputs: [[goldenInput]] })],
    ['2.5 features', question({ program: 'train', config: { numFeatures: 2.5 }, inputs: [[goldenInput]] })],
  ];
  const dialects = [['core', '1.0.0'], ['pytorch', '2.13.0'], ['pytorch', '1.8.1'], ['mindspore', '2.10.0'], ['mindspore', '2.0.0']] as const;

  it.each(dialects)('%s %s', (framework, version) => {
    const { errors } = readDialect(framework, version);
    for (const [what, asked] of wrong) expect(isRefusedByContract(underContract(acceptCase(asked), asked, errors)), what).toBe(true);
    expect(isRefusedByContract(underContract(acceptCase({ ...zeroEps, config: { ...zeroEps.config, eps: 1 } }), { ...zeroEps, config: { ...zeroEps.config, eps: 1 } }, errors))).toBe(false); // control
  });
});

describe('the words of a contract', () => {
  it('a class alone takes any message, an empty contract any error', () => {
    expect(isNamed({ class: 'TypeError', message: 'x' }, [{ when: {}, point: 'call', class: 'TypeError', source: 'a page' }])).toBe(true);
    expect(isNamed({ class: 'TypeError', message: 'x' })).toBe(true);
    expect(isNamed({ class: 'TypeError', message: 'x' }, [entry({})])).toBe(false);
  });

  it('reads as a sentence, each error once', () => {
    expect(describeErrors([entry({}), entry({ source: 'another page' }), { when: {}, point: 'call', class: 'TypeError', source: 'a page' }])).toBe('ValueError “eps” or TypeError');
    expect(describeErrors([])).toBe('a refusal');
  });
});
