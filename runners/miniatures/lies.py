"""The lies: each replaces one function of the honest model. What they break is written in ``lies.json``."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from model import HonestLayer
from rows import Moments, Rows, Tape, Vector, column

DEFAULT_MOMENTUM = 0.1
MARK_OF_A_REFUSED_CALL = 7.0


class BiasedRunningVariance(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return batch.variance


class UnbiasedNormalisation(HonestLayer):
    def normalising_variance(self, moments: Moments) -> Vector:
        running = moments.n == 0
        return moments.variance if running else self.stored_variance(moments)


class MomentumComplement(HonestLayer):
    def weight(self) -> float:
        return super().weight() if self.config.momentum is None else 1 - self.config.momentum


class EpsOutsideSqrt(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(variance) + self.config.eps


class EpsIgnored(HonestLayer):
    def scale(self, variance: Vector) -> Vector:
        return np.sqrt(variance)


class StatisticsNotUpdated(HonestLayer):
    def move_state(self, batch: Moments, weight: float) -> None:
        pass


class StatisticsUpdatedInEvaluation(HonestLayer):
    def updates_state(self) -> bool:
        return self.config.statistics in ('tracked', 'batch')


class BatchStatisticsInEvaluation(HonestLayer):
    def normalises_by_batch(self) -> bool:
        return super().normalises_by_batch() or self.config.statistics == 'tracked'


class RunningMeanIgnored(HonestLayer):
    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        running = moments.n == 0
        centred = Moments(0, np.zeros_like(moments.mean), moments.variance)
        return super().normalise(rows, centred if running else moments)


class RunningStatisticsInTraining(HonestLayer):
    def normalises_by_batch(self) -> bool:
        return super().normalises_by_batch() and not self.tracks_in_training()


class FrozenStatisticsGradient(HonestLayer):
    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return self.evaluation_dx(tape, dy)


class MissingXHatTerm(HonestLayer):
    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        count, sum_dy, _ = self.gradient_sums(tape, dy)
        return self.gamma_over_s(tape) * (dy[self.rank] - column(sum_dy / count))


class TrainingGradientInEvaluation(HonestLayer):
    def evaluation_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return self.training_dx(tape._replace(moments=self.batch_moments(tape.rows)), dy)


class NaiveAccumulation(HonestLayer):
    def total(self, rows: Rows) -> Vector:
        working = np.float64 if self.dtype == np.float64 else np.float32
        if rows.shape[1] == 0:
            return np.zeros(rows.shape[0])
        return np.add.accumulate(rows.astype(working), axis=1)[:, -1].astype(np.float64)


class OnePassVariance(HonestLayer):
    def variance(self, rows: Rows, mean: Vector) -> Vector:
        x = rows.astype(np.float32)
        return ((x * x).mean(axis=1) - x.mean(axis=1) ** 2).astype(np.float64)


class HalfPrecisionInside(HonestLayer):
    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        return super().normalise(rows, moments).astype(np.float16).astype(np.float64)

    def output(self, rows: Rows, moments: Moments) -> Rows:
        return super().output(rows, moments).astype(np.float16).astype(np.float64)


class StatisticsOverAllChannels(HonestLayer):
    def local_moments(self, rows: Rows) -> Moments:
        together = super().local_moments(rows.reshape(1, -1))
        channels = rows.shape[0]
        return Moments(rows.shape[1], np.repeat(together.mean, channels), np.repeat(together.variance, channels))


class AffineIgnored(HonestLayer):
    def affine(self) -> tuple[Vector, Vector]:
        return np.ones_like(self.gamma), np.zeros_like(self.beta)


class FreshVarianceZero(HonestLayer):
    def fresh_variance(self) -> float:
        return 0.0


class CumulativeAsDefaultMomentum(HonestLayer):
    def weight(self) -> float:
        return DEFAULT_MOMENTUM if self.config.momentum is None else self.config.momentum


class CountNotIncremented(HonestLayer):
    def count_step(self) -> None:
        pass


class StateMovedByBackward(HonestLayer):
    def after_backward(self, tape: Tape) -> None:
        if tape.update:
            self.move_state(*tape.update)


class FreshLayerEvaluates(HonestLayer):
    def starts_in_training(self) -> bool:
        return False


class RunningRowUpdates(HonestLayer):
    def updates_state(self) -> bool:
        return super().updates_state() or (self.config.statistics == 'running' and self.training)


class BatchRowFrozenInEvaluation(HonestLayer):
    def updates_state(self) -> bool:
        return super().updates_state() and self.training

    def counts_step(self) -> bool:
        return super().counts_step() and self.training


class UntrackedKeepsState(HonestLayer):
    def has_state(self) -> bool:
        return True

    def updates_state(self) -> bool:
        return super().updates_state() or (self.config.statistics == 'untracked' and self.training)

    def counts_step(self) -> bool:
        return self.updates_state()


class DgammaWithoutNormalisation(HonestLayer):
    def reported_dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        rows, moments = tape.rows[self.rank], tape.moments[self.rank]
        return self.total(dy[self.rank] * (rows - column(moments.mean)))


class DbetaAveraged(HonestLayer):
    def reported_dbeta(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return super().reported_dbeta(tape, dy) / dy[self.rank].shape[1]


class RankLocalStatistics(HonestLayer):
    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:
        return ranks[rank]


class UnweightedPooling(HonestLayer):
    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:
        count = sum(one.n for one in ranks)
        mean = np.mean([one.mean for one in ranks], axis=0)
        return Moments(count, mean, np.mean([one.variance for one in ranks], axis=0))


class RankLocalGradientSums(HonestLayer):
    def gradient_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[int, Vector, Vector]:
        dgamma, dbeta = self.parameter_gradients(tape, dy, self.rank)
        return dy[self.rank].shape[1], dbeta, dgamma


class RanksNotSynchronised(RankLocalStatistics, RankLocalGradientSums):
    pass


class PooledParameterGradients(HonestLayer):
    def reported_dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return self.gradient_sums(tape, dy)[2]

    def reported_dbeta(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return self.gradient_sums(tape, dy)[1]


class FlattenedOutput(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        flat = (-1,) if y.ndim == 2 else (*y.shape[:2], -1)
        return super().reported_y(y, dtype).reshape(flat)


class AnyRankAccepted(HonestLayer):
    def check_rank(self, x: np.ndarray) -> None:
        if x.ndim < 2:
            super().check_rank(x)


class WrongChannelsAccepted(HonestLayer):
    def check_channels(self, x: np.ndarray) -> None:
        pass

    def take(self, x: np.ndarray) -> np.ndarray:
        shape = (x.shape[0], self.config.num_features, *x.shape[2:])
        return x if x.shape == shape else np.resize(x, shape)


class NanInsteadOfError(HonestLayer):
    def check_count(self, count: int) -> None:
        pass


class WrongDtype(HonestLayer):
    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:
        return super().reported_y(y, dtype).astype(np.float64)


class WrongStateDtype(HonestLayer):
    def reported_state(self) -> dict[str, Vector]:
        return {name: vector.astype(np.float64) for name, vector in super().reported_state().items()}


class StateChangedByRefusedCall(HonestLayer):
    def check(self, inputs: Sequence[np.ndarray]) -> None:
        try:
            super().check(inputs)
        except ValueError:
            self.step_count += 1
            self.running_mean = np.full_like(self.running_mean, MARK_OF_A_REFUSED_CALL)
            raise


NUMERIC: dict[str, type[HonestLayer]] = {
    'honest': HonestLayer,
    'biased-running-variance': BiasedRunningVariance,
    'unbiased-normalisation': UnbiasedNormalisation,
    'momentum-complement': MomentumComplement,
    'eps-outside-sqrt': EpsOutsideSqrt,
    'eps-ignored': EpsIgnored,
    'statistics-not-updated': StatisticsNotUpdated,
    'statistics-updated-in-evaluation': StatisticsUpdatedInEvaluation,
    'batch-statistics-in-evaluation': BatchStatisticsInEvaluation,
    'running-mean-ignored': RunningMeanIgnored,
    'running-statistics-in-training': RunningStatisticsInTraining,
    'frozen-statistics-gradient': FrozenStatisticsGradient,
    'missing-x-hat-term': MissingXHatTerm,
    'training-gradient-in-evaluation': TrainingGradientInEvaluation,
    'naive-accumulation': NaiveAccumulation,
    'one-pass-variance': OnePassVariance,
    'half-precision-inside': HalfPrecisionInside,
    'statistics-over-all-channels': StatisticsOverAllChannels,
    'affine-ignored': AffineIgnored,
    'fresh-variance-zero': FreshVarianceZero,
    'cumulative-as-default-momentum': CumulativeAsDefaultMomentum,
    'count-not-incremented': CountNotIncremented,
    'state-moved-by-backward': StateMovedByBackward,
    'fresh-layer-evaluates': FreshLayerEvaluates,
    'running-row-updates': RunningRowUpdates,
    'batch-row-frozen-in-evaluation': BatchRowFrozenInEvaluation,
    'untracked-keeps-state': UntrackedKeepsState,
    'dgamma-without-normalisation': DgammaWithoutNormalisation,
    'dbeta-averaged': DbetaAveraged,
    'rank-local-statistics': RankLocalStatistics,
    'ranks-not-synchronised': RanksNotSynchronised,
    'unweighted-pooling': UnweightedPooling,
    'rank-local-gradient-sums': RankLocalGradientSums,
    'pooled-parameter-gradients': PooledParameterGradients,
    'flattened-output': FlattenedOutput,
    'any-rank-accepted': AnyRankAccepted,
    'wrong-channels-accepted': WrongChannelsAccepted,
    'nan-instead-of-error': NanInsteadOfError,
    'wrong-dtype': WrongDtype,
    'wrong-state-dtype': WrongStateDtype,
    'state-changed-by-refused-call': StateChangedByRefusedCall,
}
