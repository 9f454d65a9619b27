import { describe, expect, it } from 'vitest';
import type { Verdict } from '../diff/verdict.ts';
import type { KnownFailing } from '../spec/generated/known-failing.ts';
import { applicableEntries, expiredEntries, type RunCircumstances, consultList, unmatchedEntries } from './known-failing.ts';

const id = 'batchnorm1d/state/trajectory/program=train/shape=5x3/momentum=0.1';
const here: RunCircumstances = { version: '2.13.0+cpu', device: 'cpu', capability: 'AVX512', threads: 1 };

function entry(change: Partial<KnownFailing> = {}): KnownFailing {
  return {
    cases: 'batchnorm1d/state/**', versions: '2.13.x', status: 'violates', cause: 'eps-ignored', reason: 'a reason', link: 'https://example.org/1', owner: 'somebody', expires: '2027-01-31', ...change,
  };
}

type Found = Pick<Verdict, 'status' | 'cause' | 'candidates'>;
const violates: Found = { status: 'violates', cause: 'eps-ignored', candidates: [] };

const listed = (found: Found, entries: readonly KnownFailing[]) => consultList(id, found, applicableEntries(entries, here));
const statusOf = (found: Found, entries: readonly KnownFailing[]) => listed(found, entries).status;

describe('the status by the known-failing list', () => {
  it('known when case, status and cause fit', () => {
    expect(statusOf(violates, [entry()])).toBe('known');
  });

  it.each<[string, Found]>([
    ['another cause', { ...violates, cause: 'momentum-complement' }], ['another status', { ...violates, status: 'inaccurate' }],
    ['no deviation at all', { status: 'conforms', cause: null, candidates: [] }], ['a documented departure', { status: 'documented', cause: 'eps-ignored', candidates: [] }],
    ['a crash', { status: 'crashed', cause: null, candidates: [] }], ['an unexplained deviation', { ...violates, cause: 'unexplained' }],
  ])('stale where the case shows %s', (_, found) => {
    expect(statusOf(found, [entry()])).toBe('stale');
  });

  it.each(['unsupported', 'ungradable', 'not-run'] as const)('%s stays: the list has nothing to say about it', (status) => {
    expect(statusOf({ status, cause: null, candidates: [] }, [entry()])).toBe(status);
  });

  it('a case that no entry names keeps its status', () => {
    expect(statusOf(violates, [entry({ cases: 'batchnorm2d/**' })])).toBe('violates');
    expect(statusOf(violates, [])).toBe('violates');
  });

  it('an ambiguous case is known for any of its candidates', () => {
    const ambiguous: Found = { status: 'violates', cause: 'ambiguous', candidates: ['eps-ignored', 'eps-outside-sqrt'] };
    expect(statusOf(ambiguous, [entry()])).toBe('known');
    expect(statusOf(ambiguous, [entry({ cause: 'momentum-complement' })])).toBe('stale');
  });

  it('one fitting entry among those that name the case is enough', () => {
    expect(statusOf(violates, [entry({ cause: 'momentum-complement' }), entry({ cases: '**' })])).toBe('known');
  });

  it('a crash has no cause: status and case decide', () => {
    expect(statusOf({ status: 'crashed', cause: null, candidates: [] }, [entry({ status: 'crashed', cause: 'unexplained' })])).toBe('known');
  });
});

describe('the reason that a reader of the list is given', () => {
  it('known: the reason, link and date that people wrote', () => {
    expect(listed(violates, [entry()]).reason).toMatchInlineSnapshot(`"a reason (https://example.org/1, expires 2027-01-31)"`);
  });

  it('stale: what the entry expects, and what was found', () => {
    expect(listed({ ...violates, cause: 'momentum-complement' }, [entry()]).reason).toMatchInlineSnapshot(`"the known-failing entry 'batchnorm1d/state/**' expects violates by eps-ignored; found violates by momentum-complement"`);
    expect(listed({ status: 'conforms', cause: null, candidates: [] }, [entry()]).reason).toMatchInlineSnapshot(`"the known-failing entry 'batchnorm1d/state/**' expects violates by eps-ignored; found conforms"`);
  });

  it('control: none where no entry speaks', () => {
    expect([listed(violates, []).reason, listed({ ...violates, status: 'unsupported' }, [entry()]).reason]).toEqual([null, null]);
  });
});

describe('entries that apply', () => {
  it.each<[string, string, boolean]>([
    ['2.13.x', '2.13.0+cpu', true], ['2.13.x', '2.12.1', false], ['>=2.0.0 <2.1.0', '2.0.0', true], ['*', '1.0', true], ['2.13.x', 'unknown', false],
  ])('versions %s and %s: %s', (versions, version, applies) => {
    expect(applicableEntries([entry({ versions })], { ...here, version })).toHaveLength(applies ? 1 : 0);
  });

  it.each<[NonNullable<KnownFailing['when']>, boolean]>([
    [{ device: 'cpu' }, true], [{ device: 'cuda' }, false], [{ capability: 'AVX512' }, true], [{ capability: 'AVX2' }, false], [{ threads: 1 }, true], [{ threads: 4 }, false],
    [{ device: 'cpu', threads: 4 }, false],
  ])('when %o: %s', (when, applies) => {
    expect(applicableEntries([entry({ when })], here)).toHaveLength(applies ? 1 : 0);
  });
});

describe('entries that fail the gate', () => {
  it('an entry that matches nothing of the catalogue is unmatched', () => {
    const stray = entry({ cases: 'batchnorm9d/**' });
    expect(unmatchedEntries([entry(), stray], [id])).toEqual([stray]);
    expect(unmatchedEntries([entry({ cases: 'batchnorm1d/*' })], [id])).toHaveLength(1);
  });

  it('an entry expires on the day after its date', () => {
    expect(expiredEntries([entry()], '2027-01-31')).toEqual([]);
    expect(expiredEntries([entry()], '2027-02-01')).toHaveLength(1);
  });
});
