import { describe, expect, it } from 'vitest';
import { loadPlan, selectFrom } from '../load-plan.ts';
import { axisWorth, type Killed } from './axis-worth.ts';

const plan = selectFrom(loadPlan('core'), ['batchnorm1d/shape/many-channels/**', 'batchnorm2d/shape/many-channels/**']);

/** A fault that exactly these cases kill. */
function fault(name: string, kills: (id: string) => boolean): Killed {
  return { fault: { name }, killers: plan.cases.flatMap(({ id }, index) => (kills(id) ? [index] : [])) };
}

describe('axisWorth', () => {
  const training = fault('training', (id) => id.includes('program=train'));
  const evaluation = fault('evaluation', (id) => id.includes('program=eval'));

  it('an axis of which each value kills something misses something with any of them', () => {
    const worth = axisWorth(plan, [training, evaluation, fault('evaluation too', (id) => id.includes('program=eval'))]);
    expect(worth.find(({ axis }) => axis === 'program')).toEqual({ axis: 'program', left: 'eval-backward', missed: ['training'] });
  });

  it('an axis with a default misses what its default alone does not kill, and a golden has the values that it is made of', () => {
    const core = loadPlan('core');
    const killing = (name: string, kills: (id: string) => boolean): Killed => ({ fault: { name }, killers: core.cases.flatMap(({ id }, index) => (kills(id) ? [index] : [])) });
    const worth = axisWorth(core, [
      killing('cumulative', (id) => id.includes('name=first-vector-cumulative')), killing('channels last', (id) => id.includes('layout=channels-last')),
      killing('one rank too', (id) => id.includes('ranks=2x3+3x3') || id.includes('name=one-to-four')), killing('ranks', (id) => id.includes('sync-unequal-counts')),
    ]);
    const missed = (axis: string) => worth.find((one) => one.axis === axis);
    expect(missed('momentum')).toEqual({ axis: 'momentum', left: '0.1', missed: ['cumulative'] });
    expect(missed('layout')).toEqual({ axis: 'layout', left: 'contiguous', missed: ['channels last'] });
    expect(missed('ranks')).toEqual({ axis: 'ranks', left: 'one', missed: ['ranks'] });
    expect(missed('name')).toBeUndefined();
  });

  it('threads, instruction set and option: without the axis a case has what a run has by default, and no option', () => {
    const core = loadPlan('core');
    const killing = (name: string, kills: (id: string) => boolean): Killed => ({ fault: { name }, killers: core.cases.flatMap(({ id }, index) => (kills(id) ? [index] : [])) });
    const worth = axisWorth(core, [killing('two threads', (id) => id.includes('/threads=2/')), killing('AVX2', (id) => id.includes('/capability=avx2/')), killing('any option', (id) => id.includes('/option='))]);
    const told = (axis: string) => worth.find((one) => one.axis === axis);
    expect(['threads', 'capability', 'option'].map(told)).toEqual([
      { axis: 'threads', left: '1', missed: ['two threads'] }, { axis: 'capability', left: 'own', missed: ['AVX2'] }, { axis: 'option', left: 'none', missed: ['any option'] },
    ]);
  });

  it('an axis that nothing depends on misses nothing', () => {
    expect(axisWorth(plan, [training, evaluation]).find(({ axis }) => axis === 'initial')?.missed).toEqual([]);
  });

  it('an axis with one value is no axis', () => {
    expect(axisWorth(plan, [training]).map(({ axis }) => axis)).not.toContain('data');
  });

  it('what the suite does not kill is not missed', () => {
    expect(axisWorth(plan, [fault('invisible', () => false)]).every(({ missed }) => missed.length === 0)).toBe(true);
  });
});
