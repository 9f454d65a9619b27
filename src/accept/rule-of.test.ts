import { describe, expect, it } from 'vitest';
import { goldenInput, question } from '../reference/question.fixture.ts';
import { acceptCase } from './accept.ts';

/** The rule under which the running mean is judged after each step. */
function rulesOf(program: string): readonly (string | undefined)[] {
  const { steps = [] } = acceptCase(question({ program, inputs: [[goldenInput]] })).ranks[0] ?? {};
  return steps.map((step) => (step.kind === 'values' ? step.values.find(({ observable }) => observable === 'running_mean')?.rule : step.rule));
}

describe('BN-STATE-14 BN-STATE-15 the state of a live layer whose settings were changed', () => {
  it('is judged under its own rule until the change, and under that of the change from there on where it moves', () => {
    expect(rulesOf('train-momentum:0.5-train-eval')).toEqual(['BN-STATE-02', 'BN-STATE-14', 'BN-STATE-14', 'BN-STATE-04']);
    expect(rulesOf('statistics:paused-train-eval-statistics:tracked-train')).toEqual(['BN-STATE-14', 'BN-STATE-15', 'BN-STATE-15', 'BN-STATE-14', 'BN-STATE-14']);
  });
});
