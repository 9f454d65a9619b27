"""Lies about what is subtracted, what it is divided by, and the output as a whole."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from lies.kernels import whole_vectors
from model import HonestLayer
from rows import Moments, Rows, Vector

USUAL_EPS = 1e-5
WRONG_FACTOR = 1 + 1e-4
NOISE = 1e-3


def uncentred(moments: Moments) -> Moments:
    return moments._replace(mean=np.zeros_like(moments.mean))


class EpsOutsideSqrt(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(variance) + self.config.eps


class EpsIgnored(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(variance)


class NoSquareRoot(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return variance + self.config.eps


class MultipliedByDeviation(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return 1 / super().scale(variance)


class EpsAddedTwice(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(variance + 2 * self.config.eps)


class EpsAsFloor(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(np.maximum(variance, self.config.eps))


class EpsConstant(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(variance + USUAL_EPS)


class EpsMissingInEvaluation(HonestLayer):
    def s(self, moments: Moments) -> Vector:
        return np.sqrt(moments.variance) if moments.running else super().s(moments)


class RunningMeanIgnored(HonestLayer):
    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        return super().normalise(rows, uncentred(moments) if moments.running else moments)


class BatchMeanIgnored(HonestLayer):
    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        return super().normalise(rows, moments if moments.running else uncentred(moments))


class RunningVarianceIgnored(HonestLayer):
    def normalising_variance(self, moments: Moments) -> Vector:
        return np.ones_like(moments.variance) if moments.running else super().normalising_variance(moments)


class BesselInEvaluation(HonestLayer):
    def running_moments(self, rows: Sequence[Rows]) -> list[Moments]:
        bessel = self.bessel(sum(one.shape[1] for one in rows))
        return [moments._replace(variance=moments.variance * bessel) for moments in super().running_moments(rows)]


class LastChannelSkipped(HonestLayer):
    def output(self, rows: Rows, moments: Moments) -> Rows:
        y = super().output(rows, moments)
        y[-1] = rows[-1]
        return y


class OutputScaled(HonestLayer):
    def output(self, rows: Rows, moments: Moments) -> Rows:
        return super().output(rows, moments) * WRONG_FACTOR


class TailNotNormalised(HonestLayer):
    def output(self, rows: Rows, moments: Moments) -> Rows:
        y = super().output(rows, moments)
        done = whole_vectors(rows.shape[1])
        y[:, done:] = rows[:, done:]
        return y


class NonDeterministic(HonestLayer):
    def output(self, rows: Rows, moments: Moments) -> Rows:
        signs = np.where(np.indices(rows.shape).sum(0) % 2 == 0, 1, -1)
        return super().output(rows, moments) * (1 + NOISE * signs * np.random.default_rng().uniform(1, 2, rows.shape))


NORMALISATION: dict[str, type[HonestLayer]] = {
    'eps-outside-sqrt': EpsOutsideSqrt,
    'eps-ignored': EpsIgnored,
    'no-square-root': NoSquareRoot,
    'multiplied-by-deviation': MultipliedByDeviation,
    'eps-added-twice': EpsAddedTwice,
    'eps-as-floor': EpsAsFloor,
    'eps-constant': EpsConstant,
    'eps-missing-in-evaluation': EpsMissingInEvaluation,
    'running-mean-ignored': RunningMeanIgnored,
    'batch-mean-ignored': BatchMeanIgnored,
    'running-variance-ignored': RunningVarianceIgnored,
    'bessel-in-evaluation': BesselInEvaluation,
    'last-channel-skipped': LastChannelSkipped,
    'output-scaled': OutputScaled,
    'tail-not-normalised': TailNotNormalised,
    'non-deterministic': NonDeterministic,
}
