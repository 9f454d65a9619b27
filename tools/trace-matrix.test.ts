import { describe, expect, it } from 'vitest';
import { isComplete, printTrace, trace } from './trace-matrix.mjs';

const complete = {
  rules: [{ id: 'BN-NORM-01', level: 'must' }],
  sources: new Map([['src/a.ts', 'const y = 1; // BN-NORM-01']]),
  tests: new Map([['src/a.test.ts', "describe('BN-NORM-01 normalises', () => {});"]]),
  behaviours: [{ behaviour: 'norm/output', rules: ['BN-NORM-01'] }],
  asked: new Set(['norm/output']),
  lies: [{ name: 'honest' }, { name: 'unbiased', breaks: 'BN-NORM-01' }],
};

function gapsOf(change: Partial<typeof complete>): readonly string[] {
  return trace({ ...complete, ...change }).rows.flatMap(({ gaps }) => gaps);
}

describe('the trace of rules', () => {
  it('is complete when code, cases, tests and a miniature cite each rule', () => {
    expect(isComplete(trace(complete))).toBe(true);
  });

  it('prints one line per rule and the totals', () => {
    const rules = [...complete.rules, { id: 'BN-NUM-03', level: 'unspecified' }, { id: 'BN-ERR-01', level: 'must' }];
    const asked = { ...complete, rules, behaviours: [{ behaviour: 'norm/output', rules: ['BN-NORM-01', 'BN-NORM-99'] }] };
    expect(printTrace(trace(asked))).toMatchInlineSnapshot(`
      "rule         level            code     cases     tests miniature
      BN-NORM-01   must                1         1         1         1
      BN-NUM-03    unspecified         0         0         0         0
      BN-ERR-01    must                0         0         0         0   gap: code, cases, tests, miniature
      unknown rule: BN-NORM-99 in behaviour norm/output
      3 rules, 1 with a gap, 1 unknown citations"
    `);
  });

  it.each([
    ['code', { sources: new Map([['src/a.ts', "const rule = 'BN-NORM-01'; /* BN-NORM-01 */"]]) }],
    ['tests', { tests: new Map([['src/a.test.ts', "// BN-NORM-01\ndescribe('normalises', () => {});"]]) }],
    ['cases', { behaviours: [] }],
    ['cases', { asked: new Set<string>() }],
    ['miniature', { lies: [{ name: 'honest' }] }],
  ])('finds a gap in %s', (column, change) => {
    expect(gapsOf(change)).toEqual([column]);
  });

  it('exempts what is unspecified or withdrawn', () => {
    const nothing = { sources: new Map<string, string>(), tests: new Map<string, string>(), behaviours: [], lies: [] };
    expect(gapsOf({ ...nothing, rules: [{ id: 'BN-NORM-01', level: 'unspecified' }] })).toEqual([]);
    const withdrawn = { id: 'BN-NORM-01', level: 'must', withdrawn: 'replaced' };
    expect(trace({ ...complete, ...nothing, rules: [withdrawn] }).rows).toMatchObject([{ level: 'withdrawn', gaps: [] }]);
  });

  it.each([
    ['code', { sources: new Map([['src/b.ts', '// BN-NORM-98']]) }, 'BN-NORM-98 in src/b.ts'],
    ['a title', { tests: new Map([['src/b.test.ts', 'it(`BN-NORM-97 x`, f)']]) }, 'BN-NORM-97 in src/b.test.ts'],
    ['a miniature', { lies: [{ name: 'odd', breaks: 'BN-NORM-96' }] }, 'BN-NORM-96 in miniature odd'],
    ['a behaviour that nothing asks', { behaviours: [{ behaviour: 'norm/other', rules: ['BN-NORM-95'] }] }, 'BN-NORM-95 in behaviour norm/other'],
  ])('flags an id that does not exist in %s', (_, change, citation) => {
    const result = trace({ ...complete, ...change });
    expect(result.unknown).toEqual([citation]);
    expect(isComplete(result)).toBe(false);
  });

  it('reads titles of each-tables and of every quoting, and rules that hold only on some axes', () => {
    const tests = new Map([['src/a.test.ts', "describe.each([1, 2])('BN-NORM-01 of %i', f)"]]);
    const behaviours = [{ behaviour: 'norm/output', rules: [], rulesWhen: [{ rules: ['BN-NORM-01'] }] }];
    expect(gapsOf({ tests, behaviours })).toEqual([]);
  });
});
