import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import type { AcceptedValues } from '../accept/accepted.ts';
import { goldenInput, question, tensor } from '../reference/question.fixture.ts';
import { expectationAt, planOf } from './observe.fixture.ts';
import { isVacuous } from './vacuity.ts';

/** One step that shows y, as given. */
function showing(value: readonly number[], naive: readonly number[]) {
  const y: AcceptedValues = {
    observable: 'y', rule: 'BN-NORM-01', dtype: 'float32', shape: [value.length], value: Float64Array.from(value), stable: Float64Array.from(naive), naive: Float64Array.from(naive), alternative: null,
  };
  const construct = { kind: 'values', values: [], count: null, keepsState: false } as const;
  return { ranks: [{ construct, steps: [{ ...construct, values: [y] }] }] };
}

describe('a check that could not fail', () => {
  it('zero and a constant inside every interval: vacuous', () => {
    expect(isVacuous(showing([1e-9, -1e-9], [1e-6, 1e-6]))).toBe(true);
  });

  it.each<[string, readonly number[], readonly number[]]>([
    ['zero is outside one interval', [1e-9, 1], [1e-6, 1e-6]], ['no constant lies in all, zero outside', [1, 2], [0.1, 0.1]], ['only a constant is accepted', [1, 1], [0.1, 0.1]],
  ])('control: %s', (_, value, naive) => {
    expect(isVacuous(showing(value, naive))).toBe(false);
  });

  it('where NaN is expected no number passes: not vacuous', () => {
    expect(isVacuous(showing([NaN, NaN], [Infinity, Infinity]))).toBe(false);
  });

  it('no element has a bound: vacuous', () => {
    expect(isVacuous(showing([1, 2], [Infinity, Infinity]))).toBe(true);
  });

  it('the output of zeros without parameters is vacuous, with state beside it or another input it is not', () => {
    const zeros = tensor([3, 2], [0, 0, 0, 0, 0, 0]);
    const asked = (statistics: 'untracked' | 'tracked', x = zeros) => acceptCase(question({ program: 'train', config: { statistics }, inputs: [[x]] }));
    expect(isVacuous(asked('untracked'))).toBe(true);
    expect(isVacuous(asked('tracked'))).toBe(false);
    expect(isVacuous(asked('untracked', goldenInput))).toBe(false);
  });

  it('one step that can fail is enough', () => {
    const zeros = tensor([3, 2], [0, 0, 0, 0, 0, 0]);
    expect(isVacuous(acceptCase(question({ program: 'train-train', config: { statistics: 'untracked' }, inputs: [[zeros, goldenInput]] })))).toBe(false);
  });

  it('state that stays where it began can fail only by moving: vacuous when zero and its initial value are accepted', () => {
    const zero = { running_mean: tensor([2], [0, 0]), running_var: tensor([2], [0, 0]) };
    const asked = question({ program: 'train', config: { momentum: 0, affine: false }, initial: zero, inputs: [[tensor([3, 2], [0, 0, 0, 0, 0, 0])]] });
    expect(isVacuous(acceptCase(asked))).toBe(true);
    expect(isVacuous(acceptCase({ ...asked, initial: { ...zero, running_var: tensor([2], [1, 1]) } }))).toBe(false);
  });

  it('BN-STAT-02 one value per channel may leave any finite state; BN-SHAPE-02 a refusal is a check', () => {
    expect(isVacuous(acceptCase(question({ program: 'train', inputs: [[tensor([1, 2], [1, 2])]] })))).toBe(true);
    expect(isVacuous(acceptCase(question({ layer: 'batchnorm2d', program: 'train', inputs: [[goldenInput]] })))).toBe(false);
  });

  it('only the cases that say so are vacuous in smoke and in a twentieth of core', () => {
    const plan = planOf('core');
    const smoke = planOf('smoke');
    const asked = [...smoke.cases.map((planned) => expectationAt(smoke, planned)), ...plan.cases.filter((_, index) => index % 20 === 0).map((planned) => expectationAt(plan, planned))];
    const vacuous = asked.filter(({ accepted }) => isVacuous(accepted)).map(({ planned }) => planned);
    expect(asked.length).toBeGreaterThan(300);
    expect(vacuous.filter(({ expectsConstant }) => !expectsConstant).map(({ id }) => id)).toEqual([]);
  });
});
