import type fc from 'fast-check';
import { parseProgram } from '../cases/axes.ts';
import { type Case, countGradients, type InitialValues, type StatisticsRow } from '../cases/case.ts';
import { largestFinite, smallestNormal, smallestSubnormal } from '../tensor/formats.ts';
import { integers, type SeedPart } from '../tensor/generator.ts';
import { roundTo } from '../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';

/** fast-check itself; a test hands it in, since what is no test takes nothing but types from development packages. */
export type FastCheck = typeof fc;

/** How the values of one tensor lie: magnitude 2^exponent, spread 2^exponent/condition around it; condition 0 is centred on 0. */
export interface Spread {
  readonly exponent: number;
  readonly condition: number;
}

/** What a question to both reference and oracle may vary. */
export interface OracleDrawn {
  readonly seed: number;
  readonly dtype: FloatType;
  /** N of each rank; one rank is not synchronised. */
  readonly batches: readonly number[];
  readonly channels: number;
  readonly spatial: number;
  readonly program: string;
  readonly statistics: StatisticsRow;
  readonly momentum: number | null;
  readonly eps: number;
  readonly affine: boolean;
  readonly x: Spread;
  readonly dy: Spread;
  /** γ, β and state away from their defaults; null keeps those. */
  readonly initial: { readonly parameters: Spread; readonly state: Spread } | null;
}

const programs = [
  'train', 'train-backward', 'fresh-backward', 'eval-backward', 'train-train-eval', 'train-backward-train-backward', 'eval-train-eval-backward',
  'train-momentum:0.7-train-momentum:cumulative-train', 'train-eps:0.5-train-backward-eval-backward', 'train-statistics:paused-train-backward-eval-backward',
  'train-accumulate-eval-accumulate', 'statistics:running-train-backward-statistics:tracked-train', 'train-train-train-eval-backward', 'train-eval-train-backward-eval-backward',
];

/** Exponents of the whole range of a type; its subnormals and its largest numbers come up more often than their share of it. */
function exponents({ oneof, integer }: FastCheck, dtype: FloatType): fc.Arbitrary<number> {
  const smallest = Math.log2(smallestSubnormal(dtype));
  const largest = Math.round(Math.log2(largestFinite(dtype))) - 1;
  return oneof(
    { weight: 8, arbitrary: integer({ min: -10, max: 10 }) }, { weight: 4, arbitrary: integer({ min: smallest, max: largest }) },
    { weight: 1, arbitrary: integer({ min: smallest, max: Math.log2(smallestNormal(dtype)) - 1 }) }, { weight: 1, arbitrary: integer({ min: largest - 7, max: largest }) },
  );
}

/** Condition numbers up to 1e7, 0 among them. */
function conditions({ oneof, constant, double }: FastCheck): fc.Arbitrary<number> {
  return oneof(constant(0), constant(1e7), double({ min: 0, max: 7, noNaN: true }).map((digits) => 10 ** digits));
}

function spreadOf(check: FastCheck, dtype: FloatType): fc.Arbitrary<Spread> {
  return check.record({ exponent: exponents(check, dtype), condition: conditions(check) });
}

/** γ and β as far as γ/s stays a float64 number for every s: the bounds are computed in float64 and start from it. */
function parametersOf(check: FastCheck, dtype: FloatType): fc.Arbitrary<Spread> {
  return spreadOf(check, dtype).map(({ exponent, condition }) => ({ exponent: Math.max(-400, Math.min(400, exponent)), condition }));
}

/** N of one rank. */
function oneRank({ integer }: FastCheck, min: number, max: number): fc.Arbitrary<readonly number[]> {
  return integer({ min, max }).map((batch) => [batch]);
}

/** N of one to three ranks, together at least two values per channel; large ones are few, since rational numbers are slow. */
function sizesOf(check: FastCheck): fc.Arbitrary<readonly number[]> {
  const fewRanks = check.array(check.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).filter((batches) => batches.length > 1 || batches[0] !== 1);
  return check.oneof({ weight: 900, arbitrary: fewRanks }, { weight: 90, arbitrary: oneRank(check, 6, 24) }, { weight: 9, arbitrary: oneRank(check, 25, 200) });
}

/** Thousands of values per channel on one rank. */
export function largeSizes(check: FastCheck): fc.Arbitrary<readonly number[]> {
  return oneRank(check, 1000, 10_000);
}

