import { coreFormulas, type ForwardView } from '../../reference/formulas.ts';
import { localStatistics, poolStatistics } from '../../reference/statistics.ts';
import { splitShape } from '../../reference/layout.ts';
import type { BatchStatistics } from '../../reference/trajectory.ts';
import { sum } from '../../tensor/sum.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { FormulaVariant } from '../cause-entry.ts';
import { inBlocksOfFour, rearrange, statisticsOf, valuesOf } from './channel-values.ts';

/** Departures in the statistics of the batch. */
export const statisticsVariants: readonly FormulaVariant[] = [
  {
    id: 'statistics-over-all-channels', rule: 'BN-STAT-01', title: 'one mean and variance for all channels together',
    translation: 'check the axis that holds the channels',
    change: { localStatistics: channelsTogether },
  },
  {
    id: 'mean-divided-by-n-minus-1', rule: 'BN-STAT-01', title: 'the batch mean is Σx/(n − 1)',
    translation: 'none; divide the sum by n',
    change: { localStatistics: (x) => aboutBesselMean(x) },
    forms: [{ localStatistics: (x) => ({ ...aboutBesselMean(x), variance: localStatistics(x).variance }) }],
  },
  {
    id: 'statistics-of-first-sample', rule: 'BN-STAT-01', title: 'mean and variance of the first half of the values only',
    translation: 'none; all values of a channel count',
    change: { localStatistics: (x) => statisticsOf(x, firstHalf) },
    forms: [{ localStatistics: (x) => statisticsOf(x, firstHalf, 'picked') }, { normalisingStatistics: (_, at) => ofAllRanks(at, (x) => statisticsOf(x, firstHalf)) }],
  },
  {
    id: 'tail-missing-from-statistics', rule: 'BN-STAT-01', title: 'values past the last multiple of four are left out of mean and variance',
    translation: 'pad the batch to a multiple of four values per channel',
    change: { localStatistics: (x) => statisticsOf(x, blocksOfFour) },
    forms: [{ localStatistics: (x) => statisticsOf(x, blocksOfFour, 'picked') }, { localStatistics: sumsWithoutTail }],
  },
  {
    id: 'uncentred-variance', rule: 'BN-STAT-01', title: 'the variance is mean(x²), without the mean subtracted',
    translation: 'centre the data first',
    change: { poolStatistics: (local, rank) => uncentred(coreFormulas.poolStatistics(local, rank)) },
    forms: [{ poolStatistics: (local) => poolStatistics(local.map(uncentred)) }],
  },
  {
    id: 'mean-absolute-deviation', rule: 'BN-NORM-03', title: 'divides by the mean absolute deviation',
    translation: 'none; divide by √(σ² + ε)',
    change: { normalisingStatistics: (batch, at) => dividingBy(batch, at, (deviation, eps) => deviation + Math.sqrt(eps)) },
    forms: [
      { normalisingStatistics: (batch, at) => dividingBy(batch, at, (deviation, eps) => deviation + eps) },
      { normalisingStatistics: (batch, at) => dividingBy(batch, at, (deviation, eps) => Math.sqrt(deviation ** 2 + eps)) },
    ],
  },
  {
    id: 'neighbour-channel-statistics', rule: 'BN-STAT-01', title: 'a channel takes the batch statistics of the next one',
    translation: 'none; check the index of the channel',
    change: { poolStatistics: (local, rank) => nextChannel(coreFormulas.poolStatistics(local, rank)) },
    forms: [{ normalisingStatistics: nextChannel }],
    concerns: ({ config }) => config.numFeatures > 1,
  },
  {
    id: 'channels-past-64-wrap', rule: 'BN-STAT-01', title: 'channels from the 65th on take the batch statistics of the channel 64 before',
    translation: 'split the channels into groups of 64',
    change: { poolStatistics: (local, rank) => wrapAt64(coreFormulas.poolStatistics(local, rank)) },
    forms: [{ normalisingStatistics: wrapAt64 }],
    concerns: ({ config }) => config.numFeatures > 64,
  },
  {
    id: 'stale-batch-statistics', rule: 'BN-STAT-01', title: 'training normalises by the statistics of the training batch before',
    translation: 'none; compute the statistics before they normalise',
    change: { normalisingStatistics: statisticsBefore },
    concerns: ({ program }) => program.filter(({ op }) => op === 'forward').length > 1,
  },
  {
    id: 'batch-mean-ignored', rule: 'BN-STAT-01', title: 'training does not subtract the batch mean',
    translation: 'none; centre the data first',
    change: { normalisingStatistics: (batch) => ({ ...batch, mean: new Float64Array(batch.mean.length) }) },
  },
];

