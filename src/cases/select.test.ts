import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../spec/user-error.ts';
import { matchesBeginning, matchesPattern, select } from './select.ts';

const id = 'batchnorm2d/state/running-var/mode=train/shape=4x3x2x2/momentum=0.1/data=offset-1e3';

describe('patterns of case ids', () => {
  it.each<[string, boolean]>([
    [id, true], ['**', true], ['batchnorm2d/**', true], ['**/data=offset-1e3', true], ['**/shape=4x3x2x2/**', true], ['batchnorm*/state/**', true], ['*/*/*/*/*/*/*', true],
    ['**/momentum=*/**', true], ['**/data=offset-*', true], ['*2d/st*/*run*var/**', true], ['**/*=*x*x*x*/**', true],
    ['batchnorm2d/*', false], ['*', false], ['*/*/*/*/*/*', false], ['**/momentum=0.5/**', false], ['batchnorm2d', false], ['state/**', false], ['**/data=offset', false], ['', false],
    ['batchnorm2d/state/running*ing-var/**', false], ['**/*=*x*x*x*x*/**', false], ['*2d/state*state/**', false],
  ])('%s: %s', (pattern, matches) => {
    expect(pattern !== '' && matchesPattern(pattern)(id)).toBe(matches);
  });

  it('every other character stands for itself', () => {
    expect(matchesPattern('**/ranks=2x3+3x3/**')('syncbatchnorm/sync/pooled/ranks=2x3+3x3/momentum=1')).toBe(true);
    expect(['a/b=[1]', 'a/b?', 'a\\b', 'a/b={1,2}', 'a/b=(1)', '!a/b', 'a/.b'].map((literal) => matchesPattern(literal)(literal))).toEqual([true, true, true, true, true, true, true]);
    expect(matchesPattern('a/b?')('a/bc')).toBe(false);
    expect(matchesPattern('a/b=[12]')('a/b=1')).toBe(false);
    expect(matchesPattern('a/{b,c}')('a/b')).toBe(false);
    expect(matchesPattern('!a/b')('a/c')).toBe(false);
    expect(matchesPattern('a.b')('axb')).toBe(false);
  });
});

describe('the beginning of an id', () => {
  it.each<[string, boolean]>([
    ['batchnorm2d/state/**', true], ['**/data=unit', true], ['*/state/running-var/mode=train', true], ['batchnorm2d/state', true], ['batchnorm2d/**/x', true],
    ['batchnorm1d/**', false], ['*/norm/**', false], ['batchnorm2d', false], ['', false],
  ])('%s may match an id that begins with batchnorm2d/state: %s', (pattern, may) => {
    expect(matchesBeginning(pattern)(['batchnorm2d', 'state'])).toBe(may);
  });

  it('property: a pattern that matches an id may match every beginning of it', () => {
    const part = fc.constantFrom('a', 'b', 'ab', '*', 'a*', '*b', '**');
    const word = fc.constantFrom('a', 'b', 'ab', 'aab');
    let matched = 0;
    fc.assert(fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), fc.array(word, { minLength: 1, maxLength: 5 }), (parts, words) => {
      if (!matchesPattern(parts.join('/'))(words.join('/'))) return;
      matched += 1;
      for (let length = 0; length <= words.length; length++) expect(matchesBeginning(parts.join('/'))(words.slice(0, length))).toBe(true);
    }), { numRuns: 2000 });
    expect(matched).toBeGreaterThan(200);
  });
});

describe('a pattern from a stranger', () => {
  it.each([['*t*t*t*t*t*t*t*t*tz', 't'.repeat(5000)], [`${'**/a/'.repeat(20)}z`, `${'a/'.repeat(2000)}b`]])('%s is answered at once', (pattern, hostile) => {
    const began = process.cpuUsage();
    expect(matchesPattern(pattern)(hostile)).toBe(false);
    expect(process.cpuUsage(began).user).toBeLessThan(500_000);
  });
});

describe('selection', () => {
  const items = ['a/x=1', 'a/x=2', 'b/x=1'].map((name) => ({ id: name }));
  const ids = (patterns: readonly string[]) => select(items, patterns).map((item) => item.id);

  it('no pattern selects all, several select what any matches, in the order of the plan', () => {
    expect(ids([])).toEqual(['a/x=1', 'a/x=2', 'b/x=1']);
    expect(ids(['b/**', '**/x=1'])).toEqual(['a/x=1', 'b/x=1']);
    expect(ids(['a/x=2', 'a/x=2'])).toEqual(['a/x=2']);
  });

  it('a pattern that matches nothing is an error, even beside one that matches', () => {
    const refused = (): unknown => {
      try {
        return select(items, ['a/**', 'c/**']);
      } catch (error) {
        return error instanceof UserError ? `${error.code}: ${error.message} (${error.hint})` : error;
      }
    };
    expect(refused()).toMatchInlineSnapshot(`"SELECT_EMPTY: --select 'c/**' matches none of the 3 planned cases ('*' stands for one component and '**' for any number; 'list' prints the ids, the first is a/x=1)"`);
  });
});
