import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import { kindOf, recordedCosts } from './costs.ts';
import { readGoldens } from './golden.ts';
import { expandSuite, type Plan } from './plan.ts';
import { isCostly, isTwiceDifferentiated, planDigest, shardOf } from './shard.ts';

const folder = join(packageRoot, 'cases');
const readCore = (): Plan => expandSuite(
  readValidated<SuiteFile>('schemas/suite', join(folder, 'suites', 'core.json')), readValidated<BehavioursFile>('schemas/behaviours', join(folder, 'behaviours.json')), readGoldens(join(folder, 'golden')),
);
const core = readCore();
const costOf = recordedCosts(['pytorch', 'mindspore']);
const parts = (plan: Plan, count: number) => Array.from({ length: count }, (_, i) => shardOf(plan, { index: i + 1, count }, costOf));
const costIn = (plan: Plan) => plan.cases.reduce((sum, planned) => sum + costOf(planned), 0);

describe('shards of the core suite', () => {
  it.each([1, 2, 3, 8])('%d of them hold every case once, in plan order, and cost the same within 5 %%', (count) => {
    const shards = parts(core, count);
    expect(shards.flatMap(({ positions }) => positions).sort((a, b) => a - b)).toEqual(core.cases.map((_, i) => i));
    for (const { plan, positions } of shards) expect(plan.cases).toEqual(positions.map((position) => core.cases[position]));
    for (const { positions } of shards) expect([...positions].sort((a, b) => a - b)).toEqual(positions);
    const costs = shards.map(({ plan }) => costIn(plan));
    expect(Math.max(...costs) / Math.min(...costs)).toBeLessThan(1.05);
  });

  it('what is dear to make is made once: compiled cells and the asynchronous process stay together', () => {
    const shards = parts(core, 8);
    for (const route of ['compiled', 'asynchronous']) {
      expect(shards.filter(({ plan }) => plan.cases.some(({ axes }) => axes['route'] === route)), route).toHaveLength(1);
    }
  });

  it('a golden with several ranks stays with the other cases of ranks', () => {
    const withRanks = parts(core, 8).map(({ plan }) => plan.cases.filter(({ axes, literal }) => axes['ranks'] !== undefined || (literal?.ranks.length ?? 1) > 1));
    expect(withRanks.filter((cases) => cases.length > 0)).toHaveLength(1);
    expect(withRanks.flat().filter(({ literal }) => literal !== null)).toHaveLength(1);
  });

  it('are the same whenever they are cut', () => {
    expect(parts(core, 5).map(({ positions }) => positions)).toEqual(parts(readCore(), 5).map(({ positions }) => positions));
  });
});

describe('what only one process is asked', () => {
  const named = (part: string) => core.cases.filter(({ id }) => id.includes(part));

  it('routes that are compiled, ranks and threads are costly, in a golden too', () => {
    for (const part of ['/route=compiled/', '/route=graph/', '/route=asynchronous/', '/ranks=', '/threads=', 'name=sync-unequal-counts']) {
      expect(named(part).length, part).toBeGreaterThan(0);
      expect(named(part).filter((planned) => !isCostly(planned)), part).toEqual([]);
    }
    expect([...named('/norm/output/'), ...named('name=first-vector')].filter(isCostly)).toEqual([]);
  });

  it('second derivatives are told by their program', () => {
    expect(core.cases.filter(isTwiceDifferentiated)).toEqual(named('-double/'));
    expect(named('-double/').length).toBeGreaterThan(0);
  });
});

describe('recorded costs', () => {
  it('differ by what is asked, by the way of calling, by ranks and by size', () => {
    const kinds = [{}, { route: 'module' }, { route: 'compiled' }, { ranks: '1x3+2x3' }, { shape: '20000x2' }, { shape: '5x3' }].map((axes) => kindOf({ behaviour: 'norm/output', axes }));
    expect(kinds).toEqual(['norm/output', 'norm/output', 'norm/output compiled', 'norm/output ranks', 'norm/output large', 'norm/output']);
  });

  it('every runner adds its own; one that was never measured costs the same everywhere', () => {
    const compiled = { behaviour: 'norm/route', axes: { route: 'compiled' } };
    const plain = { behaviour: 'norm/output', axes: {} };
    const of = (...runners: readonly string[]) => recordedCosts(runners)(compiled);
    expect(of('pytorch', 'mindspore')).toBe(of('pytorch') + of('mindspore'));
    expect(of('pytorch')).toBeGreaterThan(100 * recordedCosts(['pytorch'])(plain));
    expect([of('keras'), recordedCosts(['keras'])(plain)]).toEqual([1000, 1000]);
  });
});

describe('the digest of a plan', () => {
  it('is another for another id, another order, another cut between ids', () => {
    const digests = [['a', 'b'], ['b', 'a'], ['ab'], ['a', 'b', ''], ['a', 'c']].map((ids) => planDigest(ids));
    expect(new Set(digests).size).toBe(digests.length);
    expect(planDigest(['a', 'b'])).toBe(digests[0]);
  });
});