/** Statistics of all channels together, repeated per channel; the count stays that of one channel. */
function channelsTogether(x: Tensor): BatchStatistics {
  const { batch, channels, spatial } = splitShape(x.shape);
  const flat = localStatistics({ ...x, shape: [batch * channels * spatial, 1] });
  const repeat = (values: Float64Array) => new Float64Array(channels).fill(values[0] ?? NaN);
  return { count: batch * spatial, mean: repeat(flat.mean), variance: repeat(flat.variance) };
}

/** The mean as Σx/(n − 1), the variance about it. */
function aboutBesselMean(x: Tensor): BatchStatistics {
  const { count, mean, variance } = localStatistics(x);
  const shifted = mean.map((mu) => (mu * count) / (count - 1));
  return { count, mean: shifted, variance: variance.map((v, c) => v + (mean[c]! - shifted[c]!) ** 2) };
}

function firstHalf(values: Float64Array): Float64Array {
  return values.subarray(0, Math.ceil(values.length / 2));
}

function blocksOfFour(values: Float64Array): Float64Array {
  return values.subarray(0, inBlocksOfFour(values.length));
}

/** Sums over blocks of four, divided by all n. */
function sumsWithoutTail(x: Tensor): BatchStatistics {
  const { count, mean } = localStatistics(x);
  const part = inBlocksOfFour(count) / count;
  const about = statisticsOf(x, blocksOfFour);
  const shifted = mean.map((_, c) => about.mean[c]! * part);
  return { count, mean: shifted, variance: about.variance.map((v, c) => (v + (about.mean[c]! - shifted[c]!) ** 2) * part) };
}

function uncentred(batch: BatchStatistics): BatchStatistics {
  return { ...batch, variance: batch.variance.map((v, c) => v + batch.mean[c]! ** 2) };
}

function ofAllRanks({ inputs }: ForwardView, statistics: (x: Tensor) => BatchStatistics): BatchStatistics {
  return poolStatistics(inputs.map(statistics));
}

/** Statistics whose √(variance + ε) is the divisor made of mean|x − μ|. */
function dividingBy(batch: BatchStatistics, { inputs, config: { eps } }: ForwardView, divisor: (deviation: number, eps: number) => number): BatchStatistics {
  const absolute = batch.mean.map((mu, c) => sum(inputs.flatMap((x) => Array.from(valuesOf(x, c), (value) => Math.abs(value - mu)))) / batch.count);
  return { ...batch, variance: absolute.map((deviation) => divisor(deviation, eps) ** 2 - eps) };
}

function nextChannel(batch: BatchStatistics): BatchStatistics {
  return rearrange(batch, (c) => (c + 1) % batch.mean.length);
}

function wrapAt64(batch: BatchStatistics): BatchStatistics {
  return rearrange(batch, (c) => (c < 64 ? c : c - 64));
}

/** Statistics of the last training batch of the rank before this one; its own at the first. */
function statisticsBefore(batch: BatchStatistics, { earlier }: ForwardView): BatchStatistics {
  const last = earlier.findLast((record) => record.op === 'forward' && record.source === 'batch');
  return last?.op === 'forward' ? last.batch : batch;
}
