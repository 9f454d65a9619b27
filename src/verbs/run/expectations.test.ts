import { describe, expect, it } from 'vitest';
import type { PlannedCase } from '../../cases/plan.ts';
import { materialise } from '../../cases/materialise.ts';
import { expectationOf } from '../../diff/judge.ts';
import { loadPlan } from '../load-plan.ts';
import { createExpectations, keptForOne } from './expectations.ts';

function planned(shape: string): PlannedCase {
  return { id: `batchnorm1d/grad/backward/shape=${shape}`, layer: 'batchnorm1d', behaviour: 'grad/backward', rules: [], axes: { shape, program: 'train-backward' }, expectsConstant: false, repeats: false, literal: null };
}

const cases = [planned('4x3'), ...Array.from({ length: 5 }, (_, i) => planned(`${String(256 + i)}x4`))];
const limits = { from: 1000, room: 3 * 1024 + 100 };

describe('expectations', () => {
  it('of a small case are there at once', () => {
    const expectations = createExpectations(cases, 7, undefined, limits);
    expect(expectations.ask(0)).toEqual(materialise(cases[0]!, 7));
    expect(expectations.of(0)).toBe(expectations.at(0));
  });

  it('of a case that is judged stay for another runner, and go where there is none', () => {
    const shared = createExpectations(cases, 7, undefined, limits);
    const first = shared.of(0);
    shared.release(0);
    expect(shared.of(0)).toBe(first);
    const alone = createExpectations(cases, 7, keptForOne, limits);
    const own = alone.of(0);
    expect(alone.of(0)).toBe(own);
    alone.release(0);
    expect(alone.of(0)).not.toBe(own);
  });

  it('write into no data, which cases share', () => {
    const plan = loadPlan('core');
    const sample = plan.cases.filter((one, i) => i % 60 === 0 && one.literal === null);
    for (const one of sample) {
      const question = materialise(one, plan.seed);
      const before = structuredClone(question);
      expect(expectationOf(one, question).accepted.ranks).toHaveLength(question.ranks.length);
      expect(question).toEqual(before);
    }
    expect(sample.length).toBeGreaterThan(150);
  });

  it('of large cases come later, to the same bits, and no more of them are in memory than there is room for', async () => {
    const expectations = createExpectations(cases, 7, undefined, limits);
    let entered = 0;
    const asked = [1, 2, 3, 4].map(async (index) => {
      await expectations.ask(index);
      entered += 1;
    });
    const first = expectations.of(1);
    expect(first).toBeInstanceOf(Promise);
    expect((await first).accepted).toEqual(expectationOf(cases[1]!, materialise(cases[1]!, 7)).accepted);
    expect(entered).toBe(3);
    expectations.release(1);
    await asked[3];
    for (const index of [2, 3, 4]) expectations.release(index);
    await expectations.close();
  });

  it('of one large case are computed once for two runners, and stay until both are done', async () => {
    const expectations = createExpectations(cases, 7, undefined, limits);
    expect(await expectations.ask(1)).toBe(await expectations.ask(1));
    const shared = expectations.of(1);
    expectations.release(1);
    expect(expectations.of(1)).toBe(shared);
    expectations.release(1);
    expect(expectations.of(1)).not.toBe(shared);
    await expectations.close();
  });

  it('come from the main thread where the worker threads have ended', async () => {
    const expectations = createExpectations(cases, 7, undefined, limits);
    await expectations.ask(1);
    await expectations.close();
    expect((await expectations.of(1)).accepted).toEqual(expectationOf(cases[1]!, materialise(cases[1]!, 7)).accepted);
  });
});
