import type { Case } from '../../../cases/case.ts';
import type { TensorObservable } from '../../../runners/observation.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { drawTensor } from '../recipe.ts';
import { asItIs, baseOf, channelAt, channelPositions, dataOf, lastOf, mapChannels, pickSamples, samplePositions, throughout, upTo, withData } from './derive.ts';
import type { Pair, RelatedRecipe, Relation } from './relation.ts';
import { type Asked, chosen, linear, picked, scaled, type Values, valuesAt } from './values.ts';

const batchPrograms = ['train', 'train-train', 'train-backward', 'train-train-backward'];
const allPrograms = ['train', 'train-backward', 'eval', 'eval-backward', 'train-eval', 'train-eval-backward', 'eval-train-train-eval'];
const everyRow = ['tracked', 'untracked', 'batch', 'running'] as const;
const batchRows = ['tracked', 'untracked', 'batch'] as const;

/** ±1/4 … ±512: with draws of 11 bits below the point every sum is exact in float32. */
const shiftOf = (twist: number, channel: number): number => (chosen(twist, `shift ${String(channel)}`, 4096) - 2048) / 4;

/** By batch statistics a constant per channel cancels; it shows in the running mean alone, by the weight of each step. */
export const constantAdded: Relation = {
  name: 'constant-added', claim: 'a constant added to a channel changes neither y nor a gradient, and moves the running mean by m times it',
  rules: ['BN-NORM-01', 'BN-GRAD-01', 'BN-STATE-02', 'BN-STATE-03'],
  rows: batchRows, programs: batchPrograms, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['running-statistics-in-training', 'batch-mean-ignored', 'uncentred-running-variance'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    return [base, withData(base, { inputs: dataOf(base).inputs.map((x) => mapChannels(x, (value, c) => value + shiftOf(recipe.twist, c))) })];
  },
  pairs: ([base, moved], recipe) => shiftedPairs(base, moved, recipe),
};

function shiftedPairs(base: Asked, moved: Asked, { twist, momentum }: RelatedRecipe): readonly Pair[] {
  const forwards = base.case.program.map((_, step) => base.case.program.slice(0, step + 1).filter(({ op }) => op === 'forward').length);
  const reached = [0, ...forwards].map((count) => weightReached(momentum, count));
  return throughout(base, moved, (values, observable, step) => {
    if (observable !== 'running_mean') return values;
    return linear([[1, values]], Array.from(values.got, (_, c) => (reached[step + 1] ?? 0) * shiftOf(twist, c)));
  }, asItIs);
}

/** How much of a constant the running mean has taken up after so many updates. */
function weightReached(momentum: number | null, updates: number): number {
  let reached = 0;
  for (let k = 1; k <= updates; k++) reached += (momentum ?? 1 / k) * (1 - reached);
  return reached;
}

/** −6 … −1, 1, 2: ε grows at most sixteenfold. */
const exponentOf = (twist: number): number => [-6, -5, -4, -3, -2, -1, 1, 2][chosen(twist, 'scale', 8)] ?? 1;

/** x, rm by 2^k and ε, rv by 4^k: the same y, and dx by 2^−k. */
export const inputScaled: Relation = {
  name: 'input-scaled', claim: 'x and rm times 2^k with ε and rv times 4^k give the same y, dγ and dβ, and dx times 2^−k',
  rules: ['BN-NORM-03', 'BN-NORM-02', 'BN-GRAD-01', 'BN-GRAD-04', 'BN-STATE-03'],
  rows: everyRow, programs: allPrograms, leastBatch: 2, leastChannels: 1, largestEps: 1 / 16,
  brokenBy: ['eps-outside-sqrt', 'eps-constant', 'no-square-root'],
  cases: (recipe) => {
    const base = withState(baseOf(recipe));
    return [base, scaleCase(base, 2 ** exponentOf(recipe.twist))];
  },
  pairs: ([base, grown], { twist }) => {
    const factor = 2 ** exponentOf(twist);
    const factors: Readonly<Partial<Record<TensorObservable, number>>> = { dx: 1 / factor, running_mean: factor, running_var: factor ** 2 };
    return throughout(base, grown, (values, observable) => scaled(values, factors[observable] ?? 1), asItIs);
  },
};

/** The fresh state written out, since a scaled one is not fresh. */
function withState(question: Case): Case {
  const { numFeatures, dtype, statistics } = question.config;
  if (statistics === 'untracked') return question;
  const filled = (value: number): Tensor => ({ dtype, shape: [numFeatures], data: new Float64Array(numFeatures).fill(value) });
  return { ...question, initial: { running_mean: filled(0), running_var: filled(1), ...question.initial } };
}

function scaleCase(question: Case, factor: number): Case {
  const { config, initial } = question;
  const times = (tensor: Tensor, by: number): Tensor => ({ ...tensor, data: tensor.data.map((value) => value * by) });
  const { running_mean: mean, running_var: variance, ...parameters } = initial;
  const state = { ...(mean === undefined ? {} : { running_mean: times(mean, factor) }), ...(variance === undefined ? {} : { running_var: times(variance, factor ** 2) }) };
  const grown = withData(question, { inputs: dataOf(question).inputs.map((x) => times(x, factor)) });
  return { ...grown, config: { ...config, eps: config.eps * factor ** 2 }, initial: { ...parameters, ...state } };
}

