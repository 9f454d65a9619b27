import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { hostileTexts, mutatedJson, scratchFolder } from '../spec/hostile-document.fixture.ts';
import { packageRoot } from '../spec/package-root.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { mutatedText, survive, type Tally } from '../tensor/hostile.fixture.ts';
import { recordedCosts } from './costs.ts';
import { readGoldens } from './golden.ts';
import { materialise } from './materialise.ts';
import { readMuseum } from './museum.ts';
import { expandSuite, type Plan } from './plan.ts';
import { matchesPattern } from './select.ts';
import { readSuite } from './suite-file.ts';

const minutes = 60_000;
const folder = mkdtempSync(scratchFolder);
afterAll(() => rmSync(folder, { recursive: true }));
const own = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(packageRoot, 'cases', ...path), 'utf8'));
const behaviours = own('behaviours.json') as BehavioursFile;
const place = (name: string): string => join(folder, name);
const bothWays = ({ tried, refused, read }: Tally) => [refused > tried / 20, read > tried / 100];

const suite: SuiteFile = {
  schemaVersion: 1, suite: 'x', title: 'x', seed: 1, minimum: 1, knownShare: 0, goldens: false,
  blocks: [
    { behaviour: 'state/trajectory', layers: ['batchnorm1d'], axes: { program: ['train', 'eval-train'], shape: { batchnorm1d: ['4x2', '3x2x2'] }, statistics: ['tracked'], affine: ['true'], momentum: ['0.1', 'cumulative'], eps: ['1e-5'], initial: ['default'], data: ['unit'] }, exclude: [{ when: { momentum: ['0.1'], shape: ['4x2'] }, rule: 'BN-STATE-03', why: 'x' }] },
    { behaviour: 'state/trajectory', strength: 2, layers: ['batchnorm2d'], axes: { program: ['train', 'train-backward'], shape: ['4x2x1x1', '0x2x1x1'], statistics: ['untracked', 'batch'], affine: ['false'], momentum: ['0.5'], eps: ['0'], initial: ['distinct'], data: ['unit', 'huge'] } },
  ],
};

/** Every planned case is what its id says, and is made of whole tensors. */
function requirePlan(plan: Plan): void {
  if (new Set(plan.cases.map(({ id }) => id)).size !== plan.cases.length) throw new Error('an id twice');
  const cells = plan.blocks.filter(({ strength }) => strength === null);
  if (cells.some(({ allowed, cases }) => allowed !== cases.length)) throw new Error('the plan does not add up');
  const [first] = plan.cases;
  if (first === undefined) return;
  const { ranks } = materialise(first, plan.seed);
  for (const { inputs } of ranks) for (const { shape, data } of inputs) if (data.length !== shape.reduce((product, extent) => product * extent, 1)) throw new Error('a tensor of another shape');
}

describe('files of cases from a stranger', () => {
  it('property: suites, planned and materialised', async () => {
    const tally = await survive({
      name: 'suites', inputs: mutatedJson([suite]), refusals: [UserError],
      read: (text) => {
        writeFileSync(place('suite.json'), text);
        requirePlan(expandSuite(readSuite(place('suite.json')), behaviours, []));
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: behaviours, and a suite that asks them', async () => {
    const asked = behaviours.behaviours.find(({ behaviour }) => behaviour === 'state/trajectory');
    const tally = await survive({
      name: 'behaviours', inputs: mutatedJson([{ schemaVersion: 1, behaviours: [asked] }]), refusals: [UserError],
      read: (text) => {
        writeFileSync(place('behaviours.json'), text);
        const catalogue = readValidated<BehavioursFile>('schemas/behaviours', place('behaviours.json'));
        requirePlan(expandSuite({ ...suite, blocks: suite.blocks.slice(0, 1) }, catalogue, []));
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: goldens', async () => {
    const goldens = join(folder, 'golden-');
    const inside = mkdtempSync(goldens);
    const tally = await survive({
      name: 'goldens', inputs: mutatedJson([own('golden', 'first-vector.json')]), refusals: [UserError],
      read: (text) => {
        writeFileSync(join(inside, 'first-vector.json'), text);
        const [golden] = readGoldens(inside);
        const raw = JSON.parse(Buffer.from(text).toString()) as { readonly ranks: readonly { readonly inputs: readonly { readonly data: readonly number[] }[] }[] };
        const given = golden?.case.ranks.map(({ inputs }) => inputs.map(({ data }) => [...data]));
        if (JSON.stringify(given) !== JSON.stringify(raw.ranks.map(({ inputs }) => inputs.map(({ data }) => data)))) throw new Error('other data than the file has');
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: museum', async () => {
    const inside = mkdtempSync(join(folder, 'museum-'));
    const tally = await survive({
      name: 'museum', inputs: mutatedJson([own('museum', 'bm-03.json')]), refusals: [UserError],
      read: (text) => {
        writeFileSync(join(inside, 'bm-03.json'), text);
        if (JSON.stringify(readMuseum(inside)) !== JSON.stringify([JSON.parse(Buffer.from(text).toString())])) throw new Error('other rows than the file has');
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);

  it('property: costs', async () => {
    const asked = { behaviour: 'state/trajectory', axes: { shape: '4x2' } };
    const tally = await survive({
      name: 'costs', inputs: mutatedJson([{ schemaVersion: 1, kinds: { pytorch: { 'state/trajectory': 7, 'stat/one-value': 9 } } }, own('costs.json')]), refusals: [UserError],
      read: (text) => {
        writeFileSync(place('costs.json'), text);
        const cost = recordedCosts(['pytorch', 'constructor', '__proto__'], place('costs.json'))(asked);
        if (!Number.isFinite(cost)) throw new Error(`a cost of ${String(cost)}`);
      },
    });
    expect(tally.refused).toBeGreaterThan(tally.tried / 20);
  }, 10 * minutes);

  it('property: patterns match as the definition says, by all ways of cutting', async () => {
    const component = fc.constantFrom('a', 'b', 'ab', 'a=1', '');
    const pattern = fc.oneof(fc.array(fc.oneof(component, fc.constantFrom('*', '**', 'a*', '*b', '*=*')), { maxLength: 5 }).map((parts) => parts.join('/')), mutatedText(['batchnorm2d/**/data=*', '*a*a*a*/**/**/b'], hostileTexts));
    const id = fc.oneof(fc.array(component, { maxLength: 6 }).map((parts) => parts.join('/')), mutatedText(['batchnorm2d/state/data=unit'], hostileTexts));
    const tally = await survive({
      name: 'patterns of ids', inputs: fc.tuple(pattern, id), refusals: [],
      read: ([text, given]) => {
        if (text.length + given.length > 60) return void matchesPattern(text)(given);
        if (matchesPattern(text)(given) !== defined(text.split('/'), given.split('/'))) throw new Error('it says otherwise');
      },
    });
    expect(tally.refused).toBe(0);
  }, 10 * minutes);
});

/** The definition, written down: slow. */
function defined(pattern: readonly string[], id: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return id.length === 0;
  if (first === '**') return Array.from({ length: id.length + 1 }, (_, skipped) => id.slice(skipped)).some((left) => defined(rest, left));
  return id.length > 0 && definedComponent(first, id[0]!) && defined(rest, id.slice(1));
}

function definedComponent(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) return Array.from({ length: text.length + 1 }, (_, skipped) => text.slice(skipped)).some((left) => definedComponent(pattern.slice(1), left));
  return text.startsWith(pattern[0]!) && definedComponent(pattern.slice(1), text.slice(1));
}