/** Questions of one type; `sizes` gives N per rank. */
export function oracleDrawn(check: FastCheck, dtype: FloatType, sizes = sizesOf(check)): fc.Arbitrary<OracleDrawn> {
  const { record, nat, constant, integer, constantFrom, option } = check;
  const initial = record({ parameters: parametersOf(check, dtype), state: spreadOf(check, dtype) });
  return record({
    seed: nat(), dtype: constant(dtype), batches: sizes, channels: integer({ min: 1, max: 2 }), spatial: constantFrom(1, 1, 2),
    program: constantFrom(...programs), statistics: constantFrom('tracked', 'tracked', 'untracked', 'batch', 'running'),
    momentum: constantFrom(0, 0.1, 0.3, 0.5, 1, null), eps: constantFrom(1e-12, 1e-5, 1e-3, 1), affine: constantFrom(true, true, true, false),
    x: spreadOf(check, dtype), dy: spreadOf(check, dtype), initial: option(initial, { freq: 2 }),
  });
}

/** The question that the choices make; the same bits for the same choices. */
export function oracleQuestion(drawn: OracleDrawn): Case {
  const { seed, batches: sizes, channels, spatial, program, dtype, statistics, momentum, eps, affine, x, dy } = drawn;
  const parsed = parseProgram(program);
  const draw = (name: string, count: number, spread: Spread, batch: number, rank: number) => Array.from({ length: count }, (_, step) => (
    drawTensor([name, seed, rank, step], dtype, [batch, channels, spatial], spread)
  ));
  return {
    id: `oracle/${program}`, layer: sizes.length > 1 ? 'syncbatchnorm' : 'batchnorm1d', config: { numFeatures: channels, eps, momentum, statistics, dtype, affine },
    initial: initialValues(drawn), program: parsed,
    ranks: sizes.map((batch, rank) => ({ inputs: draw('x', parsed.filter(({ op }) => op !== 'backward').length, x, batch, rank), grads: draw('dy', countGradients(parsed), dy, batch, rank) })),
  };
}

function initialValues({ seed, dtype, channels, statistics, affine, initial }: OracleDrawn): InitialValues {
  if (initial === null) return {};
  const draw = (name: string, spread: Spread) => drawTensor([name, seed], dtype, [channels], spread);
  const parameters = affine ? { gamma: draw('gamma', initial.parameters), beta: draw('beta', initial.parameters) } : {};
  const variance = draw('running_var', initial.state);
  const state = statistics === 'untracked' ? {} : { running_mean: draw('running_mean', initial.state), running_var: { ...variance, data: variance.data.map(Math.abs) } };
  return { ...parameters, ...state };
}

/** 2^exponent·(1 + unit/condition), or 2^exponent·unit, with `unit` in [−1, 1) in as many bits as the type has; rounded, held in range. */
function drawTensor(seed: readonly SeedPart[], dtype: FloatType, shape: readonly number[], { exponent, condition }: Spread): Tensor {
  const next = integers(seed);
  const scale = 2 ** exponent;
  const limit = largestFinite(dtype);
  const data = Float64Array.from({ length: countElements(shape) }, () => {
    const unit = (next() + next() * 2 ** -32) * 2 ** -31 - 1;
    const value = scale * (condition === 0 ? unit : 1 + unit / condition);
    return roundTo(Math.min(limit, Math.max(-limit, value)), dtype);
  });
  return { dtype, shape, data };
}

/** What a question is an example of, so that a test can count them. */
export function traitsOf(drawn: OracleDrawn): readonly string[] {
  const { dtype, batches: sizes, spatial, program, statistics, x } = drawn;
  const n = spatial * sizes.reduce((a, b) => a + b, 0);
  const held = {
    [`row ${statistics}`]: true, [`ranks ${String(sizes.length)}`]: true, gradients: program.includes('backward'), 'several steps': program.split('-').length > 2,
    'condition ≥ 1e6': x.condition >= 1e6, subnormal: 2 ** x.exponent < smallestNormal(dtype), huge: 2 ** x.exponent >= largestFinite(dtype) / 256, 'n = 2': n === 2, 'n ≥ 100': n >= 100,
  };
  return Object.entries(held).filter(([, holds]) => holds).map(([name]) => name);
}

/** Traits that 5000 drawn questions must have, each with about two thirds of the number of times that it comes up. */
export const leastTraits: Readonly<Record<string, number>> = {
  'row tracked': 1300, 'row untracked': 600, 'row batch': 600, 'row running': 600, 'ranks 1': 1200, 'ranks 2': 1000, 'ranks 3': 1000,
  'gradients': 2600, 'several steps': 1800, 'condition ≥ 1e6': 1000, 'subnormal': 250, 'huge': 250, 'n = 2': 150, 'n ≥ 100': 10,
};
