import { integers, type SeedPart } from '../tensor/generator.ts';
import { roundTo } from '../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';
import { parseWord } from './axes.ts';

/**
 * How inputs are drawn. From an integer k, uniform in [0, 4096), so that every machine gets the same bits.
 *
 *     unit           (k − 2048)/1024            mean ≈ 0, σ ≈ 1.15
 *     tiny-variance  3·(k − 2048)/2²⁰           σ² ≈ 1.1e-5, about ε
 *     offset-1e3     1000 + (k − 2048)/1024     |μ|/s ≈ 1e3
 *     offset-1e7     10⁷ + (k − 2048)/1024      |μ|/s ≈ 1e7: whole numbers in float32, whose variance no float32 sum determines
 *     exact          (k mod 32) − 16            small integers: sums are exact in any order
 */
const regimes = {
  'unit': (k: number) => (k - 2048) / 1024,
  'tiny-variance': (k: number) => (3 * (k - 2048)) / 1_048_576,
  'offset-1e3': (k: number) => 1000 + (k - 2048) / 1024,
  'offset-1e7': (k: number) => 1e7 + (k - 2048) / 1024,
  'exact': (k: number) => (k % 32) - 16,
} as const;

export type Regime = keyof typeof regimes;

export function parseRegime(text: string): Regime {
  return parseWord('data', text, Object.keys(regimes) as Regime[]);
}

/** Input of one step and rank: bits depend on the seed parts, shape, dtype and regime alone. */
export function drawInput(seed: readonly SeedPart[], regime: Regime, dtype: FloatType, shape: readonly number[]): Tensor {
  return draw([...seed, 'input', regime, dtype, ...shape], dtype, shape, regimes[regime]);
}

/** Upstream gradient: unit draws, integers for exact data so that Σdy is exact. */
export function drawGradient(seed: readonly SeedPart[], regime: Regime, dtype: FloatType, shape: readonly number[]): Tensor {
  return draw([...seed, 'gradient', regime, dtype, ...shape], dtype, shape, regime === 'exact' ? regimes.exact : regimes.unit);
}

/** Distinct initial values [C]: small dyadic numbers, none at its default, neighbours different. */
export function drawInitial(seed: readonly SeedPart[], name: 'gamma' | 'beta' | 'running_mean' | 'running_var', dtype: FloatType, channels: number): Tensor {
  const next = integers([...seed, 'initial', name, dtype, channels]);
  const data = Float64Array.from({ length: channels }, (_, c) => initialValue(name, next(), c));
  return { dtype, shape: [channels], data };
}

function initialValue(name: 'gamma' | 'beta' | 'running_mean' | 'running_var', random: number, channel: number): number {
  const magnitude = (5 + 2 * (random % 5) + 10 * (channel % 2)) / 16; // odd sixteenths: never 0 or 1
  if (name === 'running_var') return magnitude;
  return (random >>> 8) % 2 === 0 ? magnitude : -magnitude;
}

function draw(seed: readonly SeedPart[], dtype: FloatType, shape: readonly number[], value: (k: number) => number): Tensor {
  const next = integers(seed);
  const data = new Float64Array(countElements(shape));
  for (let i = 0; i < data.length; i++) data[i] = roundTo(value((next() >>> 8) % 4096), dtype);
  return { dtype, shape, data };
}
