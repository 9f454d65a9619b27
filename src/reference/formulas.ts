import type { LayerConfig, LayerSettings, Mode, StatisticsRow } from '../cases/case.ts';
import { mapNumbers } from '../tensor/allocate.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { localStatistics, poolStatistics, poolSums } from './statistics.ts';
import type { Affine, BatchStatistics, EffectiveMode, GradientSums, Moments, RunningState, StatisticsSource, StepRecord } from './trajectory.ts';

/** Where a forward step stands on one rank: the layer, what came before, and the data of all ranks. */
export interface ForwardView {
  readonly config: LayerConfig;
  /** Effective mode and statistics of this step. */
  readonly mode: EffectiveMode;
  readonly source: StatisticsSource;
  /** Steps of this rank so far. */
  readonly earlier: readonly StepRecord[];
  /** State as constructed and before this step; null where the layer keeps none. */
  readonly initial: RunningState | null;
  readonly before: RunningState | null;
  readonly x: Tensor;
  /** x of every rank. */
  readonly inputs: readonly Tensor[];
}

/** One channel in the backward pass. */
export interface GradientChannel {
  readonly channel: number;
  /** Statistics by which the gradient treats the layer. */
  readonly source: StatisticsSource;
  /** γ that scales dx; β as the forward applied it. */
  readonly gamma: number;
  readonly beta: number;
  readonly mean: number;
  /** Biased variance of the batch, or the running one; without ε. */
  readonly variance: number;
  readonly deviation: number;
  readonly eps: number;
  /** m of the forward, or the momentum where it moved no state. */
  readonly weight: number;
  /** Elements, Σdy and Σdy·x̂: of all ranks for dx, of the rank itself for dγ and dβ. */
  readonly count: number;
  readonly dySum: number;
  readonly dyNormalisedSum: number;
}

/** One channel in the gradient of Σ v·dx: the backward pass besides the means over n of v, dy, v·x̂, dy·x̂ and of v·dy. */
export interface SecondChannel {
  readonly source: StatisticsSource;
  readonly gamma: number;
  readonly deviation: number;
  readonly count: number;
  readonly vMean: number;
  readonly dyMean: number;
  /** a = ⟨v·x̂⟩, b = ⟨dy·x̂⟩. */
  readonly a: number;
  readonly b: number;
  /** ⟨v·dy⟩, and the same of v and dy without their means. */
  readonly product: number;
  readonly covariance: number;
}

/** A batch whose variance goes into the state. */
export interface StoredBatch {
  readonly eps: number;
  /** N of all ranks, and the elements per channel of the rank itself. */
  readonly batchSize: number;
  readonly ownCount: number;
}

/** The operation, one entry per line of the specification. A cause is this record with an entry replaced. */
export interface Formulas {
  /** The settings of a live layer after some of them were changed. */
  readonly configured: (before: LayerConfig, set: LayerSettings) => LayerConfig;
  readonly effectiveMode: (mode: Mode, row: StatisticsRow, earlier: readonly StepRecord[]) => EffectiveMode;
  readonly keepsState: (row: StatisticsRow) => boolean;
  readonly source: (row: StatisticsRow, mode: EffectiveMode) => StatisticsSource;
  readonly updates: (row: StatisticsRow, mode: EffectiveMode) => boolean;
  /** By how much a forward raises the step count. */
  readonly counts: (row: StatisticsRow, mode: EffectiveMode) => number;
  readonly updatesInForward: boolean;
  readonly updatesInBackward: boolean;
  /** Whether a batch without values leaves the state alone. */
  readonly skipsEmptyBatch: boolean;
  readonly freshMean: number;
  readonly freshVariance: number;
  /** Running statistics as constructed, given what the case sets. */
  readonly constructed: (given: RunningState, fresh: RunningState, config: LayerConfig) => RunningState;
  /** Statistics of one rank's input [N, C, …spatial]. */
  readonly localStatistics: (x: Tensor) => BatchStatistics;
  /** Statistics of the batch on rank `rank`, given every rank's own. */
  readonly poolStatistics: (local: readonly BatchStatistics[], rank: number) => BatchStatistics;
  /** What of them normalises. */
  readonly normalisingStatistics: (batch: BatchStatistics, at: ForwardView) => BatchStatistics;
  readonly normalisingVariance: (variance: number, count: number) => number;
  /** What normalises by running statistics; `count` is that of the batch at hand. */
  readonly centre: (runningMean: number) => number;
  readonly runningVariance: (variance: number, count: number) => number;
  /** s, the divisor. */
  readonly deviation: (variance: number, eps: number, source: StatisticsSource) => number;
  /** γ and β as applied. */
  readonly affine: (own: Affine, at: ForwardView, after: RunningState | null) => Affine;
  readonly output: (y: Float64Array, x: Tensor) => Float64Array;
  /** m of the `step`-th (from 1) training forward. */
  readonly newWeight: (momentum: number | null, step: number) => number;
  readonly storedMean: (mean: number, count: number) => number;
  readonly storedVariance: (variance: number, count: number, mean: number, at: StoredBatch) => number;
  /** Running statistics after an update by weight m towards what is stored of the batch. */
  readonly moveState: (before: Moments, stored: Moments, m: number, initial: Moments) => Moments;
  /** State of a layer that was saved and loaded; also given what it began with, and that of a new one. */
  readonly reloaded: (saved: RunningState, initial: RunningState, fresh: RunningState) => RunningState;
  /** The same of one that was converted into a synchronised layer. */
  readonly converted: (own: RunningState, initial: RunningState, fresh: RunningState) => RunningState;
  /** Statistics by which dx and dγ treat the layer, given those that normalised it. */
  readonly inputGradientSource: (source: StatisticsSource) => StatisticsSource;
  readonly parameterGradientSource: (source: StatisticsSource) => StatisticsSource;
  /** Running statistics by which a gradient treats an evaluation, given those of the forward and those of the backward. */
  readonly gradientState: (atForward: RunningState | null, atBackward: RunningState | null) => RunningState | null;
  /** γ that scales dx, given what the forward applied and the state at the backward. */
  readonly gradientGamma: (applied: Float64Array, state: RunningState | null, config: LayerConfig) => Float64Array;
  readonly batchInputGradient: (at: GradientChannel, dy: number, normalised: number) => number;
  readonly runningInputGradient: (at: GradientChannel, dy: number, normalised: number) => number;
  readonly inputGradient: (dx: Float64Array, x: Tensor) => Float64Array;
  readonly poolSums: (local: readonly GradientSums[], rank: number) => GradientSums;
  /** dγ and dβ of one channel. */
  readonly gammaGradient: (at: GradientChannel) => number;
  readonly betaGradient: (at: GradientChannel) => number;
  /** A parameter's gradient after one more backward that adds to it. */
  readonly accumulated: (before: Float64Array, own: Float64Array) => Float64Array;
  /** The gradient of Σ v·dx by one element of x and of dy, and by γ. */
  readonly secondInput: (at: SecondChannel, v: number, dy: number, normalised: number) => number;
  readonly secondUpstream: (at: SecondChannel, v: number, normalised: number) => number;
  readonly secondGamma: (at: SecondChannel) => number;
  /** The sums whose dγ and dβ rank `rank` returns. */
  readonly returnedSums: (local: readonly GradientSums[], rank: number) => GradientSums;
}

