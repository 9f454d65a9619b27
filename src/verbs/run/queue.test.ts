import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';

const drained = (take: () => number | undefined): number[] => {
  const all: number[] = [];
  for (let index = take(); index !== undefined; index = take()) all.push(index);
  return all;
};

describe('the queue of a runner', () => {
  it('gives one process all, after the first eight what is dear to make', () => {
    const queue = createQueue(Array.from({ length: 12 }, (_, index) => index), (index) => index === 1 || index === 11);
    expect([queue.remaining(), queue.shareable()]).toEqual([12, 10]);
    expect(drained(() => queue.take(true))).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 1, 11, 9, 10]);
    expect([queue.remaining(), queue.shareable()]).toEqual([0, 0]);
  });

  it('gives what is dear to make last where there is little else', () => {
    const queue = createQueue([2, 3, 5, 8], (index) => index === 3 || index === 8);
    expect(drained(() => queue.take(true))).toEqual([2, 5, 3, 8]);
  });

  it('gives a further process nothing that is dear to make', () => {
    const queue = createQueue([1, 2, 3, 4], (index) => index <= 2);
    expect(drained(() => queue.take(false))).toEqual([3, 4]);
    expect([queue.remaining(), queue.shareable()]).toEqual([2, 0]);
    expect(drained(() => queue.take(true))).toEqual([1, 2]);
  });

  property.prop([fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 40 })])('every case goes to one process, whoever asks when', (asks) => {
    const costly = asks.map(([isCostly]) => isCostly);
    const queue = createQueue(costly.map((_, index) => index), (index) => costly[index] === true);
    const further = asks.flatMap(([, isFirst]) => (isFirst ? [] : [queue.take(false)])).filter((index) => index !== undefined);
    const first = drained(() => queue.take(true));
    expect([...further, ...first].sort((a, b) => a - b)).toEqual(costly.map((_, index) => index));
    expect(further.some((index) => costly[index])).toBe(false);
    for (const part of [true, false]) {
      const own = first.filter((index) => costly[index] === part);
      expect(own).toEqual([...own].sort((a, b) => a - b));
    }
  });
});
