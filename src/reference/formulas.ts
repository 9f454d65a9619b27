import type { StatisticsRow } from '../cases/case.ts';
import type { Mode } from '../cases/case.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { localStatistics, poolSums, poolStatistics } from './statistics.ts';
import type { BatchStatistics, EffectiveMode, GradientSums, StatisticsSource } from './trajectory.ts';

/** One element's view of the backward pass; `count`, `dySum` and `dyNormalisedSum` are those of its channel. */
export interface GradientTerm {
  readonly gamma: number;
  readonly deviation: number;
  readonly dy: number;
  readonly normalised: number;
  readonly count: number;
  readonly dySum: number;
  readonly dyNormalisedSum: number;
}

/** The operation, one entry per line of the specification. A cause is this record with an entry replaced. */
export interface Formulas {
  readonly effectiveMode: (mode: Mode) => EffectiveMode;
  readonly keepsState: (row: StatisticsRow) => boolean;
  readonly source: (row: StatisticsRow, mode: EffectiveMode) => StatisticsSource;
  readonly updates: (row: StatisticsRow, mode: EffectiveMode) => boolean;
  readonly counts: (row: StatisticsRow, mode: EffectiveMode) => boolean;
  readonly updatesInBackward: boolean;
  readonly freshMean: number;
  readonly freshVariance: number;
  /** Statistics of one rank's input [N, C, …spatial]. */
  readonly localStatistics: (x: Tensor) => BatchStatistics;
  /** What rank `rank` normalises with, given every rank's own statistics. */
  readonly poolStatistics: (local: readonly BatchStatistics[], rank: number) => BatchStatistics;
  /** What evaluation subtracts, from the running mean. */
  readonly centre: (runningMean: number) => number;
  readonly normalisingVariance: (variance: number, count: number) => number;
  /** s, the divisor. */
  readonly deviation: (variance: number, eps: number) => number;
  readonly scale: (gamma: number) => number;
  readonly shift: (beta: number) => number;
  /** m of the `step`-th (from 1) training forward. */
  readonly newWeight: (momentum: number | null, step: number) => number;
  readonly storedVariance: (variance: number, count: number) => number;
  /** Statistics by which dx treats the layer, given those that normalised it. */
  readonly inputGradientSource: (source: StatisticsSource) => StatisticsSource;
  readonly batchInputGradient: (term: GradientTerm) => number;
  readonly runningInputGradient: (term: GradientTerm) => number;
  readonly poolSums: (local: readonly GradientSums[], rank: number) => GradientSums;
  /** dγ of one channel, from Σdy·x̂ and the channel's s. */
  readonly gammaGradient: (dyNormalisedSum: number, deviation: number) => number;
  /** dβ of one channel, from Σdy and n. */
  readonly betaGradient: (dySum: number, count: number) => number;
  /** The sums whose dγ and dβ rank `rank` returns. */
  readonly returnedSums: (local: readonly GradientSums[], rank: number) => GradientSums;
}

/** Batch Normalization as spec/rules.json has it. */
export const coreFormulas: Formulas = {
  effectiveMode: (mode) => (mode === 'eval' ? 'eval' : 'train'), // BN-STATE-08
  keepsState: (row) => row !== 'untracked', // BN-STATE-11
  source: (row, mode) => { // BN-STAT-03
    if (row === 'tracked') return mode === 'train' ? 'batch' : 'running';
    return row === 'running' ? 'running' : 'batch';
  },
  updates: (row, mode) => row === 'batch' || (row === 'tracked' && mode === 'train'), // BN-STATE-04, BN-STATE-09, BN-STATE-10
  counts: (row, mode) => row === 'batch' || (row === 'tracked' && mode === 'train'), // BN-STATE-06
  updatesInBackward: false, // BN-STATE-07
  freshMean: 0, // BN-STATE-01
  freshVariance: 1,
  localStatistics, // BN-STAT-01
  poolStatistics, // BN-SYNC-01
  centre: (runningMean) => runningMean, // BN-NORM-02
  normalisingVariance: (variance) => variance, // BN-NORM-01
  deviation: (variance, eps) => Math.sqrt(variance + eps), // BN-NORM-03
  scale: (gamma) => gamma, // BN-NORM-04
  shift: (beta) => beta,
  newWeight: (momentum, step) => momentum ?? 1 / step, // BN-STATE-05
  storedVariance: (variance, count) => (variance * count) / (count - 1), // BN-STATE-03
  inputGradientSource: (source) => source, // BN-GRAD-04
  batchInputGradient: ({ gamma, deviation, dy, normalised, count, dySum, dyNormalisedSum }) =>
    (gamma / deviation) * (dy - dySum / count - (normalised * dyNormalisedSum) / count), // BN-GRAD-01
  runningInputGradient: ({ gamma, deviation, dy }) => (gamma / deviation) * dy,
  poolSums, // BN-SYNC-02
  gammaGradient: (dyNormalisedSum) => dyNormalisedSum, // BN-GRAD-02
  betaGradient: (dySum) => dySum, // BN-GRAD-03
  returnedSums: (local, rank) => local[rank] ?? { count: 0, dy: new Float64Array(), dyNormalised: new Float64Array() }, // BN-SYNC-03
};
