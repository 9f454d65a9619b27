import { describe, expect, it } from 'vitest';
import { acceptCase } from '../accept/accept.ts';
import { observables, type Observable } from '../cases/case.ts';
import { question, tensor } from '../reference/question.fixture.ts';
import { exactTrajectory } from '../reference/oracle/trajectory.ts';
import { explain } from './cause.ts';
import { compare } from './compare.ts';
import { changeStep, observe } from './observe.fixture.ts';

const all: ReadonlySet<Observable> = new Set(observables);
const nothing = tensor([0, 2], []);

function state(values: readonly number[]) {
  return { dtype: 'float32', shape: [2], data: Float64Array.from(values) } as const;
}

describe('BN-STAT-04 a batch without values leaves the running statistics as they were', () => {
  const asked = question({ program: 'train-backward', initial: { running_mean: tensor([2], [3, -5]), running_var: tensor([2], [2, 7]) }, inputs: [[nothing]] });
  const kept = { running_mean: state([3, -5]), running_var: state([2, 7]) };

  it('by hand: the statistics stay, the step counts, y and dx are empty, dγ and dβ are 0', () => {
    const [construct, forward, backward] = [observe(asked).ranks[0]?.construct, ...(observe(asked).ranks[0]?.steps ?? [])];
    expect(construct).toMatchObject(kept);
    expect(forward).toMatchObject({ ...kept, step_count: 1, y: { shape: [0, 2] } });
    expect(backward).toMatchObject({ ...kept, dx: { shape: [0, 2] }, dgamma: state([0, 0]), dbeta: state([0, 0]) });
    const { deviations, accuracy } = compare(acceptCase(asked), observe(asked), all);
    expect(deviations).toEqual([]);
    expect(accuracy.filter(({ observable }) => observable === 'dgamma' || observable === 'dbeta').map(({ graded }) => graded)).toEqual([2, 2]);
  });

  it.each([['shrunk as by a batch of zeros', [2.7, -4.5], [1.8, 6.3]], ['moved towards what no input holds', [3.25, -5], [2, 7]], ['NaN', [NaN, NaN], [NaN, NaN]]])('%s: under the rule, with its cause', (_, mean, variance) => {
    const moved = changeStep(observe(asked), 0, { running_mean: state(mean), running_var: state(variance) });
    const { deviations } = compare(acceptCase(asked), moved, all);
    expect(deviations.map(({ rule }) => rule)).toContain('BN-STAT-04');
    expect(explain(asked, moved, deviations, all).cause).toBe('empty-batch-moves-state');
  });

  it('control: with values the same movement is what the rules ask', () => {
    const full = question({ ...asked, program: 'train', inputs: [[tensor([2, 2], [0, 0, 0, 0])]] });
    const [deviation] = compare(acceptCase(full), changeStep(observe(full), 0, kept), all).deviations;
    expect(deviation?.rule).toMatch(/BN-STATE-0[23]/);
  });

  it('the exact oracle agrees on a rank without samples', () => {
    const filled = tensor([2, 2], [1, 2, 3, 5]);
    const together = exactTrajectory(question({ program: 'train', inputs: [[filled], [nothing]] }));
    expect(together[1]?.steps[0]?.running_mean).toEqual(exactTrajectory(question({ program: 'train', inputs: [[filled]] }))[0]?.steps[0]?.running_mean);
  });
});
