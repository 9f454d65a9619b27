"""Honest variants: the right formulas by other sanctioned arithmetic. None of them may ever be accused.

All but the first work in float32, gradients included; a float64 layer stays in float64.
"""

from __future__ import annotations

from typing import Any, Sequence

import numpy as np

from model import HonestLayer
from rows import Moments, Rows, Tape, Vector, column


class PairwiseFloat32(HonestLayer):
    """Sums by a balanced tree, two-pass."""

    def working_type(self) -> np.dtype:
        return np.result_type(np.float32, self.dtype, *[x.dtype for x in self.data.inputs])

    def total(self, rows: Rows) -> Vector:
        if rows.shape[1] == 0:
            return np.zeros(rows.shape[0], self.working)
        while rows.shape[1] > 1:
            half = rows.shape[1] // 2
            pairs = rows[:, :half] + rows[:, half : 2 * half]
            rows = np.concatenate([pairs, rows[:, 2 * half :]], axis=1)
        return rows[:, 0]


class NaiveFloat32(PairwiseFloat32):
    """Sums one value after the other, two-pass."""

    def total(self, rows: Rows) -> Vector:
        if rows.shape[1] == 0:
            return super().total(rows)
        return np.add.accumulate(rows, axis=1, dtype=self.working)[:, -1]


class WelfordFloat32(NaiveFloat32):
    """Mean and variance updated value by value: B. P. Welford, Technometrics 4, 1962."""

    def local_moments(self, rows: Rows) -> Moments:
        mean = np.zeros(rows.shape[0], self.working)
        squares = np.zeros(rows.shape[0], self.working)
        for before, value in enumerate(rows.T):
            from_old_mean = value - mean
            mean = mean + from_old_mean / (before + 1)
            squares = squares + from_old_mean * (value - mean)
        return Moments(rows.shape[1], mean, squares / max(rows.shape[1], 1))


class ShiftedFloat32(NaiveFloat32):
    """Sums of x − K and (x − K)² in one more pass, K the sum over n: Chan, Golub and LeVeque, 1983, eq. 1.7."""

    def local_moments(self, rows: Rows) -> Moments:
        pilot = super().local_moments(rows)
        if pilot.n == 0:
            return pilot
        shifted = rows - column(pilot.mean)
        correction = self.total(shifted) / pilot.n
        spread = self.total(shifted * shifted) / pilot.n
        # infinite where the squares overflow, like any two-pass variance
        variance = np.where(np.isinf(spread), spread, spread - correction**2)
        return Moments(pilot.n, pilot.mean + correction, variance)


class FoldedFloat32(PairwiseFloat32):
    """y = αx + β′ with α = γ/s and β′ = β − μ·α."""

    def output(self, rows: Rows, moments: Moments) -> Rows:
        gamma, beta = self.affine(moments)
        alpha = gamma / self.s(moments)
        return column(alpha) * rows + column(beta - moments.mean * alpha)


class ReciprocalRootFloat32(PairwiseFloat32):
    """1/s as one number of the working precision, then products."""

    def reciprocal_root(self, moments: Moments) -> Vector:
        return 1 / self.s(moments)

    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        return (rows - column(moments.mean)) * column(self.reciprocal_root(moments))

    def gamma_over_s(self, tape: Tape) -> Rows:
        moments = tape.moments[self.rank]
        gamma, _ = self.affine(moments)
        return column(gamma * self.reciprocal_root(moments))


class Flushing(np.ndarray):
    """An array whose products and quotients are 0 where they would be subnormal."""

    __array_priority__ = 1.0  # so that concatenation keeps the type

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        plain = [np.asarray(x) if isinstance(x, Flushing) else x for x in inputs]
        result = getattr(ufunc, method)(*plain, **options)
        if ufunc in (np.multiply, np.divide, np.square, np.power):
            result = np.where(np.abs(result) < np.finfo(result.dtype).tiny, np.copysign(0, result), result)
        return np.asarray(result).view(Flushing)


class FlushToZero(PairwiseFloat32):
    """What a processor does that flushes subnormal products to zero."""

    def initial(self, name: str, default: float) -> Vector:
        return super().initial(name, default).view(Flushing)

    def as_rows(self, x: np.ndarray) -> Rows:
        return super().as_rows(x).view(Flushing)

    def over_ranks(self, summands: Sequence[Any]) -> np.ndarray:
        return super().over_ranks(summands).view(Flushing)


VARIANTS: dict[str, type[HonestLayer]] = {
    'honest': HonestLayer,
    'honest-naive-float32': NaiveFloat32,
    'honest-pairwise-float32': PairwiseFloat32,
    'honest-welford-float32': WelfordFloat32,
    'honest-shifted-float32': ShiftedFloat32,
    'honest-folded-float32': FoldedFloat32,
    'honest-reciprocal-root': ReciprocalRootFloat32,
    'honest-flush-to-zero': FlushToZero,
}