/** Batch Normalization as spec/rules.json has it. */
export const coreFormulas: Formulas = {
  configured: (before, set) => ({
    ...before, ...set, // BN-STATE-14
    statistics: before.statistics === 'untracked' ? 'untracked' : set.statistics ?? before.statistics, // BN-STATE-15: no switch makes a state
  }),
  effectiveMode: (mode) => (mode === 'eval' ? 'eval' : 'train'), // BN-STATE-08
  keepsState: (row) => row !== 'untracked', // BN-STATE-11
  source: (row, mode) => { // BN-STAT-03
    if (row === 'tracked' || row === 'paused') return mode === 'train' ? 'batch' : 'running'; // BN-STATE-15
    return row === 'running' ? 'running' : 'batch';
  },
  updates: (row, mode) => row === 'batch' || (row === 'tracked' && mode === 'train'), // BN-STATE-04, BN-STATE-09, BN-STATE-10
  counts: (row, mode) => (row === 'batch' || (row === 'tracked' && mode === 'train') ? 1 : 0), // BN-STATE-06
  updatesInForward: true,
  updatesInBackward: false, // BN-STATE-07
  skipsEmptyBatch: true,
  freshMean: 0, // BN-STATE-01
  freshVariance: 1,
  constructed: (given) => given, // BN-STATE-16
  localStatistics, // BN-STAT-01
  poolStatistics, // BN-SYNC-01
  normalisingStatistics: (batch) => batch,
  normalisingVariance: (variance) => variance, // BN-NORM-01
  centre: (runningMean) => runningMean, // BN-NORM-02
  runningVariance: (variance) => variance,
  deviation: (variance, eps) => Math.sqrt(variance + eps), // BN-NORM-03
  affine: (own) => own, // BN-NORM-04
  output: (y) => y,
  newWeight: (momentum, step) => momentum ?? 1 / step, // BN-STATE-05
  storedMean: (mean) => mean,
  storedVariance: (variance, count) => (variance * count) / (count - 1), // BN-STATE-03
  moveState: (before, stored, m) => ({
    mean: mapNumbers(before.mean, (rm, c) => (1 - m) * rm + m * stored.mean[c]!), // BN-STATE-02
    variance: mapNumbers(before.variance, (rv, c) => (1 - m) * rv + m * stored.variance[c]!),
  }),
  reloaded: (saved) => saved, // BN-STATE-13
  converted: (own) => own, // BN-SYNC-04
  inputGradientSource: (source) => source, // BN-GRAD-04
  parameterGradientSource: (source) => source,
  gradientState: (atForward) => atForward,
  gradientGamma: (applied) => applied,
  batchInputGradient: ({ gamma, deviation, count, dySum, dyNormalisedSum }, dy, normalised) =>
    (gamma / deviation) * (dy - dySum / count - (normalised * dyNormalisedSum) / count), // BN-GRAD-01
  runningInputGradient: ({ gamma, deviation }, dy) => (gamma / deviation) * dy,
  inputGradient: (dx) => dx,
  poolSums, // BN-SYNC-02
  gammaGradient: ({ dyNormalisedSum }) => dyNormalisedSum, // BN-GRAD-02
  betaGradient: ({ dySum }) => dySum, // BN-GRAD-03
  accumulated: (before, own) => before.map((sum, c) => sum + own[c]!), // BN-GRAD-05
  secondInput: ({ source, gamma, deviation, vMean, dyMean, a, b, covariance }, v, dy, normalised) => // BN-GRAD-06
    (source === 'running' ? 0 : -(gamma / deviation ** 2) * (normalised * (covariance - 3 * a * b) + b * (v - vMean) + a * (dy - dyMean))),
  secondUpstream: ({ source, gamma, deviation, vMean, a }, v, normalised) =>
    (gamma / deviation) * (source === 'running' ? v : v - vMean - normalised * a),
  secondGamma: ({ source, deviation, count, a, b, product, covariance }) => (count / deviation) * (source === 'running' ? product : covariance - a * b),
  returnedSums: (local, rank) => local[rank] ?? { count: 0, dy: new Float64Array(), dyNormalised: new Float64Array() }, // BN-SYNC-03
};
