import { allocateNumbers } from '../tensor/allocate.ts';
import { integers, type SeedPart } from '../tensor/generator.ts';
import { allocateBoth } from '../tensor/narrow.ts';
import { roundTo } from '../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';
import { parseWord } from './axes.ts';
import { type DrawnRegime, needsPlace, type Place, placesIn, regimeWords, valueOf } from './regimes.ts';

export type Regime = DrawnRegime;

export function parseRegime(text: string): Regime {
  return parseWord('data', text, regimeWords);
}

/** Upstream gradients: by default unit draws, or small integers where x is exact, so that Σdy is exact too. */
export const gradientWords = ['default', 'ones', 'zeros', 'sparse'] as const;
export type GradientWord = (typeof gradientWords)[number];

/** Input [N, C, …spatial] of one step and rank: bits depend on the seed parts, shape, dtype and regime alone. */
export function drawInput(seed: readonly SeedPart[], regime: Regime, dtype: FloatType, shape: readonly number[]): Tensor {
  return draw([...seed, 'input', regime, dtype, ...shape], dtype, shape, regime);
}

/** Upstream gradient, in the shape and type of the input. */
export function drawGradient(seed: readonly SeedPart[], regime: Regime, dtype: FloatType, shape: readonly number[], word: GradientWord = 'default'): Tensor {
  if (word === 'ones' || word === 'zeros') return { dtype, shape, data: new Float64Array(countElements(shape)).fill(word === 'ones' ? 1 : 0) };
  const own = word === 'sparse' ? 'mostly-zeros' : regime === 'exact' ? 'exact' : 'unit';
  return draw([...seed, 'gradient', regime, dtype, ...shape], dtype, shape, own);
}

/** Distinct initial values [C]: small dyadic numbers, none at its default, neighbours different. */
export function drawInitial(seed: readonly SeedPart[], name: 'gamma' | 'beta' | 'running_mean' | 'running_var', dtype: FloatType, channels: number): Tensor {
  const next = integers([...seed, 'initial', name, dtype, channels]);
  const data = allocateNumbers(channels);
  for (let c = 0; c < channels; c++) data[c] = initialValue(name, next(), c);
  return { dtype, shape: [channels], data };
}

function initialValue(name: 'gamma' | 'beta' | 'running_mean' | 'running_var', random: number, channel: number): number {
  const magnitude = (5 + 2 * (random % 5) + 10 * (channel % 2)) / 16; // odd sixteenths: never 0 or 1
  if (name === 'running_var') return magnitude;
  return (random >>> 8) % 2 === 0 ? magnitude : -magnitude;
}

function draw(seed: readonly SeedPart[], dtype: FloatType, shape: readonly number[], regime: Regime): Tensor {
  const count = countElements(shape);
  if (dtype === 'float32' && count >= leastBoth && !needsPlace(regime)) return drawBoth(seed, shape, valuesOf(regime, dtype));
  const next = integers(seed);
  const data = allocateNumbers(count);
  if (needsPlace(regime)) {
    const placeOf = placesIn(shape, dtype);
    for (let i = 0; i < data.length; i++) data[i] = roundTo(valueOf(regime, integerOf(next()), placeOf(i)), dtype);
  } else {
    const values = valuesOf(regime, dtype);
    for (let i = 0; i < data.length; i++) data[i] = values[integerOf(next())]!;
  }
  return { dtype, shape, data };
}

/** From here on a tensor goes to a runner as a file of float32, for which it need not be gone through again. */
const leastBoth = 65_536;

function drawBoth(seed: readonly SeedPart[], shape: readonly number[], values: Float64Array): Tensor {
  const next = integers(seed);
  const { data, float32 } = allocateBoth(countElements(shape));
  for (let i = 0; i < data.length; i++) {
    const value = values[integerOf(next())]!;
    data[i] = value;
    float32[i] = value;
  }
  return { dtype: 'float32', shape, data };
}

/** The regimes draw from so many integers. */
const range = 4096;

function integerOf(random: number): number {
  return (random >>> 8) % range;
}

const tables = new Map<string, Float64Array>();

/** The rounded value of every integer, for a regime whose values do not depend on where they stand. */
function valuesOf(regime: Regime, dtype: FloatType): Float64Array {
  const key = `${regime} ${dtype}`;
  const values = tables.get(key) ?? Float64Array.from({ length: range }, (_, k) => roundTo(valueOf(regime, k, nowhere), dtype));
  tables.set(key, values);
  return values;
}

const nowhere: Place = { index: 0, count: 1, channel: 0, dtype: 'float64' };
