import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandSuite } from '../cases/plan.ts';
import { readLiterals, readSuite } from '../cases/suite-file.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import { header } from './fixtures/sample-run.ts';
import { encodeCoverage } from './page-coverage.ts';
import { readCatalogue } from './page-ids.ts';

const suite = readSuite('smoke');
const behaviours = readValidated<BehavioursFile>('schemas/behaviours', join(packageRoot, 'cases', 'behaviours.json'));
const plan = expandSuite(suite, behaviours, readLiterals(suite));
const ids = plan.cases.map(({ id }) => id);
const half = ids.filter((_, i) => i % 2 === 0);

describe('combinations that a suite leaves out', () => {
  const excludedOf = (cases: string[], planned?: number) => {
    const shard = planned === undefined ? {} : { shard: { index: 1, count: 2, planned, digest: '', positions: cases.map((_, i) => 2 * i) } };
    return encodeCoverage(header({ suite: 'smoke', seed: plan.seed, cases, ...shard }), readCatalogue()).excluded?.length ?? null;
  };

  it('are those of the suite, for a part of its plan too', () => {
    expect([excludedOf(ids), excludedOf(half, ids.length)]).toEqual([plan.excluded.length, plan.excluded.length]);
  });

  it('control: of another plan, or of a part of another, nobody knows them', () => {
    expect([excludedOf(half), excludedOf(half, ids.length + 1), excludedOf([...half, 'other/id/x'], ids.length)]).toEqual([null, null, null]);
  });
});
