"""Lies about the gradients; the forward is honest."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from bn_protocol.adapter import Observation
from lies.kernels import BLOCK_OF_CHANNELS, whole_vectors
from model import HonestLayer
from rows import GradientSums, Rows, Tape, Vector, column

# --- of the input


class FrozenStatisticsGradient(HonestLayer):
    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return self.evaluation_dx(tape, dy)


class MissingXHatTerm(HonestLayer):
    def through_statistics(self, dy: Rows, x_hat: Rows, sums: GradientSums) -> Rows:
        return dy - column(sums.dy / sums.n)


class MissingMeanTerm(HonestLayer):
    def through_statistics(self, dy: Rows, x_hat: Rows, sums: GradientSums) -> Rows:
        return dy - x_hat * column(sums.dy_x_hat / sums.n)


class UnbiasedInputGradient(HonestLayer):
    def through_statistics(self, dy: Rows, x_hat: Rows, sums: GradientSums) -> Rows:
        return dy - column(sums.dy / sums.n) - x_hat * column(sums.dy_x_hat / (sums.n - 1))


class XHatTermAdded(HonestLayer):
    def through_statistics(self, dy: Rows, x_hat: Rows, sums: GradientSums) -> Rows:
        return dy - column(sums.dy / sums.n) + x_hat * column(sums.dy_x_hat / sums.n)


class TrainingGradientInEvaluation(HonestLayer):
    def evaluation_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return self.training_dx(tape._replace(moments=self.batch_moments(tape.rows)), dy)


class GradientThroughRunningAverage(HonestLayer):
    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        weight = tape.update[1] if tape.update else 1.0
        return weight * super().training_dx(tape, dy) + (1 - weight) * self.evaluation_dx(tape, dy)


class DxWithoutGamma(HonestLayer):
    def gamma_over_s(self, tape: Tape) -> Rows:
        return column(1 / self.s(tape.moments[self.rank]))


class DxWithoutDeviation(HonestLayer):
    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return super().training_dx(tape, dy) * column(self.s(tape.moments[self.rank]))


class EpsIgnoredInBackward(HonestLayer):
    def gamma_over_s(self, tape: Tape) -> Rows:
        moments = tape.moments[self.rank]
        gamma, _ = self.affine(moments)
        return column(gamma / np.sqrt(self.normalising_variance(moments)))


class DxDoubled(HonestLayer):
    def input_gradient(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return 2 * super().input_gradient(tape, dy)


class TailGradientZero(HonestLayer):
    def input_gradient(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        dx = super().input_gradient(tape, dy)
        dx[:, whole_vectors(dx.shape[1]) :] = 0
        return dx


# --- of the parameters


class LateEvaluationGradient(HonestLayer):
    def backward(self, tape: Tape, nth: int) -> Observation:
        return super().backward(tape if tape.by_batch else tape._replace(moments=self.running_moments(tape.rows)), nth)


class DgammaWithoutNormalisation(HonestLayer):
    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        rows, moments = tape.rows[self.rank], tape.moments[self.rank]
        return self.total(dy[self.rank] * (rows - column(moments.mean)))


class DgammaFromOutput(HonestLayer):
    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return self.total(dy[self.rank] * self.output(tape.rows[self.rank], tape.moments[self.rank]))


class DgammaUncentred(HonestLayer):
    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return self.total(dy[self.rank] * (tape.rows[self.rank] / column(self.s(tape.moments[self.rank]))))


class DgammaAveraged(HonestLayer):
    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return super().dgamma(tape, dy) / dy[self.rank].shape[1]


class DgammaByBatchInEvaluation(HonestLayer):
    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        seen = tape if tape.by_batch else tape._replace(moments=self.batch_moments(tape.rows))
        return super().dgamma(seen, dy)


class ChannelsPast64WithoutDgamma(HonestLayer):
    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        dgamma = super().dgamma(tape, dy)
        dgamma[BLOCK_OF_CHANNELS:] = 0
        return dgamma


class DbetaAveraged(HonestLayer):
    def dbeta(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        return super().dbeta(tape, dy) / dy[self.rank].shape[1]


class OnesNotSummed(HonestLayer):
    """The gradient of a plain sum is one number, expanded; it is read once."""

    def dbeta(self, tape: Tape, dy: Sequence[Rows]) -> Vector:
        own = dy[self.rank]
        return super().dbeta(tape, dy) / (own.shape[1] if own.size > 0 and np.all(own == 1) else 1)


class ParameterGradientsExchanged(HonestLayer):
    def returned_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[Vector, Vector]:
        sum_dy_x_hat, sum_dy = super().returned_sums(tape, dy)
        return sum_dy, sum_dy_x_hat


class ParameterGradientsZeroInEvaluation(HonestLayer):
    def returned_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[Vector, Vector]:
        sums = super().returned_sums(tape, dy)
        return sums if tape.by_batch else (np.zeros_like(sums[0]), np.zeros_like(sums[1]))


class ParameterGradientsMissing(HonestLayer):
    def reported_parameters(self, tape: Tape, dy: Sequence[Rows]) -> Observation:
        return {}


class GradientsReplaced(HonestLayer):
    def added(self, held: Vector | None, own: Vector) -> Vector:
        return own


class SecondOrderByConstants(HonestLayer):
    def change_of_statistics(self, tape: Tape, v: Rows) -> tuple[Vector, Vector]:
        return np.zeros_like(self.gamma), np.zeros_like(self.gamma)


class SecondOrderGammaUncentred(HonestLayer):
    def change_of_dgamma(self, tape: Tape, dy: Rows, v: Rows) -> Vector:
        mean_change, _ = self.change_of_statistics(tape, v)
        return super().change_of_dgamma(tape, dy, v) + self.total(dy) * mean_change / self.s(tape.moments[self.rank])


class SecondOrderMissing(HonestLayer):
    def change_of_dx(self, tape: Tape, dy: Rows, v: Rows) -> Rows:
        return np.zeros_like(dy)


GRADIENTS: dict[str, type[HonestLayer]] = {
    'frozen-statistics-gradient': FrozenStatisticsGradient,
    'missing-x-hat-term': MissingXHatTerm,
    'missing-mean-term': MissingMeanTerm,
    'unbiased-input-gradient': UnbiasedInputGradient,
    'x-hat-term-added': XHatTermAdded,
    'training-gradient-in-evaluation': TrainingGradientInEvaluation,
    'late-evaluation-gradient': LateEvaluationGradient,
    'gradient-through-running-average': GradientThroughRunningAverage,
    'dx-without-gamma': DxWithoutGamma,
    'dx-without-deviation': DxWithoutDeviation,
    'eps-ignored-in-backward': EpsIgnoredInBackward,
    'dx-doubled': DxDoubled,
    'tail-gradient-zero': TailGradientZero,
    'dgamma-without-normalisation': DgammaWithoutNormalisation,
    'dgamma-from-output': DgammaFromOutput,
    'dgamma-uncentred': DgammaUncentred,
    'dgamma-averaged': DgammaAveraged,
    'dgamma-by-batch-in-evaluation': DgammaByBatchInEvaluation,
    'channels-past-64-without-dgamma': ChannelsPast64WithoutDgamma,
    'dbeta-averaged': DbetaAveraged,
    'gradients-replaced': GradientsReplaced,
    'second-order-by-constants': SecondOrderByConstants,
    'second-order-gamma-uncentred': SecondOrderGammaUncentred,
    'second-order-missing': SecondOrderMissing,
    'ones-not-summed': OnesNotSummed,
    'parameter-gradients-exchanged': ParameterGradientsExchanged,
    'parameter-gradients-zero-in-evaluation': ParameterGradientsZeroInEvaluation,
    'parameter-gradients-missing': ParameterGradientsMissing,
}
