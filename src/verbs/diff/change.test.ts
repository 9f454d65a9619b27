import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Status, statuses } from '../../diff/verdict.ts';
import { line } from '../../reports/fixtures/sample-run.ts';
import { changeKinds, changeOf, type ComparedResult } from './change.ts';

const result = (status: Status, change: Partial<ComparedResult> = {}): ComparedResult => line(0, { status, found: status === 'known' ? 'violates' : status, ...change });
const withRatio = (stable: number, status: Status = 'conforms'): ComparedResult => result(status, { accuracy: [{ observable: 'y', graded: 1, ungradable: 0, stable, naive: 0 }] });

describe('what became of a case', () => {
  it.each([
    ['conforms', 'violates', 'regression'], ['documented', 'crashed', 'regression'], ['known', 'violates', 'regression'], ['unsupported', 'mistrusted', 'regression'],
    ['violates', 'conforms', 'fix'], ['known', 'conforms', 'fix'], ['crashed', 'inaccurate', 'fix'],
    ['violates', 'known', 'changed-status'], ['conforms', 'known', 'changed-status'], ['conforms', 'inaccurate', 'changed-status'], ['violates', 'crashed', 'changed-status'],
    ['conforms', 'unsupported', 'newly-unsupported'], ['violates', 'unsupported', 'newly-unsupported'],
    ['unsupported', 'conforms', 'newly-supported'], ['unsupported', 'known', 'newly-supported'],
    ['conforms', 'not-run', 'gone'], ['not-run', 'violates', 'new'], ['not-run', 'not-run', null], ['conforms', 'conforms', null], ['violates', 'violates', null],
  ] as const)('%s, then %s: %s', (before, after, kind) => {
    expect(changeOf(result(before), result(after))).toBe(kind);
  });

  it('a case of one run alone is gone or new', () => {
    expect([changeOf(result('violates'), null), changeOf(null, result('violates')), changeOf(null, null), changeOf(null, result('not-run'))]).toEqual(['gone', 'new', null, null]);
  });

  it('where inaccurate fails, it regresses and is fixed', () => {
    expect([changeOf(result('conforms'), result('inaccurate'), true), changeOf(result('inaccurate'), result('conforms'), true), changeOf(result('inaccurate'), result('violates'), true)]).toEqual(['regression', 'fix', 'changed-status']);
  });

  it('an entry that names a case which conforms is no regression of the framework; one that names it for another cause is', () => {
    const [wrongly, otherwise] = [result('stale', { found: 'conforms' }), result('stale', { found: 'violates' })];
    expect([changeOf(result('known'), wrongly), changeOf(result('conforms'), wrongly), changeOf(result('known'), otherwise)]).toEqual(['fix', 'changed-status', 'regression']);
  });

  it('another cause or rule of the same status', () => {
    const was = result('violates', { cause: 'a', rule: 'BN-STATE-03' });
    expect([changeOf(was, { ...was, cause: 'b' }), changeOf(was, { ...was, rule: 'BN-STATE-02' }), changeOf(was, { ...was })]).toEqual(['changed-cause', 'changed-cause', null]);
  });

  test.prop([fc.constantFrom(...statuses), fc.constantFrom(...statuses)])('property: a regression turned round is no regression, and statuses that differ are a change', (before, after) => {
    const [there, back] = [changeOf(result(before), result(after)), changeOf(result(after), result(before))];
    expect(there === 'regression' && back === 'regression').toBe(false);
    expect(there === null).toBe(before === after);
    expect([...changeKinds, null]).toContain(there);
  });
});

describe('errors that grew', () => {
  it.each([
    [0.1, 0.35, null], [0.1, 0.36, 'moved'], [0.36, 0.1, null], [0, 0.2, null], [0, 0.26, 'moved'], [0.5, Infinity, 'moved'], [Infinity, Infinity, null],
    [1000, 1001, null], [1000, 1249, null], [1000, 1251, 'moved'],
  ])('from %d to %d of the bound: %s', (before, after, kind) => {
    expect(changeOf(withRatio(before), withRatio(after))).toBe(kind);
  });

  it('a case in which nothing is graded has none', () => {
    const ungraded = result('ungradable', { accuracy: [{ observable: 'y', graded: 0, ungradable: 1, stable: NaN, naive: NaN }] });
    expect([changeOf(ungraded, ungraded), changeOf(result('ungradable', { accuracy: [] }), ungraded)]).toEqual([null, null]);
  });
});
