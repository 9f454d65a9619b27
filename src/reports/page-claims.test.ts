import { describe, expect, it } from 'vitest';
import { readClaims } from '../spec/claims.ts';
import { facts, header, line } from './fixtures/sample-run.ts';
import { encodeClaims } from './page-claims.ts';
import { standingExtras } from './page-block.ts';
import type { Run } from './run.ts';

const id = 'batchnorm1d/norm/output/data=unit';
const run: Run = {
  header: header({ suite: 'claims', cases: [id] }), runners: [{ runner: 'pytorch@1.0', facts: facts({ framework: 'pytorch' }), cases: [{ ...line(0), id }] }], footer: null, complete: true,
};

describe('claims on the page', () => {
  it('are those of the files, each with its page and its verdicts in words', () => {
    const encoded = encodeClaims(run);
    const files = readClaims();
    expect(encoded.map((claim) => claim.id)).toEqual(files.flatMap(({ claims }) => claims.map((claim) => claim.id)));
    expect(encoded[0]).toMatchObject({ statement: files[0]?.claims[0]?.states, place: files[0]?.claims[0]?.place, document: expect.stringContaining(files[0]?.page.title ?? 'no page') as string });
    const verdicts = encoded.flatMap((claim) => claim.verdicts);
    expect(verdicts.length).toBeGreaterThan(0);
    expect(new Set(verdicts.map(({ verdict }) => verdict))).toContain('not testable here'); // one case settles next to nothing
    expect(verdicts.filter(({ why }) => why === '')).toEqual([]);
  });

  it('stand on the page of a run that settles them, and of no other', () => {
    expect(standingExtras(run).claims).toHaveLength(encodeClaims(run).length);
    expect(standingExtras({ ...run, header: { ...run.header, suite: 'core' } }).claims).toBeUndefined();
  });
});
