import { describe, expect, it } from 'vitest';
import type { Plan, PlannedCase } from '../cases/plan.ts';
import { findHoles, type Reach, vocabulary } from './holes.ts';
import type { Limit } from './limits.ts';
import { describePlan, formatListing } from './list.ts';
import { listSuites } from '../cases/suite-file.ts';
import { readDialect } from '../spec/dialect.ts';
import { readParameters } from '../spec/parameters.ts';
import { loadPlan, selectFrom } from './load-plan.ts';

function planned(layer: PlannedCase['layer'], axes: Readonly<Record<string, string>>, repeats = false): PlannedCase {
  const shown = Object.entries(axes).map(([axis, value]) => `${axis}=${value}`);
  return { id: [layer, 'norm/output', ...shown].join('/'), layer, behaviour: 'norm/output', rules: ['BN-NORM-01'], axes, expectsConstant: false, repeats, literal: null };
}

const plan: Plan = {
  suite: 'toy', seed: 5, minimum: 1, knownShare: 0,
  cases: [planned('batchnorm1d', { program: 'train', shape: '4x3' }), planned('batchnorm1d', { program: 'eval', shape: '4x3' }), planned('batchnorm1d', { program: 'eval', shape: '4x3' }, true), planned('syncbatchnorm', { program: 'train', ranks: '2x3+3x3' })],
  excluded: [{ behaviour: 'norm/output', combination: { program: ['eval'], shape: ['5x3', '6x3'] }, rule: 'BN-STATE-04', why: 'evaluation moves no state', cells: 12 }],
  blocks: [{
    behaviour: 'norm/output', layer: 'batchnorm1d', strength: 2, axes: { program: ['train', 'eval'], shape: ['4x3', '5x3'], affine: ['true'] }, defaults: {}, exclude: [],
    cells: 4, allowed: 3, impossible: 1, cases: ['batchnorm1d/norm/output/program=train/shape=4x3', 'batchnorm1d/norm/output/program=eval/shape=4x3'],
  }],
};

const reach: Reach = { words: { program: ['train', 'reload'] }, holes: [{ axis: 'program', value: 'reload', allowedBy: ['pytorch@2.13.0', 'mindspore@2.10.0'] }, { axis: 'eps', value: 'negative', allowedBy: [] }] };
const limits: readonly Limit[] = [
  { runner: 'pytorch@2.13.0', dialect: 'pytorch@2.13.0', kind: 'not-offered', combination: { statistics: ['batch'] }, why: 'no such layer', source: 'a page', cells: 2 },
  { runner: 'pytorch@2.13.0', dialect: 'pytorch@2.13.0', kind: 'refused', combination: { eps: ['zero', 'negative'], mode: ['train'] }, why: 'ValueError “eps” at the call', source: 'a file', cells: 1 },
  { runner: 'miniature-honest@1.0', dialect: 'core@1.0', kind: 'refused', combination: {}, why: 'ValueError at construction', source: 'BN-ERR-03', cells: 4 },
];
const runners = { 'pytorch@2.13.0': ['batchnorm1d', 'batchnorm2d'], 'miniature-honest@1.0': ['batchnorm1d', 'syncbatchnorm'] };

describe('the arithmetic of a plan', () => {
  const listing = describePlan(plan, runners, reach, limits);

  it('golden: cases per runner, repeats, values per axis in the order of the plan', () => {
    expect(listing).toMatchObject({
      schemaVersion: 1, suite: 'toy', seed: 5, planned: { 'pytorch@2.13.0': 3, 'miniature-honest@1.0': 4 }, repeats: 1,
      axes: { layer: ['batchnorm1d', 'syncbatchnorm'], program: ['train', 'eval'], shape: ['4x3'], ranks: ['2x3+3x3'] },
    });
  });

  it('what is left out stands beside it with its reason: the suite’s exclusions, and layers that a runner does not speak', () => {
    expect(listing.excluded).toEqual([
      { behaviour: 'norm/output', combination: { program: ['eval'], shape: ['5x3', '6x3'] }, rule: 'BN-STATE-04', why: 'evaluation moves no state', cells: 12 },
      { behaviour: '*', combination: { runner: ['pytorch@2.13.0'], layer: ['syncbatchnorm'] }, rule: 'none', why: 'the adapter of pytorch@2.13.0 does not speak syncbatchnorm yet', cells: 1 },
    ]);
  });

  it('per runner, planned and not spoken are the whole plan', () => {
    for (const [runner, count] of Object.entries(listing.planned)) {
      const left = listing.excluded.filter(({ combination }) => combination['runner']?.includes(runner)).reduce((sum, { cells }) => sum + cells, 0);
      expect(count + left).toBe(plan.cases.length);
    }
  });

  it('what dialects refuse of it is told as it is found, and nothing where nobody looks', () => {
    expect(listing.limits).toEqual(limits);
    const unlooked = describePlan(plan, runners, reach);
    expect([unlooked.limits, formatListing(plan, unlooked).includes('refuses:')]).toEqual([[], false]);
  });

  it('golden: for a person', () => {
    expect(formatListing(plan, listing)).toMatchInlineSnapshot(`
      "suite toy, seed 5: 4 cases, 3 distinct and 1 invariance repeats
        pytorch@2.13.0: 3 planned
        miniature-honest@1.0: 4 planned

      behaviours
             3  batchnorm1d/norm/output
             1  syncbatchnorm/norm/output

      blocks: cases asked, of the cells of the product that no exclusion matches
             2  batchnorm1d/norm/output: 2·2 = 4 cells, 1 excluded, 3 allowed; every 2 values together, but for 1 combinations that the exclusions rule out

      axes
        layer: batchnorm1d, syncbatchnorm
        program: train, eval
        shape: 4x3
        ranks: 2x3+3x3

      excluded cells
            12  norm/output program=eval shape=5x3|6x3: evaluation moves no state (BN-STATE-04)
             1  * runner=pytorch@2.13.0 layer=syncbatchnorm: the adapter of pytorch@2.13.0 does not speak syncbatchnorm yet (none)

      what pytorch@2.13.0 does not offer: cases, the entry of its dialect, and the source of that
             2  statistics=batch: no such layer (pytorch@2.13.0: a page)

      what pytorch@2.13.0 refuses: cases, the entry of its dialect, and the source of that
             1  eps=zero|negative mode=train: ValueError “eps” at the call (pytorch@2.13.0: a file)

      what miniature-honest@1.0 refuses: cases, the entry of its dialect, and the source of that
             4  always: ValueError at construction (core@1.0: BN-ERR-03)

      holes: what is never asked
        program=reload, which pytorch@2.13.0 and mindspore@2.10.0 allow
        eps=negative, which every dialect refuses
      "
    `);
  });
});

