"""Lies about the mean and variance of the batch."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from lies.kernels import BLOCK_OF_CHANNELS, whole_vectors
from model import HonestLayer
from rows import Moments, Rows, Vector, column


class UnbiasedNormalisation(HonestLayer):
    def normalising_variance(self, moments: Moments) -> Vector:
        return moments.variance if moments.running else moments.variance * self.bessel(moments.n)


class StatisticsOverAllChannels(HonestLayer):
    def local_moments(self, rows: Rows) -> Moments:
        together = super().local_moments(rows.reshape(1, -1))
        channels = rows.shape[0]
        return Moments(rows.shape[1], np.repeat(together.mean, channels), np.repeat(together.variance, channels))


class MeanDividedByNMinus1(HonestLayer):
    def mean(self, rows: Rows) -> Vector:
        return self.total(rows) / max(rows.shape[1] - 1, 1)


class StatisticsOfFirstSample(HonestLayer):
    def local_moments(self, rows: Rows) -> Moments:
        count = rows.shape[1]
        return super().local_moments(rows[:, : (count + 1) // 2])._replace(n=count)


class SecondThreadLost(StatisticsOfFirstSample):
    """The second of two threads adds nothing to the sums."""

    def local_moments(self, rows: Rows) -> Moments:
        return super().local_moments(rows) if self.case.threads > 1 else HonestLayer.local_moments(self, rows)


class TailMissingFromStatistics(HonestLayer):
    def local_moments(self, rows: Rows) -> Moments:
        count = rows.shape[1]
        return super().local_moments(rows[:, : whole_vectors(count)])._replace(n=count)


class Avx2TailMissing(TailMissingFromStatistics):
    """The kernels of one instruction set leave out what fills no whole vector."""

    def local_moments(self, rows: Rows) -> Moments:
        held = self.case.capability == 'avx2'
        return super().local_moments(rows) if held else HonestLayer.local_moments(self, rows)


class UncentredVariance(HonestLayer):
    def variance(self, rows: Rows, mean: Vector) -> Vector:
        return super().variance(rows, np.zeros_like(mean))


class MeanAbsoluteDeviation(HonestLayer):
    def used_moments(self, batch: list[Moments], rows: Sequence[Rows]) -> list[Moments]:
        eps = self.config.eps
        count = sum(one.shape[1] for one in rows)
        used = []
        for moments in batch:
            distances = [self.total(np.abs(one - column(moments.mean))) for one in rows]
            s = self.over_ranks(distances) / count + eps**0.5
            used.append(moments._replace(variance=s**2 - eps))  # the variance whose s this is
        return used


class NeighbourChannelStatistics(HonestLayer):
    def local_moments(self, rows: Rows) -> Moments:
        return super().local_moments(np.roll(rows, -1, axis=0))


class ChannelsPast64Wrap(HonestLayer):
    def local_moments(self, rows: Rows) -> Moments:
        channels = np.arange(rows.shape[0])
        channels[BLOCK_OF_CHANNELS:] -= BLOCK_OF_CHANNELS
        return super().local_moments(rows[channels])


class StaleBatchStatistics(HonestLayer):
    previous: list[Moments] | None = None

    def used_moments(self, batch: list[Moments], rows: Sequence[Rows]) -> list[Moments]:
        if not self.training:
            return batch
        used, self.previous = self.previous or batch, batch
        return used


BATCH_STATISTICS: dict[str, type[HonestLayer]] = {
    'unbiased-normalisation': UnbiasedNormalisation,
    'statistics-over-all-channels': StatisticsOverAllChannels,
    'mean-divided-by-n-minus-1': MeanDividedByNMinus1,
    'statistics-of-first-sample': StatisticsOfFirstSample,
    'second-thread-lost': SecondThreadLost,
    'avx2-tail-missing': Avx2TailMissing,
    'tail-missing-from-statistics': TailMissingFromStatistics,
    'uncentred-variance': UncentredVariance,
    'mean-absolute-deviation': MeanAbsoluteDeviation,
    'neighbour-channel-statistics': NeighbourChannelStatistics,
    'channels-past-64-wrap': ChannelsPast64Wrap,
    'stale-batch-statistics': StaleBatchStatistics,
}
