import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readValidated } from '../spec/validated-file.ts';
import { type KnownUpdate, type RanCase, updateKnown } from './known.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bn-known-'));
});
afterAll(() => { rmSync(folder, { recursive: true }); });

function ran(id: string, record: Partial<RanCase['record']> = {}): RanCase {
  return { id, record: { found: 'violates', cause: 'eps-ignored', candidates: [], ...record } };
}

const conforming = (id: string) => ran(id, { found: 'conforms', cause: null });

const where = { version: '2.13.0+cpu', device: 'cpu', capability: 'AVX2', threads: 1 };

/** The list after an update, and what the update says it did. */
function update(text: string, cases: readonly RanCase[]): { readonly text: string; readonly done: KnownUpdate } {
  const path = join(folder, 'known-failing.yaml');
  writeFileSync(path, text);
  const done = updateKnown(path, cases, where, '2027-01-31');
  return { text: readFileSync(path, 'utf8'), done };
}

const empty = 'schemaVersion: 1\nentries: []\n';
const written = `# what people wrote on top
schemaVersion: 1
entries:
  - cases: 'batchnorm2d/num/golden/**' # beside a pattern
    versions: 2.13.x
    status: violates
    cause: eps-ignored
    reason: >-
      a reason that
      goes on
    link: https://example.org/2
    owner: somebody
    expires: '2026-12-31'
`;

