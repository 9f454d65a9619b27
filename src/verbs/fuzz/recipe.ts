import { parseProgram } from '../../cases/axes.ts';
import type { Case, InitialValues, Layer, Layout, RankData, StatisticsRow } from '../../cases/case.ts';
import { drawInitial } from '../../cases/data.ts';
import { integers, type SeedPart } from '../../tensor/generator.ts';
import { roundTo } from '../../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../../tensor/tensor.ts';
import { type DrawnRegime, placesIn, valueOf } from '../../cases/regimes.ts';

/** How γ, β and the state start: as the framework leaves them, at distinct small numbers, or at the edges of what is allowed. */
export type Start = 'default' | 'distinct' | 'extreme';

/** The choices behind one drawn case: a few words and numbers, from which the tensors follow. */
export interface Recipe {
  readonly seed: number;
  readonly layer: Layer;
  /** [N, C, …spatial]. */
  readonly shape: readonly number[];
  /** num_features, where it is not C. */
  readonly features?: number;
  readonly program: string;
  readonly statistics: StatisticsRow;
  readonly momentum: number | null;
  readonly eps: number;
  readonly affine: boolean;
  readonly dtype: FloatType;
  readonly layout: Layout;
  readonly start: Start;
  /** Of x, per channel; repeated where there are more channels. */
  readonly x: readonly DrawnRegime[];
  /** Of dy. */
  readonly dy: DrawnRegime;
}

/** The case that the choices make; the same bits for the same choices. */
export function caseOf(recipe: Recipe, id: string): Case {
  const { seed, layer, shape, program, statistics, momentum, eps, affine, dtype, layout, start, x, dy } = recipe;
  const steps = parseProgram(program);
  const numFeatures = recipe.features ?? shape[1] ?? 1;
  const many = (op: string, regimes: readonly DrawnRegime[]): readonly Tensor[] => steps.filter((step) => step.op === op)
    .map((_, step) => drawTensor([seed, op, step], dtype, shape, regimes));
  const data: RankData = { inputs: many('forward', x), grads: many('backward', [dy]) };
  return {
    id, layer, config: { numFeatures, eps, momentum, affine, statistics, dtype }, initial: initialOf(start, recipe, numFeatures), ranks: [data], program: steps,
    ...(layout === 'contiguous' ? {} : { layout }),
  };
}

/** A tensor [N, C, …spatial] whose channel c is drawn by the c-th regime. */
export function drawTensor(seed: readonly SeedPart[], dtype: FloatType, shape: readonly number[], regimes: readonly DrawnRegime[]): Tensor {
  const next = integers([...seed, dtype, ...shape]);
  const placeOf = placesIn(shape, dtype);
  const data = Float64Array.from({ length: countElements(shape) }, (_, i) => {
    const place = placeOf(i);
    const regime = regimes[place.channel % regimes.length] ?? 'unit';
    return roundTo(valueOf(regime, (next() >>> 8) % 4096, place), dtype);
  });
  return { dtype, shape, data };
}

const names = ['gamma', 'beta', 'running_mean', 'running_var'] as const;

function initialOf(start: Start, { seed, statistics, affine, dtype }: Recipe, channels: number): InitialValues {
  if (start === 'default') return {};
  const held = names.filter((name) => (name.startsWith('running') ? statistics !== 'untracked' : affine));
  const draw = start === 'distinct' ? drawInitial : drawExtreme;
  return Object.fromEntries(held.map((name) => [name, draw([seed], name, dtype, channels)]));
}

/** What a start at the edges may be, all finite and, for the variance, not negative. */
const extremes = {
  gamma: [0, -1, 2 ** -10, 1024, 1, -0.5],
  beta: [0, 1024, -1, 2 ** -10],
  running_mean: [0, 1000, -1000, 2 ** -10],
  running_var: [0, 2 ** -20, 1, 1024, 30000],
} as const;

function drawExtreme(seed: readonly SeedPart[], name: (typeof names)[number], dtype: FloatType, channels: number): Tensor {
  const next = integers([...seed, 'extreme', name, dtype, channels]);
  const choices = extremes[name];
  const data = Float64Array.from({ length: channels }, () => roundTo(choices[(next() >>> 8) % choices.length] ?? 0, dtype));
  return { dtype, shape: [channels], data };
}
