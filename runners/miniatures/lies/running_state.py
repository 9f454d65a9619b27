"""Lies about what a training step leaves in the running statistics and the step count."""

from __future__ import annotations

import numpy as np

from model import HonestLayer
from rows import Moments, Tape, Vector, spatial_size

DEFAULT_MOMENTUM = 0.1


class FreshVarianceZero(HonestLayer):
    def fresh_variance(self) -> float:
        return 0.0


class ResetLeavesVarianceZero(FreshVarianceZero):
    """What is made without memory and reset has the variance of zeroed memory."""

    def fresh_variance(self) -> float:
        return super().fresh_variance() if self.config.option == 'device-meta' else HonestLayer.fresh_variance(self)


class EmptyBatchMovesState(HonestLayer):
    def empty_batch_moves(self) -> bool:
        return True

    def stored_variance(self, batch: Moments) -> Vector:
        return super().stored_variance(batch) if batch.n > 0 else batch.variance


# --- the weight of the step


class MomentumComplement(HonestLayer):
    def weight(self) -> float:
        return super().weight() if self.config.momentum is None else 1 - self.config.momentum


class MomentumIgnored(HonestLayer):
    def weight(self) -> float:
        return super().weight() if self.config.momentum is None else DEFAULT_MOMENTUM


class CumulativeAsDefaultMomentum(HonestLayer):
    def weight(self) -> float:
        return DEFAULT_MOMENTUM if self.config.momentum is None else self.config.momentum


class CumulativeWeightOffByOne(HonestLayer):
    def weight(self) -> float:
        return 1 / (self.updates + 1) if self.config.momentum is None else super().weight()


# --- how old and new meet


class StatisticsNotUpdated(HonestLayer):
    def move_state(self, batch: Moments, weight: float) -> None:
        pass


class RunningMeanNotUpdated(HonestLayer):
    def moved_mean(self, batch: Moments, weight: float) -> Vector:
        return self.running_mean


class RunningVarianceNotUpdated(HonestLayer):
    def moved_variance(self, batch: Moments, weight: float) -> Vector:
        return self.running_var


class StateReplaced(HonestLayer):
    def blend(self, old: Vector, new: Vector, weight: float) -> Vector:
        return new


class OldStateNotDecayed(HonestLayer):
    def blend(self, old: Vector, new: Vector, weight: float) -> Vector:
        return old + weight * new


class StateRestartsAtEachStep(HonestLayer):
    start: tuple[Vector, Vector] | None = None

    def move_state(self, batch: Moments, weight: float) -> None:
        self.start = self.start or (self.running_mean, self.running_var)
        self.running_mean, self.running_var = self.start
        super().move_state(batch, weight)


class VarianceMomentumComplement(HonestLayer):
    def moved_variance(self, batch: Moments, weight: float) -> Vector:
        return super().moved_variance(batch, weight if self.config.momentum is None else 1 - weight)


class RunningStatisticsExchanged(HonestLayer):
    def move_state(self, batch: Moments, weight: float) -> None:
        new_mean = self.blend(self.running_mean, self.stored_variance(batch), weight)
        new_var = self.blend(self.running_var, batch.mean, weight)
        self.running_mean, self.running_var = self.round_to_layer(new_mean), self.round_to_layer(new_var)


# --- what is stored


class BiasedRunningVariance(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return batch.variance


class RunningDeviationStored(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return np.sqrt(super().stored_variance(batch))


class EpsStoredInRunningVariance(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return super().stored_variance(batch) + self.config.eps


class UncentredRunningVariance(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return super().stored_variance(batch._replace(variance=batch.variance + batch.mean**2))


class BesselByBatchSize(HonestLayer):
    def stored_variance(self, batch: Moments) -> Vector:
        return batch.variance * self.bessel(batch.n // spatial_size(self.shape))


class RunningMeanOfSum(HonestLayer):
    def moved_mean(self, batch: Moments, weight: float) -> Vector:
        return super().moved_mean(batch._replace(mean=batch.mean * batch.n), weight)


class RunningMeanWithBessel(HonestLayer):
    def moved_mean(self, batch: Moments, weight: float) -> Vector:
        return super().moved_mean(batch._replace(mean=batch.mean * self.bessel(batch.n)), weight)


class StateRoundedToHalf(HonestLayer):
    def round_to_layer(self, vector: Vector) -> Vector:
        return super().round_to_layer(vector.astype(np.float16))


class StateMovedByBackward(HonestLayer):
    def after_backward(self, tape: Tape) -> None:
        if tape.update:
            self.move_state(*tape.update)


# --- the step count


class CountNotIncremented(HonestLayer):
    def count_step(self) -> None:
        pass


class HalfLayerNotUpdated(HonestLayer):
    def move_state(self, batch: Moments, weight: float) -> None:
        if self.dtype != np.float16:
            super().move_state(batch, weight)


class CountDoubled(HonestLayer):
    def count_step(self) -> None:
        self.step_count += 2


class CountInEvaluation(HonestLayer):
    def counts_step(self) -> bool:
        return super().counts_step() or self.row() == 'tracked'


RUNNING_STATE: dict[str, type[HonestLayer]] = {
    'fresh-variance-zero': FreshVarianceZero,
    'reset-leaves-variance-zero': ResetLeavesVarianceZero,
    'empty-batch-moves-state': EmptyBatchMovesState,
    'momentum-complement': MomentumComplement,
    'momentum-ignored': MomentumIgnored,
    'cumulative-as-default-momentum': CumulativeAsDefaultMomentum,
    'cumulative-weight-off-by-one': CumulativeWeightOffByOne,
    'statistics-not-updated': StatisticsNotUpdated,
    'running-mean-not-updated': RunningMeanNotUpdated,
    'running-variance-not-updated': RunningVarianceNotUpdated,
    'state-replaced': StateReplaced,
    'old-state-not-decayed': OldStateNotDecayed,
    'state-restarts-at-each-step': StateRestartsAtEachStep,
    'variance-momentum-complement': VarianceMomentumComplement,
    'running-statistics-exchanged': RunningStatisticsExchanged,
    'biased-running-variance': BiasedRunningVariance,
    'running-deviation-stored': RunningDeviationStored,
    'eps-stored-in-running-variance': EpsStoredInRunningVariance,
    'uncentred-running-variance': UncentredRunningVariance,
    'bessel-by-batch-size': BesselByBatchSize,
    'running-mean-of-sum': RunningMeanOfSum,
    'running-mean-with-bessel': RunningMeanWithBessel,
    'state-rounded-to-half': StateRoundedToHalf,
    'state-moved-by-backward': StateMovedByBackward,
    'count-not-incremented': CountNotIncremented,
    'half-layer-not-updated': HalfLayerNotUpdated,
    'count-doubled': CountDoubled,
    'count-in-evaluation': CountInEvaluation,
}
