import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../cases/select.ts';
import { narrow } from './known-narrowing.ts';

const layers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d'];
const grid = layers.flatMap((layer) => ['train', 'eval'].flatMap((program) => ['1e-3', '1e-5'].map((eps) => `${layer}/norm/output/program=${program}/eps=${eps}`)));

/** The patterns of which the ids that `fits` picks remain. */
function narrowed(pattern: string, fits: (id: string) => boolean): readonly string[] {
  const match = matchesPattern(pattern);
  const ids = grid.filter((id) => match(id));
  return narrow(pattern, { fitting: ids.filter((id) => fits(id)), other: ids.filter((id) => !fits(id)) });
}

describe('an entry narrowed to what still deviates', () => {
  it.each<[string, string, (id: string) => boolean, readonly string[]]>([
    ['one layer', '*/norm/output/**', (id) => id.startsWith('batchnorm2d/'), ['batchnorm2d/norm/output/**']],
    ['one value of a later axis', '*/norm/output/**', (id) => id.endsWith('eps=1e-3'), ['*/norm/output/*/eps=1e-3/**']],
    ['one value of a first axis', '**', (id) => id.includes('train'), ['*/*/*/program=train/**']],
    ['two axes together', 'batchnorm*/**', (id) => id.includes('train') && id.endsWith('eps=1e-3') , ['batchnorm*/*/*/program=train/eps=1e-3/**']],
    ['two layers', '*/norm/output/**', (id) => !id.startsWith('batchnorm2d/'), ['batchnorm1d/norm/output/**', 'batchnorm3d/norm/output/**']],
    ['a part of a name', '*/norm/output/program=*/eps=1e-3', (id) => id.includes('eval'), ['*/norm/output/program=eval/eps=1e-3']],
    ['a single case', '**/eps=1e-3', (id) => id === grid[0], ['batchnorm1d/norm/output/program=train/eps=1e-3']],
    ['all of it', '*/norm/output/**', () => true, ['*/norm/output/**']],
    ['none of it', '*/norm/output/**', () => false, []],
  ])('%s', (_, pattern, fits, expected) => {
    expect(narrowed(pattern, fits)).toEqual(expected);
  });

  const patterns = fc.constantFrom('**', '*/norm/output/**', 'batchnorm1d/**', '**/eps=1e-3', '**/output/**', '*/norm/output/program=*/**', 'batchnorm?d/*/*/*/*', grid[0] ?? '');

  test.prop([patterns, fc.subarray(grid)])('property: every fitting case is named, no other is, and nothing beyond the pattern', (pattern, some) => {
    const fits = (id: string) => some.includes(id);
    const matchers = narrowed(pattern, fits).map((one) => matchesPattern(one));
    const beyond = [...grid, 'syncbatchnorm/norm/output/program=train/eps=1e-3', 'batchnorm1d/norm/output/program=fresh/eps=1e-3', 'batchnorm1d/stat/output/program=train/eps=1e-3/data=unit'];
    for (const id of beyond) {
      const named = matchers.some((match) => match(id));
      if (grid.includes(id)) expect([id, named]).toEqual([id, matchesPattern(pattern)(id) && fits(id)]);
      else if (named) expect([id, matchesPattern(pattern)(id)]).toEqual([id, true]);
    }
  });
});
