import type { Formulas } from '../reference/formulas.ts';
import { coreFormulas } from '../reference/formulas.ts';
import { channelsTogether } from './channels-together.ts';
import type { Cause } from './cause-entry.ts';

/** A cause as the formulas that it replaces. */
export interface FormulaVariant extends Cause {
  readonly change: Partial<Formulas>;
}

/** Named departures from the core formulas; each replaces what its title says and nothing else. */
export const formulaVariants: readonly FormulaVariant[] = [
  {
    id: 'biased-running-variance', rule: 'BN-STATE-03', title: 'running variance stores the biased batch variance (divisor n, not n − 1)',
    translation: 'multiply the batch variance by n/(n − 1) when it is stored; converted checkpoints need nothing, further training drifts',
    change: { storedVariance: (variance) => variance },
  },
  {
    id: 'unbiased-normalisation', rule: 'BN-NORM-01', title: 'normalises by the unbiased batch variance',
    translation: 'scale γ by √(n/(n − 1)) for a fixed batch size',
    change: { normalisingVariance: (variance, n) => (variance * n) / (n - 1) },
  },
  {
    id: 'momentum-complement', rule: 'BN-STATE-02', title: 'momentum is the weight of the old state',
    translation: 'pass 1 − momentum',
    change: { newWeight: (momentum, step) => (momentum === null ? 1 / step : 1 - momentum) },
  },
  {
    id: 'eps-outside-sqrt', rule: 'BN-NORM-03', title: 'ε is added outside the root',
    translation: 'no constant reconciles the two; use an ε that is small against σ',
    change: { deviation: (variance, eps) => Math.sqrt(variance) + eps },
  },
  {
    id: 'eps-ignored', rule: 'BN-NORM-03', title: 'ε is not added at all',
    translation: 'no constant reconciles the two where the variance is small',
    change: { deviation: (variance) => Math.sqrt(variance) },
  },
  {
    id: 'statistics-not-updated', rule: 'BN-STATE-02', title: 'training does not move the running statistics',
    translation: 'switch the layer to training, or let it track its statistics',
    change: { newWeight: () => 0 },
  },
  {
    id: 'statistics-updated-in-evaluation', rule: 'BN-STATE-04', title: 'evaluation moves the running statistics',
    translation: 'freeze the statistics during evaluation (MindSpore: use_batch_statistics=None)',
    change: { updates: (row, mode) => row === 'tracked' || coreFormulas.updates(row, mode) },
  },
  {
    id: 'batch-statistics-in-evaluation', rule: 'BN-STAT-03', title: 'evaluation normalises by the batch',
    translation: 'switch to running statistics during evaluation (PyTorch: track_running_stats=True, MindSpore: use_batch_statistics=None)',
    change: { source: (row, mode) => (row === 'tracked' ? 'batch' : coreFormulas.source(row, mode)) },
  },
  {
    id: 'running-mean-ignored', rule: 'BN-NORM-02', title: 'evaluation does not subtract the running mean',
    translation: 'add γ·rm/√(rv + ε) to β',
    change: { centre: () => 0 },
  },
  {
    id: 'running-statistics-in-training', rule: 'BN-STAT-03', title: 'training normalises by the running statistics',
    translation: 'switch the layer to training',
    change: { source: (row, mode) => (row === 'tracked' ? 'running' : coreFormulas.source(row, mode)) },
  },
  {
    id: 'frozen-statistics-gradient', rule: 'BN-GRAD-01', title: 'the training gradient treats mean and variance as constants',
    translation: 'none; the gradient is that of evaluation',
    change: { batchInputGradient: coreFormulas.runningInputGradient },
  },
  {
    id: 'missing-x-hat-term', rule: 'BN-GRAD-01', title: 'the training gradient lacks the term through the variance',
    translation: 'none; subtract x̂·dγ/n',
    change: { batchInputGradient: ({ gamma, deviation, dy, count, dySum }) => (gamma / deviation) * (dy - dySum / count) },
  },
  {
    id: 'training-gradient-in-evaluation', rule: 'BN-GRAD-04', title: 'the evaluation gradient is that of training',
    translation: 'none; the gradient of evaluation is γ·dy/√(rv + ε)',
    change: { inputGradientSource: () => 'batch' },
  },
  {
    id: 'statistics-over-all-channels', rule: 'BN-STAT-01', title: 'one mean and variance for all channels together',
    translation: 'check the axis that holds the channels',
    change: { localStatistics: channelsTogether },
  },
  {
    id: 'affine-ignored', rule: 'BN-NORM-04', title: 'γ and β are not applied',
    translation: 'check that the parameters are loaded and the layer is affine',
    change: { scale: () => 1, shift: () => 0 },
  },
  {
    id: 'fresh-variance-zero', rule: 'BN-STATE-01', title: 'a fresh layer has running variance 0',
    translation: 'set the initial running variance to 1',
    change: { freshVariance: 0 },
  },
  {
    id: 'cumulative-as-default-momentum', rule: 'BN-STATE-05', title: 'without momentum an exponential average with weight 0.1 is kept',
    translation: 'set momentum to 1/k at the k-th step',
    change: { newWeight: (momentum) => momentum ?? 0.1 },
  },
  {
    id: 'count-not-incremented', rule: 'BN-STATE-06', title: 'the step count stays where it is',
    translation: 'count the training steps outside the layer',
    change: { counts: () => false },
  },
  {
    id: 'state-moved-by-backward', rule: 'BN-STATE-07', title: 'the backward pass moves the running statistics again',
    translation: 'differentiate with a call that runs the forward once (MindSpore: value_and_grad)',
    change: { updatesInBackward: true },
  },
  {
    id: 'fresh-layer-evaluates', rule: 'BN-STATE-08', title: 'a fresh layer is in evaluation mode',
    translation: 'switch the layer to training before the first step (MindSpore: set_train())',
    change: { effectiveMode: (mode) => (mode === 'train' ? 'train' : 'eval') },
  },
  {
    id: 'running-row-updates', rule: 'BN-STATE-09', title: 'the running row moves its state in training',
    translation: 'restore the statistics after each step',
    change: { updates: (row, mode) => (row === 'running' && mode === 'train') || coreFormulas.updates(row, mode) },
  },
  {
    id: 'batch-row-frozen-in-evaluation', rule: 'BN-STATE-10', title: 'the batch row keeps its state in evaluation',
    translation: 'evaluate in training mode to update the statistics',
    change: {
      updates: (row, mode) => (row === 'batch' ? mode === 'train' : coreFormulas.updates(row, mode)),
      counts: (row, mode) => (row === 'batch' ? mode === 'train' : coreFormulas.counts(row, mode)),
    },
  },
  {
    id: 'untracked-keeps-state', rule: 'BN-STATE-11', title: 'the untracked row keeps running statistics',
    translation: 'drop the statistics from the checkpoint',
    change: {
      keepsState: () => true,
      updates: (row, mode) => (row === 'untracked' && mode === 'train') || coreFormulas.updates(row, mode),
      counts: (row, mode) => (row === 'untracked' && mode === 'train') || coreFormulas.counts(row, mode),
    },
  },
  {
    id: 'dgamma-without-normalisation', rule: 'BN-GRAD-02', title: 'dγ is Σ dy·(x − μ)',
    translation: 'divide dγ by s',
    change: { gammaGradient: (sum, deviation) => sum * deviation },
  },
  {
    id: 'dbeta-averaged', rule: 'BN-GRAD-03', title: 'dβ is the mean of dy',
    translation: 'multiply dβ by n',
    change: { betaGradient: (sum, count) => sum / count },
  },
  {
    id: 'rank-local-statistics', rule: 'BN-SYNC-01', title: 'each rank normalises by its own batch',
    translation: 'all-reduce the statistics; the gradient sums are pooled already',
    change: { poolStatistics: (local, rank) => local[rank]! },
  },
  {
    id: 'ranks-not-synchronised', rule: 'BN-SYNC-01', title: 'each rank is a Batch Normalization of its own',
    translation: 'check that the process group is initialised and given to the layer',
    change: {
      poolStatistics: (local, rank) => local[rank]!,
      poolSums: (local, rank) => local[rank]!,
    },
  },
  {
    id: 'unweighted-pooling', rule: 'BN-SYNC-01', title: 'rank statistics are averaged without their counts',
    translation: 'give every rank the same number of samples',
    change: {
      poolStatistics: (local) => {
        const average = (part: 'mean' | 'variance') => local[0]!.mean.map((_, c) => local.reduce((sum, rank) => sum + rank[part][c]!, 0) / local.length);
        return { count: local.reduce((sum, rank) => sum + rank.count, 0), mean: average('mean'), variance: average('variance') };
      },
    },
  },
  {
    id: 'rank-local-gradient-sums', rule: 'BN-SYNC-02', title: 'dx subtracts the sums of its own rank only',
    translation: 'none; all-reduce Σdy and Σdy·(x − μ)',
    change: { poolSums: (local, rank) => local[rank]! },
  },
  {
    id: 'pooled-parameter-gradients', rule: 'BN-SYNC-03', title: 'dγ and dβ are summed over all ranks',
    translation: 'do not reduce the parameter gradients a second time',
    change: { returnedSums: (local) => coreFormulas.poolSums(local, 0) },
  },
];
