import { parseRanks } from '../cases/axes.ts';
import { gradientWords } from '../cases/data.ts';
import { capabilities, type Layer, layouts, routes } from '../cases/case.ts';
import { initialWords, options } from '../cases/options.ts';
import type { PlannedCase } from '../cases/plan.ts';
import { regimeWords } from '../cases/regimes.ts';
import { acceptsRank } from '../reference/refusal.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { Circumstance } from '../spec/generated/dialect.ts';
import type { ParametersFile } from '../spec/generated/parameters.ts';
import { integerTypes } from '../tensor/tensor.ts';

/** What could be asked, and what of it is not. */
export interface Reach {
  readonly words: Vocabulary;
  readonly holes: readonly Hole[];
}

/** Everything that can be asked along an axis: its words, and of a number the ranges that a dialect tells apart. */
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

/** Something that could be asked and is not. */
export interface Hole {
  readonly axis: string;
  readonly value: string;
  /** Dialects in which it is not always an error, as `framework@version`; none: its refusal is what is not asked. */
  readonly allowedBy: readonly string[];
}

/** Rows and types as spec/parameters.json lists them in words; the rest is what cases are made of. Every layer has each: `batchnorm1d:train`. */
export function vocabulary({ parameters, modeTable }: ParametersFile): Vocabulary {
  const dtypes = wordsOf(parameters.find(({ name }) => name === 'dtype')?.domain ?? '');
  const ofEach = {
    program: ['train', 'eval', 'fresh', 'backward', 'reload', 'copy', 'convert', 'stay', 'describe', 'momentum', 'eps', 'statistics', 'freeze', 'unfreeze', 'accumulate', 'double'],
    rank: ['1', '2', '3', '4', '5'],
    elements: ['0', '1', 'many'],
    extent: ['batch', 'channels', 'spatial'].flatMap((axis) => extentsAsked.map((extent) => `${axis}:${String(extent)}`)),
    features: ['own', 'other', 'zero', 'negative', 'fraction'],
    dtype: dtypes,
    statistics: modeTable.map(({ row }) => row),
    affine: ['true', 'false', 'frozen', 'scale'],
    option: options,
    threads: ['1', '2'],
    capability: ['own', ...capabilities],
    momentum: ['zero', 'between', '1', 'cumulative', 'negative', 'above-one'],
    eps: ['between', '1', 'zero', 'negative', 'above-one'],
    initial: initialWords,
    data: regimeWords,
    dy: gradientWords,
    layout: layouts,
    route: routes,
    input: [...dtypes, ...integerTypes],
  };
  const crossed = Object.entries(ofEach).map(([axis, values]) => [axis, layers.flatMap((layer) => values.filter((value) => isOf(layer, value)).map((value) => `${layer}:${value}`))]);
  return { layer: layers, ...Object.fromEntries(crossed) as Vocabulary };
}

const layers: readonly Layer[] = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm'];

/** Which processes it spans is asked of the layer that spans some. */
function isOf(layer: Layer, value: string): boolean {
  return layer === 'syncbatchnorm' || !/^(groups|kernels)-/.test(value);
}

/** Around the widths of vector registers and blocks. */
const extentsAsked = [0, 1, 2, 3, 4, 5, 7, 16, 63, 64, 65, 127, 1000];

function wordsOf(domain: string): readonly string[] {
  return domain.match(/\b[a-z]+\d+\b/g) ?? [];
}

/** What no case of a plan asks, and who would have allowed it. */
export function findHoles(cases: readonly PlannedCase[], known: Vocabulary, dialects: readonly Dialect[]): readonly Hole[] {
  const asked = new Set<string>();
  const seen = new Set<string>();
  for (const planned of cases) addAsked(planned, asked, seen);
  return Object.entries(known).flatMap(([axis, values]) => values.filter((value) => !asked.has(`${axis}=${value}`)).map((value) => ({
    axis, value, allowedBy: dialects.filter((dialect) => allows(dialect, axis, value)).map(({ framework, version }) => `${framework}@${version}`),
  })));
}

/** An entry of the error contract that speaks of this value alone, or of this value of this layer, refuses it whatever else is asked. */
function allows(dialect: Dialect, axis: string, value: string): boolean {
  const [layer = '', word = ''] = value.split(/:(.*)/s);
  if (axis === 'statistics') return dialect.statistics[word as keyof Dialect['statistics']].spelling !== null;
  if (axis === 'dtype' && !dialect.parameters.dtype.domain.includes(word)) return false;
  const fact = axis === 'rank' && !acceptsRank(layer as Layer, Number(word)) ? [word, 'refused'] : [word];
  return !dialect.errors.some(({ when }) => speaksAloneOf(when, axis) && when[axis as keyof Circumstance]?.some((one) => fact.includes(one)) === true && (when.layer?.some((one) => one === layer) ?? true));
}

function speaksAloneOf(when: Circumstance, axis: string): boolean {
  return Object.keys(when).every((fact) => fact === 'layer' || fact === axis);
}

/** Adds what one case asks, as `axis=value` in the words of the vocabulary. A golden asks what its data say, which no axis names. */
function addAsked({ layer, axes, literal }: PlannedCase, asked: Set<string>, seen: Set<string>): void {
  asked.add(`layer=${layer}`);
  if (literal !== null) return;
  for (const [axis, value] of Object.entries({ route: 'module', input: axes['dtype'] ?? 'float32', ...axes })) {
    const place = `${layer} ${axis}=${value} ${axis === 'features' ? (axes['shape'] ?? '') : ''}`;
    if (seen.has(place)) continue;
    seen.add(place);
    for (const word of said(axis, value, axes)) asked.add(word.replace('=', `=${layer}:`));
  }
}

function said(axis: string, value: string, axes: PlannedCase['axes']): readonly string[] {
  if (axis === 'shape' || axis === 'ranks') return extents(parseRanks(value));
  if (axis === 'program') return value.split('-').map((word) => `program=${word.replace(/(\d|:.*)$/, '')}`);
  if (axis === 'features') return [`features=${value === axes['shape']?.split('x')[1] ? 'own' : countRange(Number(value))}`];
  if (axis === 'eps' || (axis === 'momentum' && value !== 'cumulative')) return [`${axis}=${unitRange(Number(value))}`];
  return [`${axis}=${value}`];
}

function extents(shapes: readonly (readonly number[])[]): readonly string[] {
  const elements = shapes.reduce((sum, [batch = 0, , ...spatial]) => sum + spatial.reduce((product, extent) => product * extent, batch), 0);
  const single = shapes.flatMap(([batch = 0, channels = 0, ...spatial]) => [`extent=batch:${String(batch)}`, `extent=channels:${String(channels)}`, ...spatial.map((extent) => `extent=spatial:${String(extent)}`)]);
  return [...single, `rank=${String(shapes[0]?.length)}`, `elements=${elements > 1 ? 'many' : String(elements)}`];
}

function countRange(value: number): string {
  if (!Number.isInteger(value)) return 'fraction';
  return value < 0 ? 'negative' : value === 0 ? 'zero' : 'other';
}

function unitRange(value: number): string {
  if (value < 0 || value > 1) return value < 0 ? 'negative' : 'above-one';
  return value === 0 ? 'zero' : value === 1 ? '1' : 'between';
}
