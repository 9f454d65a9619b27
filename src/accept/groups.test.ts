import { describe, expect, it } from 'vitest';
import { accept, acceptCase } from './accept.ts';
import { exactTrajectory } from '../reference/oracle/trajectory.ts';
import { simulate } from '../reference/simulate.ts';
import { simulateWide } from '../reference/wide/simulate-wide.ts';
import type { Case } from '../cases/case.ts';
import { groupsOf } from '../cases/groups.ts';
import { materialise } from '../cases/materialise.ts';
import type { PlannedCase } from '../cases/plan.ts';

const axes = { program: 'train-backward', ranks: '1x3+2x3+3x3+2x3', momentum: '0.1', initial: 'distinct', data: 'unit' };
const planned: PlannedCase = { id: 'syncbatchnorm/sync/pooled/x', layer: 'syncbatchnorm', behaviour: 'sync/pooled', rules: [], axes, expectsConstant: false, repeats: false, literal: null };
const asked = (option: string, ranks = axes.ranks, dtype = 'float32'): Case => materialise({ ...planned, axes: { ...axes, ranks, dtype, option } }, 3);
const pair = (together: Case, from: number): Case => ({ ...together, ranks: together.ranks.slice(from, from + 2) });

describe('BN-SYNC-01 groups of ranks that know nothing of each other', () => {
  const question = asked('groups-pairs');

  it('are pairs, in the order of the ranks; without the option, or of two ranks, there is one group', () => {
    expect(groupsOf(question).map(({ ranks }) => ranks)).toEqual([question.ranks.slice(0, 2), question.ranks.slice(2)]);
    expect(groupsOf(asked('none'))).toHaveLength(1);
    expect(groupsOf(asked('groups-pairs', '2x3+3x3'))).toHaveLength(1);
  });

  it.each(['float32', 'float64'])('are each what its own ranks alone would be: reference, bounds and oracle, %s', (dtype) => {
    const whole = asked('groups-pairs', axes.ranks, dtype);
    const alone = [0, 2].map((from) => pair(asked('none', axes.ranks, dtype), from));
    expect(simulate(whole).ranks).toEqual(alone.flatMap((one) => simulate(one).ranks));
    expect(simulateWide(whole).ranks).toEqual(alone.flatMap((one) => simulateWide(one).ranks));
    expect(acceptCase(whole).ranks).toEqual(alone.flatMap((one) => acceptCase(one).ranks));
    expect(accept(whole, simulate(whole)).ranks).toEqual(alone.flatMap((one) => accept(one, simulate(one)).ranks));
    expect(exactTrajectory(whole)).toEqual(alone.flatMap((one) => exactTrajectory(one)));
  });

  it('control: they are not the ranks all together', () => {
    expect(simulate(question).ranks[0]).not.toEqual(simulate(asked('none')).ranks[0]);
  });
});
