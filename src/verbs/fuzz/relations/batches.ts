import { countElements, type Tensor } from '../../../tensor/tensor.ts';
import { baseOf, channelPositions, dataOf, lastOf, pickSamples, samplePositions, throughout, upTo, withData } from './derive.ts';
import type { Pair, RelatedRecipe, Relation } from './relation.ts';
import { type Asked, chosen, exactly, linear, picked, scaled, type Values, valuesAt } from './values.ts';

/** Σdx and Σdx·x̂ of one channel, from the observed dx, and what the definition makes of them. */
interface ChannelSums {
  readonly sum: Values;
  readonly projected: Values;
  readonly expected: number;
}

/** By batch statistics dx has no part along the constant, and along x̂ only what ε leaves. */
export const gradientSums: Relation = {
  name: 'gradient-sums', claim: 'in training Σdx = 0 and Σdx·x̂ = (γ/s)·(ε/s²)·Σdy·x̂',
  rules: ['BN-GRAD-01'],
  rows: ['tracked', 'untracked', 'batch'], programs: ['train-backward', 'train-train-backward'], leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['missing-x-hat-term', 'frozen-statistics-gradient', 'missing-mean-term'],
  cases: (recipe) => [baseOf(recipe)],
  pairs: ([asked]) => upTo(asked.case.config.numFeatures).flatMap((channel): Pair[] => {
    const { sum, projected, expected } = sumsOf(asked, channel);
    return [[sum, exactly('0', [0])], [projected, exactly('(γ/s)·(ε/s²)·Σdy·x̂', [expected])]];
  }),
};

function sumsOf(asked: Asked, channel: number): ChannelSums {
  const { config, initial, program } = asked.case;
  const { inputs, grads } = dataOf(asked.case);
  const x = lastOf(inputs);
  const dy = lastOf(grads);
  const positions = channelPositions(x.shape, channel);
  const dx = picked(valuesAt(asked, program.length - 1, 'dx'), positions);
  const ofX = positions.map((i) => x.data[i]!);
  const mean = total(ofX) / ofX.length;
  const variance = total(ofX.map((value) => (value - mean) ** 2)) / ofX.length;
  const s = Math.sqrt(variance + config.eps);
  const normalised = ofX.map((value) => (value - mean) / s);
  const weighted = (weights: readonly number[], name: string): Values => linear(weights.map((weight, i) => [weight, picked({ ...dx, name }, [i])]));
  const gamma = initial.gamma?.data[channel] ?? 1;
  const expected = (gamma / s) * (config.eps / s ** 2) * total(positions.map((i, at) => dy.data[i]! * normalised[at]!));
  return {
    sum: { ...weighted(ofX.map(() => 1), 'dx'), name: `Σdx of channel ${String(channel)}` },
    projected: { ...weighted(normalised, 'dx'), name: `Σdx·x̂ of channel ${String(channel)}` }, expected,
  };
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Size of the first part, so that both have two samples at least. */
const cutOf = ({ twist, shape: [batch = 4] }: RelatedRecipe): number => 2 + chosen(twist, 'cut', batch - 3);

export const batchSplit: Relation = {
  name: 'batch-split', claim: 'the running statistics of two parts, pooled by their counts, are those of the whole',
  rules: ['BN-STATE-02', 'BN-STATE-03', 'BN-STAT-01'],
  rows: ['tracked', 'batch'], programs: ['train'], leastBatch: 4, leastChannels: 1, largestEps: 1,
  brokenBy: ['biased-running-variance', 'running-mean-with-bessel'],
  cases: (recipe) => {
    const base = baseOf({ ...recipe, momentum: 1 });
    const [batch = 0] = recipe.shape;
    const part = (samples: readonly number[]) => withData(base, { inputs: dataOf(base).inputs.map((x) => pickSamples(x, samples)) });
    return [base, part(upTo(cutOf(recipe))), part(upTo(batch).slice(cutOf(recipe)))];
  },
  pairs: ([whole, first, second]) => {
    const pooled = pool(stateOf(first), stateOf(second));
    const both = stateOf(whole);
    return [[pooled.mean, both.mean], [pooled.variance, both.variance]];
  },
};

interface State {
  readonly count: number;
  readonly mean: Values;
  readonly variance: Values;
}

function stateOf(asked: Asked): State {
  const [x] = dataOf(asked.case).inputs;
  return { count: countOf(x?.shape ?? []), mean: valuesAt(asked, 0, 'running_mean'), variance: valuesAt(asked, 0, 'running_var') };
}

/**
 * Unbiased statistics of two parts together, by the rule of Chan, Golub and LeVeque (1979), with first-order errors in full:
 *
 *     μ = Σ nᵢμᵢ/n        v = (Σ (nᵢ − 1)vᵢ + Σ nᵢ(μᵢ − μ)²)/(n − 1)
 */
function pool(a: State, b: State): { readonly mean: Values; readonly variance: Values } {
  const n = a.count + b.count;
  const mean = linear([[a.count / n, a.mean], [b.count / n, b.mean]]);
  const within = linear([[(a.count - 1) / (n - 1), a.variance], [(b.count - 1) / (n - 1), b.variance]]);
  const got = within.got.slice();
  const bound = within.bound.slice();
  for (const { count, mean: own } of [a, b]) {
    for (let c = 0; c < got.length; c++) {
      const distance = own.got[c]! - mean.got[c]!;
      const error = own.bound[c]! + mean.bound[c]!;
      got[c]! += (count * distance ** 2) / (n - 1);
      bound[c]! += (count * (2 * Math.abs(distance) * error + error ** 2)) / (n - 1) + 2 ** -50 * Math.abs(got[c]!);
    }
  }
  return { mean: { ...mean, name: 'pooled running_mean' }, variance: { got, bound, name: 'pooled running_var' } };
}

export const batchDoubled: Relation = {
  name: 'batch-doubled', claim: 'every sample twice gives each the same y and dx, the same biased variance, and twice dγ and dβ',
  rules: ['BN-NORM-01', 'BN-STATE-03', 'BN-GRAD-01'],
  rows: ['tracked', 'untracked', 'batch'], programs: ['train-backward'], leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['unbiased-normalisation', 'unbiased-input-gradient'],
  cases: (recipe) => {
    const base = baseOf({ ...recipe, momentum: 1 });
    const samples = upTo(recipe.shape[0] ?? 0);
    const twice = (x: Tensor) => pickSamples(x, [...samples, ...samples]);
    const { inputs, grads } = dataOf(base);
    return [base, withData(base, { inputs: inputs.map(twice), grads: grads.map(twice) })];
  },
  pairs: ([base, doubled], { shape }) => {
    const n = countOf(shape);
    const samples = upTo(shape[0] ?? 0);
    return throughout(base, doubled, (values, observable, step) => {
      if (observable === 'y' || observable === 'dx') return picked(values, samplePositions(shape, [...samples, ...samples]));
      if (observable === 'dgamma' || observable === 'dbeta') return scaled(values, 2);
      return observable === 'running_var' && step >= 0 ? linear([[(n - 1) / n, values]]) : values;
    }, (values, observable, step) => (observable === 'running_var' && step >= 0 ? linear([[(2 * n - 1) / (2 * n), values]]) : values));
  },
};

function countOf([batch = 0, , ...spatial]: readonly number[]): number {
  return batch * countElements(spatial);
}
