"""Lies about what the ranks share."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from bn_protocol.cases import RankData
from model import HonestLayer
from rows import GradientSums, Moments, Rows, Tape, Vector, spatial_size


class RankLocalStatistics(HonestLayer):
    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:
        return ranks[rank]


class RankZeroStatistics(HonestLayer):
    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:
        return ranks[0]


class UnweightedPooling(HonestLayer):
    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:
        count = sum(one.n for one in ranks)
        mean = np.mean([one.mean for one in ranks], axis=0)
        return Moments(count, mean, np.mean([one.variance for one in ranks], axis=0))


class WithinRankVarianceOnly(HonestLayer):
    def spread(self, one: Moments, mean: Vector) -> Vector:
        return np.zeros_like(mean)


class LocalBessel(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return batch.variance * self.bessel(self.shape[0] * spatial_size(self.shape))


class RankLocalGradientSums(HonestLayer):
    def gradient_sums(self, tape: Tape, dy: Sequence[Rows]) -> GradientSums:
        sum_dy_x_hat, sum_dy = self.parameter_gradients(tape, dy, self.rank)
        return GradientSums(dy[self.rank].shape[1], sum_dy, sum_dy_x_hat)


class UnweightedGradientMeans(HonestLayer):
    def gradient_sums(self, tape: Tape, dy: Sequence[Rows]) -> GradientSums:
        counts = [max(rows.shape[1], 1) for rows in dy]
        means = [np.divide(self.parameter_gradients(tape, dy, rank), count) for rank, count in enumerate(counts)]
        mean_dy_x_hat, mean_dy = np.mean(means, axis=0)
        total = sum(counts)
        return GradientSums(total, mean_dy * total, mean_dy_x_hat * total)


class RanksNotSynchronised(RankLocalStatistics, RankLocalGradientSums):
    pass


class PooledParameterGradients(HonestLayer):
    def returned_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[Vector, Vector]:
        sums = self.gradient_sums(tape, dy)
        return sums.dy_x_hat, sums.dy


class ParameterGradientsAveragedOverRanks(HonestLayer):
    def returned_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[Vector, Vector]:
        sums = [self.parameter_gradients(tape, dy, rank) for rank in range(len(dy))]
        sum_dy_x_hat, sum_dy = np.mean(sums, axis=0)
        return sum_dy_x_hat, sum_dy


class GroupsIgnored(HonestLayer):
    def group(self, rank: int) -> Sequence[RankData]:
        return self.case.ranks


SYNCHRONISED: dict[str, type[HonestLayer]] = {
    'rank-local-statistics': RankLocalStatistics,
    'rank-zero-statistics': RankZeroStatistics,
    'unweighted-pooling': UnweightedPooling,
    'within-rank-variance-only': WithinRankVarianceOnly,
    'local-bessel': LocalBessel,
    'rank-local-gradient-sums': RankLocalGradientSums,
    'unweighted-gradient-means': UnweightedGradientMeans,
    'ranks-not-synchronised': RanksNotSynchronised,
    'pooled-parameter-gradients': PooledParameterGradients,
    'parameter-gradients-averaged-over-ranks': ParameterGradientsAveragedOverRanks,
    'groups-ignored': GroupsIgnored,
}
