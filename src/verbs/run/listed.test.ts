import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../cases/select.ts';
import type { KnownFailing } from '../../spec/generated/known-failing.ts';
import { loadPlan, plansInTurn } from '../load-plan.ts';
import { listedOf } from './listed.ts';

const entryFor = (cases: string): KnownFailing => ({ cases, versions: '*', status: 'violates', cause: 'eps-ignored', reason: 'a reason', link: 'https://example.org/1', owner: 'somebody', expires: '2999-01-31' });

describe('entries of a known-failing list', () => {
  const own = { ...loadPlan('core'), cases: loadPlan('core').cases.slice(0, 10) };
  const patterns = [
    own.cases[0]!.id, '**', '*/sync/pooled/**', 'syncbatchnorm/sync/pooled/program=train-copy-train-eval/**', '**/num/golden/**', 'batchnorm1d/num/golden/name=first-vector/*', '*/norm/**/dtype=bfloat16/**',
    'batchnorm9d/**', '*/norm/nothing/**', '**/no=thing', 'batchnorm1d', 'batchnorm1d/norm', 'batchnorm1d/norm/output', 'batchnorm2d/sync/pooled/**', 'batchnorm1d/norm/output/no=thing', '**/num/golden/name=first-vectors/**',
  ];

  it('are unmatched where no id of any suite matches, though the suites are read in part', () => {
    const ids = [...plansInTurn()].flatMap(({ cases }) => cases.map(({ id }) => id));
    const strays = patterns.filter((pattern) => !ids.some(matchesPattern(pattern)));
    expect(listedOf(patterns.map(entryFor), own).unmatched.map(({ cases }) => cases)).toEqual(strays);
    expect(strays).toEqual(patterns.slice(patterns.indexOf('batchnorm9d/**')));
  });
});
