import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import { parseProgram } from '../cases/axes.ts';
import { observables, type Observable } from '../cases/case.ts';
import { exactTrajectory } from '../reference/oracle/trajectory.ts';
import { goldenInput, question } from '../reference/question.fixture.ts';
import { simulate } from '../reference/simulate.ts';
import { compare } from './compare.ts';
import { explain } from './cause.ts';
import { changeStep, observe } from './observe.fixture.ts';

const all: ReadonlySet<Observable> = new Set(observables);
const inputs = [[goldenInput]];

describe('BN-SYNC-04 a layer that is converted into a synchronised one keeps its parameters, its state and its mode', () => {
  const plain = question({ program: 'train-train-eval', config: { momentum: null }, inputs });
  const converted = question({ program: 'train-convert-train-eval', config: { momentum: null }, inputs });
  const evaluates = question({ program: 'eval-convert-stay', inputs });

  it('property: the other steps of a program are the same with and without it, the cumulative average included', () => {
    const steps = simulate(converted).ranks[0]?.steps ?? [];
    expect(steps.filter(({ op }) => op !== 'reload')).toEqual(simulate(plain).ranks[0]?.steps);
    expect(exactTrajectory(converted)[0]?.steps[3]).toEqual(exactTrajectory(plain)[0]?.steps[2]);
  });

  it('a forward that stays is asked in the mode of the one before, and says that no switch is called', () => {
    expect(parseProgram('eval-convert-stay')).toEqual([{ op: 'forward', mode: 'eval', input: 0 }, { op: 'reload', by: 'conversion' }, { op: 'forward', mode: 'eval', input: 1, stays: true }]);
    expect(() => parseProgram('convert-stay')).toThrow("axis 'program' has no value 'convert-stay'");
  });

  it('a state that is lost deviates under the rule, and is named', () => {
    const lost = changeStep(observe(converted), 1, { ...observe(converted).ranks[0]?.construct });
    const { deviations } = compare(acceptCase(converted), lost, all);
    expect(new Set(deviations.map(({ rule }) => rule))).toEqual(new Set(['BN-SYNC-04']));
  });

  it('a mode that is lost is named; a switch in its place is not accused', () => {
    const trains = question({ program: 'eval-convert-train', inputs });
    const { deviations } = compare(acceptCase(evaluates), observe(trains), all);
    expect(explain(evaluates, observe(trains), deviations, all).cause).toBe('mode-lost-on-conversion');
    expect(compare(acceptCase(trains), observe(trains), all).deviations).toEqual([]);
  });
});
