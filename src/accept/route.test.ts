import { describe, expect, it } from 'vitest';
import { type Route, routes } from '../cases/case.ts';
import { drawInput } from '../cases/data.ts';
import { question } from '../reference/question.fixture.ts';
import { acceptCase } from './accept.ts';

const asked = question({ program: 'train-train-eval', config: { numFeatures: 3 }, inputs: [[drawInput([1], 'unit', 'float32', [5, 3])]] });

/** At the construction and after each step. */
function countsOn(route: Route): readonly (number | undefined)[] {
  const [rank] = acceptCase({ ...asked, route }).ranks;
  return [rank?.construct, ...rank?.steps ?? []].map((step) => (step?.kind === 'values' ? step.count?.value : undefined));
}

describe('BN-STATE-06 the step count by route', () => {
  it('golden: a function counts nothing', () => {
    expect(countsOn('functional')).toEqual([undefined, undefined, undefined, undefined]);
  });

  it.each(routes.filter((route) => route !== 'functional'))('control: on route %s the layer counts its training steps', (route) => {
    expect(countsOn(route)).toEqual([0, 1, 2, 2]);
  });

  it('BN-STATE-02 values, bounds and types are those of the layer on every route', () => {
    const withoutCounts = (route: Route) => JSON.stringify(acceptCase({ ...asked, route }), (key, value: unknown) => (key === 'count' ? undefined : value));
    expect(new Set(routes.map(withoutCounts)).size).toBe(1);
  });
});
