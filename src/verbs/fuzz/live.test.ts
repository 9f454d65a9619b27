import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Layer } from '../../cases/case.ts';
import { harnessHome } from '../../environments/home.ts';
import type { Asker } from './ask.ts';
import { readFound } from './found-file.ts';
import { openAsker, prepare, writeCases } from './live.fixture.ts';
import { type Offer, offerOf } from './offer.ts';
import { named } from './question.ts';
import { relations } from './relations/all.ts';
import { constantAdded } from './relations/inputs.ts';
import { refusedKeepsCount } from './relations/process.ts';
import type { RelatedRecipe, Relation } from './relations/relation.ts';

const seed = 20_260_731;
const runs = 200;
const controlRuns = 40;
const home = harnessHome(process.env);
const minutes = 60_000;

const spatialAxes: Readonly<Partial<Record<Layer, readonly number[]>>> = { batchnorm1d: [0, 1], batchnorm2d: [2], batchnorm3d: [3] };

/** Recipes that a relation speaks of and a runner takes: float32, ordinary numbers, small shapes with odd tails. */
function recipesFor(relation: Relation, offer: Offer): fc.Arbitrary<RelatedRecipe> {
  const shapes = fc.constantFrom(...offer.layers.filter((layer) => spatialAxes[layer] !== undefined)).chain((layer) => fc.tuple(
    fc.constant(layer), fc.integer({ min: relation.leastBatch, max: 9 }), fc.integer({ min: relation.leastChannels, max: 5 }),
    fc.constantFrom(...spatialAxes[layer] ?? [0]).chain((axes) => fc.array(fc.integer({ min: 1, max: 4 }), { minLength: axes, maxLength: axes })),
  ));
  const momenta = [0, 0.01, 0.1, 0.25, 0.5, 0.9, 1, ...(offer.cumulative ? [null] : [])];
  return fc.record({
    shaped: shapes, seed: fc.nat(), twist: fc.nat(), program: fc.constantFrom(...relation.programs),
    statistics: fc.constantFrom(...relation.rows.filter((row) => offer.rows.includes(row))), momentum: fc.constantFrom(...momenta),
    eps: fc.constantFrom(...[1e-5, 1e-3, 2 ** -10, 1 / 16, 0.3, 1].filter((eps) => eps <= relation.largestEps)), affine: fc.boolean(), start: fc.constantFrom('default' as const, 'distinct' as const),
  }).map(({ shaped: [layer, batch, channels, spatial], ...rest }) => ({ ...rest, layer, shape: [batch, channels, ...spatial], dtype: 'float32', layout: 'contiguous', x: ['unit'], dy: 'unit' }));
}

interface Check {
  readonly details: fc.RunDetails<[RelatedRecipe]>;
  readonly compared: number;
  readonly message: string;
}

/** Draws, asks everything at once, judges; a failure shrinks by asking one recipe at a time, and its cases are written to files. */
async function check(asker: Asker, relation: Relation, numRuns: number): Promise<Check> {
  const arbitrary = recipesFor(relation, offerOf(asker.session.identity));
  const judged = await prepare(asker, relation, fc.sample(arbitrary, { seed, numRuns }));
  let compared = 0;
  const details = await fc.check(fc.asyncProperty(arbitrary, async (recipe) => {
    const outcome = await judged(recipe);
    compared += outcome.compared;
    if (outcome.breach !== null) throw new Error(outcome.breach.message);
  }), { seed, numRuns });
  const breach = details.errorInstance instanceof Error ? details.errorInstance.message : '';
  const message = details.failed ? [`${relation.name}: ${relation.claim}`, breach, fc.defaultReportMessage(details), rerun(asker, relation, details)].join('\n') : '';
  return { details, compared, message };
}

/** The command that asks the cases of the counterexample again. */
function rerun({ session: { identity } }: Asker, relation: Relation, { counterexample }: Check['details']): string {
  const files = counterexample === null ? [] : writeCases(relation, counterexample[0], folder);
  return `rerun: bn-conformance fuzz --runner ${identity.framework} ${files.map((file) => `--case ${file}`).join(' ')}`;
}

async function withAsker<T>(word: string, use: (asker: Asker) => Promise<T>): Promise<T> {
  const asker = await openAsker(word, home);
  try {
    return await use(asker);
  } finally {
    await asker.session.close();
  }
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bn-relations-')); // kept after a failure, for the reader
});

describe.each(['pytorch@2.13.0', 'mindspore@2.10.0'])('live relations on %s', (runner) => {
  let asker: Asker;
  beforeAll(async () => {
    asker = await openAsker(runner, home);
  }, 10 * minutes);
  afterAll(() => asker.session.close());

  it.each(relations)('property: $name: $claim', async (relation) => {
    const { details, compared, message } = await check(asker, relation, runs);
    expect(details.failed, message).toBe(false);
    expect([details.numRuns, compared >= runs]).toEqual([runs, true]);
  }, minutes);
});

describe('BN-ERR-01 the one relation that PyTorch 2.13.0 breaks, as its known-failing list says', () => {
  it('property: a refused call is counted as a step, and the counterexample shrinks to one training call', async () => {
    const { details: { failed, counterexample }, message } = await withAsker('pytorch@2.13.0', (asker) => check(asker, refusedKeepsCount, runs));
    expect(failed).toBe(true);
    expect(counterexample?.[0]).toMatchObject({ program: 'train', statistics: 'tracked', layer: 'batchnorm1d', shape: [2, 1] });
    expect(message).toMatch(/step_count at step -1 \[0\] = 0, step_count at step 0 = 1/);
  }, 2 * minutes);
});

describe('controls: the honest miniature keeps every relation, and each relation is broken by a miniature', () => {
  it('property: honest', async () => {
    await withAsker('miniature-honest', async (asker) => {
      for (const relation of [...relations, refusedKeepsCount]) {
        const { details, message } = await check(asker, relation, controlRuns);
        expect(details.failed, message).toBe(false);
      }
    });
  }, 2 * minutes);

  const broken = [...relations, refusedKeepsCount].flatMap((relation) => relation.brokenBy.map((lie) => ({ lie, name: relation.name, relation })));

  it.each(broken)('$lie breaks $name, and the message says seed, path and how to rerun it', async ({ lie, relation }) => {
    const { details, message } = await withAsker(`miniature-${lie}`, (asker) => check(asker, relation, controlRuns));
    expect(details.failed).toBe(true);
    expect(message).toMatch(new RegExp(`^${relation.name}: [^]*seed: ${String(seed)}, path: "[\\d:]+"[^]*\\nrerun: bn-conformance fuzz --runner miniature --case \\S+json`));
  }, minutes);

  it('a written counterexample is a case file that fuzz --case reads', () => {
    const recipe: RelatedRecipe = { seed: 1, twist: 1, layer: 'batchnorm1d', shape: [3, 2], program: 'train', statistics: 'tracked', momentum: 0.5, eps: 1e-5, affine: true, dtype: 'float32', layout: 'contiguous', start: 'distinct', x: ['unit'], dy: 'unit' };
    const files = writeCases(constantAdded, recipe, folder);
    expect(files.map((file) => readFound(file))).toEqual(constantAdded.cases(recipe).map(named));
  });
});
