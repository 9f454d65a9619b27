import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import { observables, type Observable } from '../cases/case.ts';
import { simulate } from '../reference/simulate.ts';
import { goldenInput, question } from '../reference/question.fixture.ts';
import { exactTrajectory } from '../reference/oracle/trajectory.ts';
import { compare } from './compare.ts';
import { changeStep, observe } from './observe.fixture.ts';

const all: ReadonlySet<Observable> = new Set(observables);

describe('BN-STATE-12 a call changes neither its inputs nor γ and β', () => {
  const asked = question({ program: 'train-backward', inputs: [[goldenInput]] });

  it('what changed is named, under the rule, at its step', () => {
    const [deviation, ...others] = compare(acceptCase(asked), changeStep(observe(asked), 1, { changed: ['x', 'gamma'] }), all).deviations;
    expect(others).toEqual([]);
    expect(deviation).toMatchObject({ kind: 'changed', level: 'must', rule: 'BN-STATE-12', step: 1, observable: 'operands', got: 'x, gamma', expected: 'nothing' });
  });

  it('control: an empty list changes no verdict', () => {
    expect(compare(acceptCase(asked), changeStep(observe(asked), 1, { changed: [] }), all).deviations).toEqual([]);
  });
});

describe('BN-STATE-13 a layer that is saved and loaded into a new one goes on as if nothing had happened', () => {
  const inputs = [[goldenInput]];
  const plain = question({ program: 'train-train-eval', config: { momentum: null }, inputs });
  const reloaded = question({ program: 'train-reload-train-eval', config: { momentum: null }, inputs });

  it('property: the other steps of a program are the same with and without it, the cumulative average included', () => {
    const steps = simulate(reloaded).ranks[0]?.steps ?? [];
    expect(steps.filter(({ op }) => op !== 'reload')).toEqual(simulate(plain).ranks[0]?.steps);
    expect(steps[1]?.state).toEqual(steps[0]?.state);
  });

  it('the exact oracle agrees', () => {
    const [rank] = exactTrajectory(reloaded);
    expect(rank?.steps[1]).toEqual({ running_mean: rank?.steps[0]?.running_mean, running_var: rank?.steps[0]?.running_var, step_count: 1 });
    expect(rank?.steps[3]).toEqual(exactTrajectory(plain)[0]?.steps[2]);
  });

  it('a state that is lost on the way deviates under the rule, statistics and count', () => {
    const construct = observe(reloaded).ranks[0]?.construct;
    const lost = changeStep(observe(reloaded), 1, { ...construct });
    expect(compare(acceptCase(reloaded), lost, all).deviations.map(({ rule, observable }) => [rule, observable]).sort()).toEqual([
      ['BN-STATE-13', 'running_mean'], ['BN-STATE-13', 'running_var'], ['BN-STATE-13', 'step_count'],
    ]);
  });
});
