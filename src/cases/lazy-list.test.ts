import { describe, expect, it } from 'vitest';
import { lazyList } from './lazy-list.ts';

const squares = (length: number): readonly number[] => lazyList(length, (place) => place * place);

describe('a list whose items are made when they are read', () => {
  it('is read as any other: by place, in turn, by every method', () => {
    const list = squares(5);
    expect([list.length, list[3], list.at(-1), list[5], list[-1]]).toEqual([5, 9, 16, undefined, undefined]);
    expect([...list]).toEqual([0, 1, 4, 9, 16]);
    expect([...list.entries()].at(2)).toEqual([2, 4]);
    expect(list.map((item) => item + 1)).toEqual([1, 2, 5, 10, 17]);
    expect(list.filter((item) => item % 2 === 0)).toEqual([0, 4, 16]);
    expect(list.flatMap((item) => [item, item]).slice(-2)).toEqual([16, 16]);
    expect([list.find((item) => item > 3), list.findIndex((item) => item > 3), list.indexOf(9), list.includes(16), list.some((item) => item > 16), list.every((item) => item < 17)]).toEqual([4, 2, 3, true, false, true]);
    expect(list.reduce((sum, item) => sum + item, 0)).toBe(30);
    expect([1, 2].concat(list)).toEqual([1, 2, 0, 1, 4, 9, 16]);
    expect([Array.isArray(list), JSON.stringify(list), Object.keys(list), '4' in list, '5' in list]).toEqual([true, '[0,1,4,9,16]', ['0', '1', '2', '3', '4'], true, false]);
  });

  it('is equal to a list of the same items, and to no other', () => {
    expect(squares(3)).toEqual([0, 1, 4]);
    expect(squares(3)).not.toEqual([0, 1, 5]);
    expect(squares(3)).not.toEqual(squares(4));
    expect(squares(3)).not.toEqual(lazyList(3, (place) => place));
  });

  it('makes an item when it is read, and each time', () => {
    const made: number[] = [];
    const list = lazyList(1000, (place) => made.push(place));
    expect(made).toEqual([]);
    expect([list[7], list[7], list.at(8)]).toEqual([1, 2, 3]);
    expect(made).toEqual([7, 7, 8]);
  });

  it('cannot be changed', () => {
    const list = squares(3) as number[];
    expect(() => { list[0] = 1; }).toThrow(TypeError);
    expect(() => list.push(1)).toThrow(TypeError);
    expect(() => list.sort((a, b) => b - a)).toThrow(TypeError);
    expect(list).toEqual([0, 1, 4]);
  });
});