describe('holes', () => {
  const words = vocabulary(readParameters());
  const dialects = [readDialect('pytorch', '2.13.0'), readDialect('mindspore', '2.10.0')];

  it.each(['full', 'core'])('%s asks everything that can be asked', (suite) => {
    expect(findHoles(loadPlan(suite).cases, words, dialects)).toEqual([]);
  }, 120_000);

  it('BN-ERR-03 full and core ask each number that is at an edge of a domain', () => {
    for (const suite of ['core', 'full']) {
      const { cases } = loadPlan(suite);
      const asked = (axis: string, behaviour: string) => [...new Set(cases.filter((planned) => planned.behaviour === behaviour).map(({ axes }) => axes[axis]))];
      expect(asked('eps', 'err/argument')).toEqual(expect.arrayContaining(['0', '1e-12', '1e-5', '0.5', '1', '2', '-1e-5']));
      expect(asked('momentum', 'err/argument')).toEqual(expect.arrayContaining(['-0.1', '0.1', '1.5']));
      expect(asked('features', 'err/argument')).toEqual(expect.arrayContaining(['0', '-1', '2.5', '3']));
    }
  }, 120_000);

  it('control: without the cases of one value it is a hole, and who allows it is told', () => {
    const { cases } = loadPlan('core');
    const without = (axis: string, value: string) => findHoles(cases.filter(({ axes }) => axes[axis] !== value), words, dialects).filter((hole) => hole.axis === axis);
    const layers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm'];
    const ofEach = (axis: string, value: string, allowedBy: readonly string[]) => layers.map((layer) => ({ axis, value: `${layer}:${value}`, allowedBy }));
    expect(without('statistics', 'untracked')).toEqual(ofEach('statistics', 'untracked', ['pytorch@2.13.0']));
    expect(without('momentum', 'cumulative')).toEqual(ofEach('momentum', 'cumulative', ['pytorch@2.13.0']));
    expect(without('input', 'int32')).toEqual(ofEach('input', 'int32', []));
  });

  it('control: what one layer asks fills no hole of another', () => {
    const { cases } = loadPlan('core');
    const left = cases.filter(({ layer, axes }) => layer !== 'syncbatchnorm' || axes['eps'] !== '0');
    expect(findHoles(left, words, dialects)).toEqual([{ axis: 'eps', value: 'syncbatchnorm:zero', allowedBy: ['pytorch@2.13.0'] }]);
    const refused = cases.filter(({ layer, axes }) => layer !== 'syncbatchnorm' || axes['features'] !== '0' || axes['shape'] === undefined);
    expect(findHoles(refused, words, dialects)).toContainEqual({ axis: 'features', value: 'syncbatchnorm:zero', allowedBy: [] });
  });
});

describe('suites', () => {
  it('each expands, at least to its recorded minimum, and a selection keeps its totals', () => {
    expect(listSuites()).toEqual(expect.arrayContaining(['core', 'full', 'museum', 'smoke']));
    for (const suite of listSuites()) {
      const own = loadPlan(suite);
      expect([own.suite, own.cases.length >= own.minimum]).toEqual([suite, true]);
    }
    expect(selectFrom(loadPlan('smoke'), ['**/one-value/**']).cases).toHaveLength(1);
  }, 120_000);

  it('an unknown one is refused with the nearest', () => {
    expect(() => loadPlan('smok')).toThrow("no suite is called 'smok'");
  });
});
