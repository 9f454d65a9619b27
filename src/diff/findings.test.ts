import { describe, expect, it } from 'vitest';
import { groupDepartures, groupFindings, type JudgedCase } from './findings.ts';

function judged(id: string, change: Partial<JudgedCase> = {}): JudgedCase {
  return {
    id, status: 'violates', found: 'violates', rule: 'BN-STATE-03', cause: 'biased-running-variance', candidates: [], elements: 8, worstRatio: 10, ...change,
  };
}

function ambiguous(id: string, candidates: readonly string[], change: Partial<JudgedCase> = {}): JudgedCase {
  return judged(id, { cause: 'ambiguous', candidates, rule: 'BN-NORM-01', ...change });
}

const shortForm = (cases: readonly JudgedCase[]) => groupFindings(cases).map(({ cause, rule, ids }) => [cause, rule, ids.join(' ')]);

describe('findings', () => {
  it('golden: cases with one cause make one finding, with the smallest case as its example', () => {
    const findings = groupFindings([judged('long-id', { elements: 4 }), judged('b', { worstRatio: 62000 }), judged('id', { elements: 4 })]);
    expect(findings).toEqual([{
      cause: 'biased-running-variance', candidates: [], rule: 'BN-STATE-03', status: 'violates', known: false, cases: 3,
      ids: ['long-id', 'b', 'id'], example: 'id', worstRatio: 62000,
      title: 'running variance stores the biased batch variance (divisor n, not n − 1)',
      translation: expect.stringMatching(/./) as string,
    }]);
  });

  it('cause, rule, status found, and known or not each separate findings', () => {
    const findings = groupFindings([
      judged('a'), judged('b', { cause: 'eps-ignored' }), judged('c', { rule: 'BN-STATE-02' }),
      judged('d', { status: 'inaccurate', found: 'inaccurate' }), judged('e', { status: 'known' }),
    ]);
    expect(findings.map(({ ids }) => ids)).toHaveLength(5);
  });

  it('worst first: failing before known, by precedence of the status found, then by number of cases', () => {
    const findings = groupFindings([
      judged('known', { status: 'known', found: 'crashed', cause: null }), judged('inaccurate', { status: 'inaccurate', found: 'inaccurate' }),
      judged('one', { cause: 'eps-ignored' }), judged('two'), judged('two-again'), judged('crash', { status: 'crashed', found: 'crashed', cause: null, rule: null }),
    ]);
    expect(findings.map(({ example }) => example)).toEqual(['crash', 'two', 'one', 'inaccurate', 'known']);
  });

  it('passing, unsupported and never-run cases are no findings; a stale entry whose case deviates is', () => {
    const quiet = (['conforms', 'documented', 'unsupported', 'ungradable', 'not-run'] as const).map((status) => judged(status, { status, found: status }));
    expect(groupFindings([...quiet, judged('stale-conforms', { status: 'stale', found: 'conforms' })])).toEqual([]);
    expect(groupFindings([judged('stale-deviates', { status: 'stale' })]).map(({ status, known }) => [status, known])).toEqual([['violates', false]]);
  });

  it('a crash has no rule and is unexplained', () => {
    expect(shortForm([judged('a', { found: 'crashed', status: 'crashed', rule: null, cause: null })])).toEqual([['unexplained', '', 'a']]);
  });

  it('an ambiguous case joins the candidate that alone explains most other cases, under its rule', () => {
    const cases = [judged('a'), judged('b'), judged('c', { cause: 'eps-ignored', rule: 'BN-NORM-03' }), ambiguous('d', ['eps-ignored', 'biased-running-variance'])];
    expect(shortForm(cases)).toEqual([['biased-running-variance', 'BN-STATE-03', 'a b d'], ['eps-ignored', 'BN-NORM-03', 'c']]);
  });

  it('ambiguous cases alone take the candidate common to most of them, and what shares none stays ambiguous', () => {
    const cases = [ambiguous('a', ['eps-ignored', 'eps-outside-sqrt']), ambiguous('b', ['affine-ignored', 'eps-ignored']), ambiguous('c', ['momentum-complement', 'statistics-not-updated'])];
    expect(shortForm(cases)).toEqual([['eps-ignored', 'BN-NORM-03', 'a b'], ['ambiguous', 'BN-NORM-01', 'c']]);
  });

  it('control: two candidates common to all cases decide nothing, and the finding names both', () => {
    const both = ['eps-ignored', 'eps-outside-sqrt'];
    const cases = [ambiguous('a', both), ambiguous('b', ['affine-ignored', ...both])];
    expect(shortForm(cases)).toEqual([['ambiguous', 'BN-NORM-01', 'a b']]);
    expect(groupFindings(cases)[0]?.candidates).toEqual(both);
  });

  it('what is said of the size of errors alone gives way where more violations are unexplained', () => {
    const open = (id: string) => judged(id, { cause: 'unexplained', rule: 'BN-NORM-01' });
    const naive = (id: string, status: 'inaccurate' | 'known' = 'inaccurate') => judged(id, { cause: 'naive-accumulation', rule: 'BN-NUM-02', found: 'inaccurate', status });
    const causes = (cases: readonly JudgedCase[]) => groupFindings(cases).map(({ cause, ids }) => `${cause}: ${ids.join(' ')}`);
    expect(causes([open('a'), open('b'), naive('c')])).toEqual(['unexplained: a b', 'unexplained: c']);
    expect(causes([open('a'), naive('b')])).toEqual(['unexplained: a', 'naive-accumulation: b']);
    expect(causes([open('a'), open('b'), naive('c', 'known')])).toEqual(['unexplained: a b', 'naive-accumulation: c']);
  });

  it('control: a formula stays the cause of its cases, whatever else is unexplained', () => {
    const open = (id: string) => judged(id, { cause: 'unexplained', rule: 'BN-NORM-01' });
    expect(groupFindings([open('a'), open('b'), judged('c')]).map(({ cause }) => cause)).toEqual(['unexplained', 'biased-running-variance']);
  });

  it('documented departures are grouped apart', () => {
    const cases = [judged('a'), judged('b', { status: 'documented', found: 'documented' })];
    expect(groupDepartures(cases).map(({ ids }) => ids)).toEqual([['b']]);
    expect(shortForm(cases)).toEqual([['biased-running-variance', 'BN-STATE-03', 'a']]);
  });

  it('a cause with a wider bound takes the cases that it explains and a formula does not, and with them the shared ones', () => {
    const half = 'half-precision-inside';
    const cases = [judged('a', { cause: half }), judged('b', { cause: half }), judged('c', { cause: 'eps-ignored', candidates: ['eps-ignored', half] })];
    expect(shortForm(cases).map(([cause, , ids]) => [cause, ids])).toEqual([[half, 'a b c']]);
  });

  it('a formula that explains as many cases as a wider bound is the cause', () => {
    const both = { cause: 'eps-ignored', candidates: ['eps-ignored', 'half-precision-inside'] };
    expect(shortForm([judged('a', both), judged('b', both)]).map(([cause]) => cause)).toEqual(['eps-ignored']);
  });

  it('two causes of as many cases each stay two findings', () => {
    expect(shortForm([judged('a'), judged('b', { cause: 'eps-ignored', rule: 'BN-NORM-03' })]).map(([cause]) => cause).sort()).toEqual(['biased-running-variance', 'eps-ignored']);
  });
});