/** The order of the samples, a permutation that is not the identity. */
function orderOf({ twist, shape: [batch = 1] }: RelatedRecipe): readonly number[] {
  const order = upTo(batch);
  for (let i = batch - 1; i > 0; i--) {
    const j = chosen(twist, `order ${String(i)}`, i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.every((sample, i) => sample === i) ? [...order.slice(1), 0] : order;
}

export const samplesReordered: Relation = {
  name: 'samples-reordered', claim: 'another order of the samples reorders y and dx, and changes neither state nor dγ and dβ',
  rules: ['BN-STAT-01', 'BN-GRAD-02', 'BN-GRAD-03'],
  rows: everyRow, programs: allPrograms, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['statistics-of-first-sample', 'tail-not-normalised'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    const order = orderOf(recipe);
    const { inputs, grads } = dataOf(base);
    return [base, withData(base, { inputs: inputs.map((x) => pickSamples(x, order)), grads: grads.map((dy) => pickSamples(dy, order)) })];
  },
  pairs: ([base, reordered], recipe) => {
    const positions = samplePositions(recipe.shape, orderOf(recipe));
    return throughout(base, reordered, (values, observable) => (observable === 'y' || observable === 'dx' ? picked(values, positions) : values), asItIs);
  },
};

/** One channel's part of an observable. */
function ofChannel(values: Values, observable: TensorObservable, shape: readonly number[], channel: number): Values {
  return picked(values, observable === 'y' || observable === 'dx' ? channelPositions(shape, channel) : [channel]);
}

const keptChannel = ({ twist, shape: [, channels = 1] }: RelatedRecipe): number => chosen(twist, 'channel', channels);

export const otherChannelsReplaced: Relation = {
  name: 'other-channels-replaced', claim: 'a channel does not see what the others hold',
  rules: ['BN-STAT-01'],
  rows: everyRow, programs: allPrograms, leastBatch: 2, leastChannels: 2, largestEps: 1,
  brokenBy: ['statistics-over-all-channels', 'neighbour-channel-statistics'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    const replace = (name: string) => (tensor: Tensor, step: number): Tensor => {
      const other = drawTensor([recipe.twist, name, step], tensor.dtype, tensor.shape, ['unit']);
      const kept = keptChannel(recipe);
      return { ...tensor, data: tensor.data.map((value, i) => (channelAt(tensor.shape, i) === kept ? value : 8 * other.data[i]! + 3)) };
    };
    const { inputs, grads } = dataOf(base);
    return [base, withData(base, { inputs: inputs.map(replace('x')), grads: grads.map(replace('dy')) })];
  },
  pairs: ([base, replaced], recipe) => {
    const own = (values: Values, observable: TensorObservable) => ofChannel(values, observable, recipe.shape, keptChannel(recipe));
    return throughout(base, replaced, own, own);
  },
};

export const channelAlone: Relation = {
  name: 'channel-alone', claim: 'a layer of one channel does what that channel does among others',
  rules: ['BN-STAT-01', 'BN-NORM-04'],
  rows: everyRow, programs: allPrograms, leastBatch: 2, leastChannels: 2, largestEps: 1,
  brokenBy: ['last-channel-skipped', 'gamma-of-first-channel'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    const channel = keptChannel(recipe);
    const cut = (tensor: Tensor): Tensor => ({ ...tensor, shape: [tensor.shape[0] ?? 0, 1, ...tensor.shape.slice(2)], data: Float64Array.from(channelPositions(tensor.shape, channel), (i) => tensor.data[i] ?? NaN) });
    const one = (tensor: Tensor): Tensor => ({ ...tensor, shape: [1], data: tensor.data.slice(channel, channel + 1) });
    const { inputs, grads } = dataOf(base);
    const initial = Object.fromEntries(Object.entries(base.initial).map(([name, tensor]) => [name, one(tensor as Tensor)]));
    return [base, { ...withData(base, { inputs: inputs.map(cut), grads: grads.map(cut) }), config: { ...base.config, numFeatures: 1 }, initial }];
  },
  pairs: ([base, alone], recipe) => (
    throughout(base, alone, (values, observable) => ofChannel(values, observable, recipe.shape, keptChannel(recipe)), asItIs)
  ),
};

/** By running statistics y is affine in x: the mean of two inputs gives the mean of their outputs. */
export const evaluationAffine: Relation = {
  name: 'evaluation-affine', claim: 'by running statistics the mean of two inputs gives the mean of their outputs',
  rules: ['BN-NORM-02', 'BN-STAT-03'],
  rows: ['tracked', 'running'], programs: ['eval-eval-eval', 'train-eval-eval-eval'], leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['batch-statistics-in-evaluation'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    const { inputs } = dataOf(base);
    const a = lastOf(inputs, 2);
    const b = lastOf(inputs, 1);
    const mean: Tensor = { ...a, data: a.data.map((value, i) => (value + b.data[i]!) / 2) };
    return [withData(base, { inputs: [...inputs.slice(0, -1), mean] })];
  },
  pairs: ([asked]) => {
    const last = asked.case.program.length - 1;
    const y = (before: number) => valuesAt(asked, last - before, 'y');
    return [[linear([[0.5, y(2)], [0.5, y(1)]]), y(0)]];
  },
};
