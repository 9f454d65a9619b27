import { describe, expect, it } from 'vitest';
import { pairRunners } from './pair-runners.ts';

describe('runners of two runs', () => {
  it.each([
    ['the same versions', ['a@1', 'b@1'], ['b@1', 'a@1'], [['b@1', 'b@1'], ['a@1', 'a@1']], [], []],
    ['another version', ['a@1'], ['a@2'], [['a@1', 'a@2']], [], []],
    ['the user\'s own', ['a@1'], ['a@user'], [['a@1', 'a@user']], [], []],
    ['the same version goes first', ['a@1', 'a@2'], ['a@3', 'a@1'], [['a@2', 'a@3'], ['a@1', 'a@1']], [], []],
    ['versions in the order asked', ['a@1', 'a@2'], ['a@3', 'a@4', 'a@5'], [['a@1', 'a@3'], ['a@2', 'a@4']], [], ['a@5']],
    ['others', ['a@1', 'b@1'], ['ab@1', 'a@1'], [['a@1', 'a@1']], ['b@1'], ['ab@1']],
  ] as const)('%s', (_, before, after, pairs, onlyBefore, onlyAfter) => {
    expect(pairRunners(before, after)).toEqual({ pairs, onlyBefore, onlyAfter });
  });
});
