import { coreFormulas } from '../../reference/formulas.ts';
import { poolStatistics } from '../../reference/statistics.ts';
import type { BatchStatistics, GradientSums } from '../../reference/trajectory.ts';
import type { FormulaVariant } from '../cause-entry.ts';

type Entry = Omit<FormulaVariant, 'concerns'>;

const entries: readonly Entry[] = [
  {
    id: 'rank-local-statistics', rule: 'BN-SYNC-01', title: 'each rank normalises by its own batch',
    translation: 'all-reduce the statistics; the gradient sums are pooled already',
    change: { poolStatistics: (local, rank) => local[rank]! },
  },
  {
    id: 'ranks-not-synchronised', rule: 'BN-SYNC-01', title: 'each rank is a Batch Normalization of its own',
    translation: 'check that the process group is initialised and given to the layer',
    change: { poolStatistics: (local, rank) => local[rank]!, poolSums: (local, rank) => local[rank]! },
  },
  {
    id: 'unweighted-pooling', rule: 'BN-SYNC-01', title: 'rank statistics are averaged without their counts',
    translation: 'give every rank the same number of samples',
    change: {
      poolStatistics: (local) => {
        const average = (part: 'mean' | 'variance') => local[0]!.mean.map((_, c) => local.reduce((sum, rank) => sum + rank[part][c]!, 0) / local.length);
        return { count: totalCount(local), mean: average('mean'), variance: average('variance') };
      },
    },
  },
  {
    id: 'within-rank-variance-only', rule: 'BN-SYNC-01', title: 'the pooled variance lacks the spread between the means of the ranks',
    translation: 'add Σ n_r·(μ_r − μ)²/T to the variance',
    change: { poolStatistics: (local) => ({ ...poolStatistics(local), variance: withinRanks(local) }) },
  },
  {
    id: 'rank-zero-statistics', rule: 'BN-SYNC-01', title: 'every rank uses the statistics of the first one',
    translation: 'all-reduce the statistics instead of broadcasting them',
    change: { poolStatistics: (local) => ({ ...local[0]!, count: totalCount(local) }) },
    forms: [{ poolStatistics: (local) => local[0]! }],
  },
  {
    id: 'local-bessel', rule: 'BN-SYNC-01', title: 'the stored variance is corrected by the count of the rank alone',
    translation: 'multiply the stored variance by (n_r − 1)/n_r · T/(T − 1)',
    like: ['PyTorch SyncBatchNorm before 1.2', 'early apex'], // pytorch#22192, apex#387
    change: { storedVariance: (variance, _n, _mean, { ownCount }) => (variance * ownCount) / (ownCount - 1) },
    forms: [{ storedVariance: (variance, _n, _mean, { ownCount }) => (variance * ownCount) / Math.max(ownCount - 1, 1) }],
  },
  {
    id: 'rank-local-gradient-sums', rule: 'BN-SYNC-02', title: 'dx subtracts the sums of its own rank only',
    translation: 'none; all-reduce Σdy and Σdy·(x − μ)',
    change: { poolSums: (local, rank) => local[rank]! },
  },
  {
    id: 'unweighted-gradient-means', rule: 'BN-SYNC-02', title: 'dx subtracts the means of the ranks averaged without their counts',
    translation: 'give every rank the same number of samples',
    like: ['PyTorch SyncBatchNorm before 1.6'], // pytorch#36382, pytorch#36688
    change: { poolSums: averageOfMeans },
  },
  {
    id: 'pooled-parameter-gradients', rule: 'BN-SYNC-03', title: 'dγ and dβ are summed over all ranks',
    translation: 'do not reduce the parameter gradients a second time',
    change: { returnedSums: (local) => coreFormulas.poolSums(local, 0) },
  },
  {
    id: 'parameter-gradients-averaged-over-ranks', rule: 'BN-SYNC-03', title: 'dγ and dβ are averaged over all ranks',
    translation: 'do not reduce the parameter gradients a second time',
    change: { returnedSums: (local) => divided(coreFormulas.poolSums(local, 0), local.length) },
  },
];

/** Departures between ranks. */
export const syncVariants: readonly FormulaVariant[] = entries.map((entry) => ({ ...entry, concerns: ({ ranks }) => ranks.length > 1 }));

function totalCount(local: readonly { readonly count: number }[]): number {
  return local.reduce((sum, rank) => sum + rank.count, 0);
}

/** Σ n_r·σ²_r / T. */
function withinRanks(local: readonly BatchStatistics[]): Float64Array {
  const filled = local.filter(({ count }) => count > 0);
  return poolStatistics(local).mean.map((_, c) => filled.reduce((sum, rank) => sum + rank.count * rank.variance[c]!, 0) / totalCount(filled));
}

/** Sums whose means over T are the plain averages of the ranks' means. */
function averageOfMeans(local: readonly GradientSums[]): GradientSums {
  const count = totalCount(local);
  const mean = (rank: GradientSums, part: 'dy' | 'dyNormalised', c: number) => (rank.count === 0 ? 0 : rank[part][c]! / rank.count);
  const sums = (part: 'dy' | 'dyNormalised') => local[0]!.dy.map((_, c) => (local.reduce((sum, rank) => sum + mean(rank, part, c), 0) / local.length) * count);
  return { count, dy: sums('dy'), dyNormalised: sums('dyNormalised') };
}

function divided({ count, dy, dyNormalised }: GradientSums, by: number): GradientSums {
  return { count, dy: dy.map((value) => value / by), dyNormalised: dyNormalised.map((value) => value / by) };
}
