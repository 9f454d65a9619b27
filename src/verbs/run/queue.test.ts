import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createQueue } from './queue.ts';

const drained = (take: () => number | undefined): number[] => {
  const all: number[] = [];
  for (let index = take(); index !== undefined; index = take()) all.push(index);
  return all;
};

describe('the queue of a runner', () => {
  it('gives one process all: eight quick ones, then what is dear to make, then the rest', () => {
    const queue = createQueue(Array.from({ length: 14 }, (_, index) => index), (index) => index === 1 || index === 13, (index) => index > 2);
    expect([queue.remaining(), queue.shareable(), queue.pauses()]).toEqual([14, 4, false]);
    const first = Array.from({ length: 8 }, () => queue.take(true));
    expect([first, queue.pauses()]).toEqual([[3, 4, 5, 6, 7, 8, 9, 10], true]);
    expect([queue.take(true), queue.pauses()]).toEqual([1, false]);
    expect(drained(() => queue.take(true))).toEqual([13, 0, 2, 11, 12]);
    expect([queue.remaining(), queue.shareable(), queue.pauses()]).toEqual([0, 0, false]);
  });

  it('gives a further process nothing that is dear to make', () => {
    const queue = createQueue([1, 2, 3, 4], (index) => index <= 2, () => false);
    expect(drained(() => queue.take(false))).toEqual([3, 4]);
    expect([queue.remaining(), queue.shareable()]).toEqual([2, 0]);
    expect(drained(() => queue.take(true))).toEqual([1, 2]);
  });

  property.prop([fc.array(fc.tuple(fc.boolean(), fc.boolean()), { maxLength: 40 })])('every case goes to one process, whoever asks when', (asks) => {
    const costly = asks.map(([isCostly]) => isCostly);
    const queue = createQueue(costly.map((_, index) => index), (index) => costly[index] === true, (index) => index % 3 === 0);
    const further = asks.flatMap(([, isFirst]) => (isFirst ? [] : [queue.take(false)])).filter((index) => index !== undefined);
    const first = drained(() => queue.take(true));
    expect([...further, ...first].sort((a, b) => a - b)).toEqual(costly.map((_, index) => index));
    expect(further.some((index) => costly[index])).toBe(false);
    const dear = first.filter((index) => costly[index]);
    expect(dear).toEqual([...dear].sort((a, b) => a - b));
  });
});
