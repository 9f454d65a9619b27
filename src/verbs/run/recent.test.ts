import { expect, test } from 'vitest';
import { createRecent } from './recent.ts';

test('what was added last is there, in any order of indices', () => {
  const recent = createRecent<string>(10, 3);
  for (const index of [7, 2, 9, 4]) recent.add(index, `item ${String(index)}`);
  expect([7, 2, 9, 4, 0].map((index) => recent.get(index))).toEqual([undefined, 'item 2', 'item 9', 'item 4', undefined]);
});

test('what is dropped is gone, and the others stay', () => {
  const recent = createRecent<string>(10, 3);
  for (const index of [1, 2]) recent.add(index, `item ${String(index)}`);
  recent.drop(1);
  expect([1, 2].map((index) => recent.get(index))).toEqual([undefined, 'item 2']);
  recent.add(1, 'again');
  recent.add(3, 'item 3');
  expect([2, 3].map((index) => recent.get(index))).toEqual(['item 2', 'item 3']);
});
