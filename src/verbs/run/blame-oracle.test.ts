import { describe, expect, it } from 'vitest';
import { acceptCase } from '../../accept/accept.ts';
import type { Accepted, AcceptedObservation } from '../../accept/accepted.ts';
import type { Case, Observable } from '../../cases/case.ts';
import { drawGradient, drawInitial, drawInput } from '../../cases/data.ts';
import { question } from '../../reference/question.fixture.ts';
import type { RunDeviation } from '../../reports/run.ts';
import { askOracle } from './blame-oracle.ts';

function drawn(shape: readonly number[], program = 'train-backward'): Case {
  const channels = shape[1] ?? 1;
  return question({
    program, config: { numFeatures: channels, momentum: 0.1 }, initial: { gamma: drawInitial([1], 'gamma', 'float32', channels) },
    inputs: [[0, 1].map((step) => drawInput([1, step], 'unit', 'float32', shape))], grads: [[drawGradient([2], 'unit', 'float32', shape)]],
  });
}

function deviation(observable: Observable, step: number, change: Partial<RunDeviation> = {}): RunDeviation {
  return { kind: 'value', level: 'must', rule: 'BN-NORM-01', rank: 0, step, observable, element: 0, elements: 1, got: 1, expected: 0, bound: 1, ratio: 1, ...change };
}

/** The same, but for one value that is moved by this part of its bound. */
function moved(accepted: Accepted, observable: Observable, step: number, element: number, share: number): Accepted {
  const move = (seen: AcceptedObservation): AcceptedObservation => ({
    ...seen, values: seen.values.map((values) => (values.observable === observable ? { ...values, value: values.value.map((value, i) => (i === element ? value + share * values.stable[i]! : value)) } : values)),
  });
  return { ranks: accepted.ranks.map((rank) => ({ ...rank, steps: rank.steps.map((seen, i) => (i === step && seen.kind === 'values' ? move(seen) : seen)) })) };
}

describe('BN-NUM-02 the reference against the exact oracle, where a case deviates', () => {
  const asked = drawn([5, 3, 2]);
  const accepted = acceptCase(asked);

  it.each([['y', 0], ['running_mean', 0], ['running_var', 0], ['dx', 1], ['dgamma', 1], ['dbeta', 1], ['step_count', 0]] as const)('%s of an honest reference is right', (observable, step) => {
    const evidence = askOracle({ case: asked, accepted }, [deviation(observable, step)]);
    expect(evidence).toMatchObject({ check: 'exact-oracle', outcome: 'reference-right' });
    expect(evidence.share).toBeLessThan(1e-3);
  });

  it.each([['y', 0, 17], ['running_var', 0, 2], ['dx', 1, 29], ['dgamma', 1, 1]] as const)('control: %s at step %i moved by a hundredth of its bound is wrong', (observable, step, element) => {
    const wrong = askOracle({ case: asked, accepted: moved(accepted, observable, step, element, 0.01) }, [deviation(observable, step)]);
    expect(wrong.outcome).toBe('reference-wrong');
    expect(wrong.share).toBeCloseTo(0.01, 3);
  });

  it('control: what is wrong elsewhere is not looked at, nor a later step', () => {
    expect(askOracle({ case: asked, accepted: moved(accepted, 'dx', 1, 3, 1) }, [deviation('y', 0)]).outcome).toBe('reference-right');
  });

  it('of a large case the channels of the worst elements are looked at, in their own places', () => {
    const large = drawn([800, 3, 1]);
    const own = acceptCase(large);
    const inSecond = deviation('y', 0, { element: 1 });
    expect(askOracle({ case: large, accepted: moved(own, 'y', 0, 4, 0.01) }, [inSecond]).outcome).toBe('reference-wrong');
    expect(askOracle({ case: large, accepted: moved(own, 'y', 0, 5, 0.01) }, [inSecond]).outcome).toBe('reference-right');
  });

  it('a count, a type, a refusal and data beyond exact numbers', () => {
    const single = drawn([1, 3, 1], 'train');
    const words = (question: Case, deviations: readonly RunDeviation[]) => askOracle({ case: question, accepted: acceptCase(question) }, deviations).detail;
    expect(words(single, [deviation('step_count', 0)])).toBe('a refusal has no exact value');
    expect(words(asked, [deviation('y', 0, { kind: 'dtype', got: 'float64', expected: 'float32' })])).toBe('no value deviates');
    expect(words(drawn([30_000, 1, 1], 'train'), [deviation('y', 0)])).toBe('more than 20000 elements');
  });
});