describe('known --update', () => {
  it('a deviation that no entry names comes in with placeholders, which the schema refuses', () => {
    const { text, done } = update(empty, [ran('batchnorm1d/num/golden/name=a'), conforming('batchnorm1d/num/golden/name=b')]);
    expect(text).toMatchInlineSnapshot(`
      "schemaVersion: 1
      entries:
        - cases: batchnorm1d/num/golden/name=a
          versions: ">=2.13.0"
          status: violates
          cause: eps-ignored
          reason: TO BE FILLED IN
          link: TO BE FILLED IN
          owner: TO BE FILLED IN
          expires: 2027-01-31
      "
    `);
    expect(done).toEqual({ kept: 0, narrowed: [], removed: [], added: ['batchnorm1d/num/golden/name=a'] });
    expect(() => readValidated('schemas/known-failing', join(folder, 'known-failing.yaml'))).toThrow('/entries/0/reason');
  });

  it('one entry for a behaviour that deviates throughout, unsupported cases aside', () => {
    const cases = [ran('batchnorm1d/num/golden/name=a'), ran('batchnorm1d/num/golden/name=b'), ran('batchnorm1d/num/golden/name=c', { found: 'unsupported', cause: null }), conforming('batchnorm2d/num/golden/name=a')];
    expect(update(empty, cases).done.added).toEqual(['batchnorm1d/num/golden/**']);
  });

  it('case by case where some conform, deviate otherwise, or are unexplained, as a crash is', () => {
    expect(update(empty, [ran('a/b/c/x=1'), ran('a/b/c/x=2'), conforming('a/b/c/x=3')]).done.added).toEqual(['a/b/c/x=1', 'a/b/c/x=2']);
    expect(update(empty, [ran('a/b/c/x=1'), ran('a/b/c/x=2', { found: 'inaccurate', cause: 'naive-accumulation' })]).done.added).toEqual(['a/b/c/x=1', 'a/b/c/x=2']);
    expect(update(empty, [ran('a/b/c/x=1', { cause: 'unexplained' }), ran('a/b/c/x=2', { cause: 'unexplained' })]).done.added).toEqual(['a/b/c/x=1', 'a/b/c/x=2']);
    expect(update(empty, [ran('a/b/c/x=1', { found: 'crashed', cause: null }), ran('a/b/c/x=2', { found: 'crashed', cause: null })]).done.added).toEqual(['a/b/c/x=1', 'a/b/c/x=2']);
  });

  it('keeps what people wrote of an entry that fits, comments included, and sorts', () => {
    const { text, done } = update(written, [ran('batchnorm2d/num/golden/name=a'), ran('batchnorm1d/num/golden/name=a', { found: 'crashed', cause: null })]);
    expect(text).toMatchInlineSnapshot(`
      "# what people wrote on top
      schemaVersion: 1
      entries:
        - cases: batchnorm1d/num/golden/name=a
          versions: ">=2.13.0"
          status: crashed
          cause: unexplained
          reason: TO BE FILLED IN
          link: TO BE FILLED IN
          owner: TO BE FILLED IN
          expires: 2027-01-31
        - cases: 'batchnorm2d/num/golden/**' # beside a pattern
          versions: 2.13.x
          status: violates
          cause: eps-ignored
          reason: >-
            a reason that goes on
          link: https://example.org/2
          owner: somebody
          expires: '2026-12-31'
      "
    `);
    expect(done).toEqual({ kept: 1, narrowed: [], removed: [], added: ['batchnorm1d/num/golden/name=a'] });
  });

  it.each<[string, RanCase]>([
    ['conforms', conforming('batchnorm2d/num/golden/name=a')], ['has another cause', ran('batchnorm2d/num/golden/name=a', { cause: 'momentum-complement' })],
    ['has another status', ran('batchnorm2d/num/golden/name=a', { found: 'inaccurate', cause: 'naive-accumulation' })],
  ])('an entry whose case %s goes', (_, one) => {
    expect(update(written, [one]).done.removed).toEqual(['batchnorm2d/num/golden/**']);
  });

  it.each<[string, RanCase]>([
    ['did not run', conforming('batchnorm1d/num/golden/name=a')], ['was planned and not run', ran('batchnorm2d/num/golden/name=a', { found: 'not-run', cause: null })],
    ['is unsupported here', ran('batchnorm2d/num/golden/name=a', { found: 'unsupported', cause: null })], ['is ambiguous between its cause and others', ran('batchnorm2d/num/golden/name=a', { cause: 'ambiguous', candidates: ['eps-outside-sqrt', 'eps-ignored'] })],
  ])('an entry whose case %s stays', (_, one) => {
    expect(update(written, [one]).done).toEqual({ kept: 1, narrowed: [], removed: [], added: [] });
  });

  it('an entry of which some cases no longer deviate so is narrowed to those that do, with what people wrote', () => {
    const cases = [ran('batchnorm2d/num/golden/name=a/eps=1'), conforming('batchnorm2d/num/golden/name=b/eps=1'), ran('batchnorm2d/num/golden/name=a/eps=2'), ran('batchnorm2d/num/golden/name=c/eps=1', { found: 'unsupported', cause: null })];
    const { text, done } = update(written, cases);
    expect(text).toBe(written.replace("'batchnorm2d/num/golden/**'", "'batchnorm2d/num/golden/name=a/**'").replace(/that\n +goes/, 'that goes'));
    expect(done).toEqual({ kept: 0, narrowed: [{ from: 'batchnorm2d/num/golden/**', to: ['batchnorm2d/num/golden/name=a/**'] }], removed: [], added: [] });
    expect(update(text, cases).done).toMatchObject({ kept: 1, narrowed: [], removed: [], added: [] });
  });

  it('what a narrowed entry leaves out comes in on its own where it deviates for another cause', () => {
    const cases = [ran('batchnorm2d/num/golden/name=a'), ran('batchnorm2d/num/golden/name=b', { cause: 'momentum-complement' })];
    const { text, done } = update(written, cases);
    expect(done).toEqual({ kept: 0, narrowed: [{ from: 'batchnorm2d/num/golden/**', to: ['batchnorm2d/num/golden/name=a'] }], removed: [], added: ['batchnorm2d/num/golden/name=b'] });
    expect(text).toContain('cause: momentum-complement\n    reason: TO BE FILLED IN');
  });

  it.each([['versions: 2.13.x', 'versions: 2.0.x'], ["expires: '2026-12-31'", "expires: '2026-12-31'\n    when:\n      capability: AVX512"]])('an entry that speaks of another version or machine stays, and names nothing here: %s → %s', (from, to) => {
    const list = written.replace(from, to);
    expect(update(list, [conforming('batchnorm2d/num/golden/name=a')]).done).toEqual({ kept: 1, narrowed: [], removed: [], added: [] });
    expect(update(list, [ran('batchnorm2d/num/golden/name=a')]).done).toMatchObject({ kept: 1, added: ['batchnorm2d/num/golden/**'] });
  });

  it('a new entry of an ambiguous case names one of its candidates, a crash none', () => {
    expect(update(empty, [ran('a/b/c/x=1', { cause: 'ambiguous', candidates: ['eps-ignored', 'affine-ignored'] })]).text).toContain('cause: eps-ignored\n');
    expect(update(empty, [ran('a/b/c/x=1', { found: 'crashed', cause: null })]).text).toContain('status: crashed\n    cause: unexplained\n');
  });

  it('a second update changes nothing', () => {
    const cases = [ran('batchnorm2d/num/golden/name=a'), ran('batchnorm1d/num/golden/name=a'), ran('a/b/c/x=1', { cause: 'ambiguous', candidates: ['eps-ignored', 'affine-ignored'] })];
    const once = update(written, cases).text;
    expect(update(once, cases)).toEqual({ text: once, done: { kept: 3, narrowed: [], removed: [], added: [] } });
  });

  it('a file without a list is refused', () => {
    expect(() => update('schemaVersion: 1\n', [])).toThrow("has no list 'entries'");
  });
});
