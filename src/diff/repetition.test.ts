import { describe, expect, it } from 'vitest';
import { goldenInput, question } from '../reference/question.fixture.ts';
import type { Observation, StepObservation } from '../runners/observation.ts';
import { readDialect } from '../spec/dialect.ts';
import { judge } from './judge.ts';
import { changeStep, observe, plannedAs } from './observe.fixture.ts';
import { repetitionDeviations } from './repetition.ts';

const core = readDialect('core', '1.0.0');
const asked = question({ program: 'train-backward', inputs: [[goldenInput]] });
const honest = observe(asked);
const verdictOn = (observation: Observation, of = asked, dialect = core) => judge(plannedAs(of), { kind: 'observed', seq: 0, observation }, dialect);
const withUnrepeated = (step: number, unrepeated: StepObservation['unrepeated'], of = honest) => changeStep(of, step, unrepeated === undefined ? {} : { unrepeated });

describe('BN-NUM-04 the same case asked again gives the same bits', () => {
  it('what had other bits deviates, each observable at its step, and the construction too', () => {
    const deviations = repetitionDeviations(withUnrepeated(-1, ['running_mean'], withUnrepeated(1, ['dgamma', 'dx'])));
    expect(deviations.map(({ step, observable }) => [step, observable])).toEqual([[-1, 'running_mean'], [1, 'dx'], [1, 'dgamma']]);
    expect(deviations[0]).toMatchObject({ kind: 'unrepeated', level: 'should', rule: 'BN-NUM-04', rank: 0, element: null, got: 'other bits when asked again', expected: 'the same bits' });
  });

  it('right numbers that are not the same twice are inaccurate, under the rule', () => {
    expect(verdictOn(withUnrepeated(0, ['y']))).toMatchObject({ status: 'inaccurate', rule: 'BN-NUM-04', cause: 'not-repeatable', deviations: [{ observable: 'y', step: 0 }] });
  });

  it('control: a runner that asked once, or that found nothing, conforms', () => {
    expect([undefined, []].map((unrepeated) => verdictOn(withUnrepeated(0, unrepeated)).status)).toEqual(['conforms', 'conforms']);
  });

  it('numbers that are wrong are what is told first, with their own rule and cause', () => {
    const wrong = observe({ ...asked, config: { ...asked.config, eps: 0.1 } });
    const [alone, both] = [verdictOn(wrong), verdictOn(withUnrepeated(0, ['y'], wrong))];
    expect(both).toMatchObject({ status: 'violates', rule: alone.rule, cause: alone.cause });
    expect(both.deviations.map(({ kind }) => kind)).toEqual([...alone.deviations.map(({ kind }) => kind), 'unrepeated']);
  });

  it('what is documented and not the same twice is inaccurate all the same', () => {
    const fresh = question({ program: 'fresh', inputs: [[goldenInput]] });
    const mindspore = readDialect('mindspore', '2.10.0');
    const evaluating = observe(question({ program: 'eval', inputs: [[goldenInput]] }));
    expect(verdictOn(evaluating, fresh, mindspore)).toMatchObject({ status: 'documented' });
    expect(verdictOn(withUnrepeated(0, ['y'], evaluating), fresh, mindspore)).toMatchObject({ status: 'inaccurate', rule: 'BN-NUM-04', cause: 'not-repeatable' });
  });
});
