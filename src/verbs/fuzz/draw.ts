import type { Layer, Layout, StatisticsRow } from '../../cases/case.ts';
import { integers } from '../../tensor/generator.ts';
import { countElements, type FloatType } from '../../tensor/tensor.ts';
import type { Offer } from './offer.ts';
import type { Recipe, Start } from './recipe.ts';
import { type DrawnRegime, hardRegimes, plainRegimes } from '../../cases/regimes.ts';

/** Choices from one stream of integers. */
interface Dice {
  readonly below: (n: number) => number;
  readonly of: <T>(choices: readonly T[]) => T;
  /** True once in so many times. */
  readonly once: (n: number) => boolean;
}

function diceOf(seed: number, run: number): Dice {
  const next = integers(['fuzz', seed, run]);
  const below = (n: number): number => Math.floor((next() / 2 ** 32) * n);
  return { below, of: (choices) => choices[below(choices.length)]!, once: (n) => below(n) === 0 };
}

/** The recipe of one run: the same choices for the same seed, run and offer. */
export function drawRecipe(seed: number, run: number, offer: Offer): Recipe {
  const dice = diceOf(seed, run);
  const layer = dice.of(offer.layers);
  const dtype = drawDtype(dice, offer);
  const shape = drawShape(dice, layer);
  const program = drawProgram(dice);
  const statistics = dice.of<StatisticsRow>(offer.rows.includes('tracked') ? ['tracked', 'tracked', ...offer.rows] : offer.rows);
  const circumstances = { program, statistics, dtype, momentum: drawMomentum(dice, offer), eps: drawEps(dice, dtype), start: dice.of<Start>(['default', 'default', 'distinct', 'distinct', 'extreme']) };
  const x = drawRegimes(dice).map((regime) => judgeableInput(regime, circumstances));
  const dy = dice.once(6) ? dice.of(hardRegimes) : dice.of<DrawnRegime>(['unit', 'exact', 'mostly-zeros']);
  return {
    ...circumstances, seed: dice.below(2 ** 31), layer, shape: dice.once(60) ? wrongAxes(dice, shape) : shape,
    ...(dice.once(60) ? { features: (shape[1] ?? 1) + 1 } : {}),
    affine: !dice.once(4), layout: dice.of<Layout>(['contiguous', 'contiguous', 'contiguous', 'channels-last', 'transposed', 'strided']),
    x, dy: judgeableGradient(dy, x, circumstances),
  };
}

const notFinite: readonly DrawnRegime[] = ['one-nan', 'one-infinity'];
const beyondHalf: readonly DrawnRegime[] = ['offset-1e4', 'offset-1e5', 'offset-1e6', 'offset-1e7', 'one-outlier', 'huge'];
const small: readonly DrawnRegime[] = ['unit', 'tiny-variance', 'two-values', 'mostly-zeros'];

type Circumstances = Pick<Recipe, 'program' | 'statistics' | 'dtype' | 'momentum' | 'eps' | 'start'>;

/**
 * The regime of x, or `unit` where the judge has no bound that would hold: NaN and infinity where running statistics are differentiated
 * (the bound of dx is NaN there) or have weight 0 in float64; in float16 what overflows the type itself; and squares that overflow
 * where the reference has no wider numbers (float64), where a weight of 0 multiplies what has overflowed, or where x̂ itself overflows
 * beside a running variance near 0.
 */
function judgeableInput(regime: DrawnRegime, { program, statistics, dtype, momentum, start }: Circumstances): DrawnRegime {
  const unbounded = notFinite.includes(regime) && (differentiatesRunning(program, statistics) || (dtype === 'float64' && momentum === 0));
  const overflows = (dtype === 'float16' && beyondHalf.includes(regime)) || (regime === 'huge' && (dtype === 'float64' || momentum === 1 || momentum === 0 || start === 'extreme'));
  return unbounded || overflows ? 'unit' : regime;
}

/** The same for dy, whose products with x and 1/s must not overflow; an infinity times a rounded x − μ near 0 has no right sign. */
function judgeableGradient(regime: DrawnRegime, x: readonly DrawnRegime[], { program, statistics, dtype, eps, start }: Circumstances): DrawnRegime {
  const unbounded = regime === 'one-infinity' || (regime === 'one-nan' && differentiatesRunning(program, statistics));
  const large = beyondHalf.includes(regime) && (dtype === 'float16' || x.includes('huge'));
  const huge = regime === 'huge' && (dtype === 'float64' || eps < 0.1 || start === 'extreme' || !x.every((own) => small.includes(own)));
  return unbounded || large || huge ? 'unit' : regime;
}

function differentiatesRunning(program: string, statistics: StatisticsRow): boolean {
  return (statistics === 'running' ? /backward/ : /(eval|fresh)(-reload)*-backward/).test(program);
}

/** Half of the runs in float32, where most people work. */
function drawDtype(dice: Dice, { dtypes }: Offer): FloatType {
  return dtypes.includes('float32') && dice.once(2) ? 'float32' : dice.of(dtypes);
}

/** Numbers around the widths of vector registers and blocks, on both sides. */
const batches = [1, 2, 2, 3, 4, 5, 7, 8, 9, 15, 17, 33];
const channels = [1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65];
const extents = [1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 9, 15, 16, 17];
const axes: Readonly<Record<Layer, readonly number[]>> = { batchnorm1d: [0, 1], batchnorm2d: [2], batchnorm3d: [3], syncbatchnorm: [0] };

/** Elements of one input at most, but for the long ones. */
const largestInput = 2048;

function drawShape(dice: Dice, layer: Layer): readonly number[] {
  const spatial = Array.from({ length: dice.of(axes[layer]) }, () => dice.of(extents));
  if (dice.once(200)) return longShape(dice, spatial.length);
  const shape = [dice.of(batches), dice.of(channels), ...spatial];
  for (let axis = shape.length - 1; countElements(shape) > largestInput; axis = axis === 0 ? shape.length - 1 : axis - 1) {
    shape[axis] = Math.ceil(shape[axis]! / 2);
  }
  return shape;
}

/** Many elements per channel, on the batch axis or on the last one. */
function longShape(dice: Dice, spatialAxes: number): readonly number[] {
  const many = 1000 + dice.below(9000);
  const ones = Array.from({ length: spatialAxes }, () => 1);
  return spatialAxes > 0 && dice.once(2) ? [1, 1 + dice.below(2), ...ones.slice(1), many] : [many, 1 + dice.below(2), ...ones];
}

function wrongAxes(dice: Dice, shape: readonly number[]): readonly number[] {
  return dice.once(2) ? [...shape, 1, 1] : [countElements(shape)];
}

function drawMomentum(dice: Dice, { cumulative }: Offer): number | null {
  if (cumulative && dice.once(5)) return null;
  return dice.of([0.1, 0.1, 0.01, 0.25, 0.3, 0.5, 0.9, 0.99, 0, 1]);
}

/** (0, 1], where the frameworks agree: the usual ones, and powers of ten down to 1e-12; 1e-6 in float16, where 1/s must stay in range. */
function drawEps(dice: Dice, dtype: FloatType): number {
  return dice.once(2) ? dice.of([1e-5, 1e-3, 1e-6, 0.1, 1]) : 10 ** -dice.below(dtype === 'float16' ? 7 : 13);
}

function drawRegimes(dice: Dice): readonly DrawnRegime[] {
  const one = (): DrawnRegime => (dice.once(3) ? dice.of(hardRegimes) : dice.of(plainRegimes));
  return dice.once(3) ? [one(), one(), one()] : [one()];
}

/** One to six steps; each forward is differentiated once at most, and `fresh` comes before any mode was set. */
function drawProgram(dice: Dice): string {
  const length = 1 + dice.below(6);
  const words = [dice.once(12) ? 'fresh' : dice.of(['train', 'train', 'train', 'eval'])];
  while (words.length < length) words.push(dice.of(followers(words)));
  return words.join('-');
}

function followers(words: readonly string[]): readonly string[] {
  const last = words.findLast((word) => word !== 'reload');
  const onlyFresh = words.every((word) => word === 'fresh' || word === 'backward' || word === 'reload');
  return ['train', 'train', 'eval', 'eval', 'reload', ...(last === 'backward' ? [] : ['backward', 'backward']), ...(onlyFresh ? ['fresh'] : [])];
}
