"""Lies about the arithmetic: the formulas are right, the precision is not."""

from __future__ import annotations

import numpy as np

from bn_protocol.cases import Case, RankData
from model import HonestLayer
from rows import Rows, Vector
from variants import PairwiseFloat32


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
    def inside(self, rows: Rows) -> Rows:
        return rows.astype(np.float16).astype(rows.dtype)


class BFloat16Inside(HonestLayer):
    def inside(self, rows: Rows) -> Rows:
        """Rounds the upper half of the bit pattern of float32, ties to even."""
        single = np.ascontiguousarray(rows, dtype=np.float32)
        bits = single.view(np.uint32)
        odd = (bits >> np.uint32(16)) & np.uint32(1)
        rounded = (bits + np.uint32(0x7FFF) + odd) & np.uint32(0xFFFF0000)
        return np.where(np.isnan(single), single, rounded.view(np.float32)).astype(rows.dtype)


class SumsInChangingOrder(PairwiseFloat32):
    """As of threads that add to one sum in the order in which they are done."""

    layers = 0

    def __init__(self, case: Case, data: RankData) -> None:
        SumsInChangingOrder.layers += 1
        self.turn = SumsInChangingOrder.layers
        super().__init__(case, data)

    def total(self, rows: Rows) -> Vector:
        order = np.random.default_rng(self.turn).permutation(rows.shape[1])
        return super().total(rows[:, order])


ACCURACY: dict[str, type[HonestLayer]] = {
    'naive-accumulation': NaiveAccumulation,
    'one-pass-variance': OnePassVariance,
    'half-precision-inside': HalfPrecisionInside,
    'bfloat16-inside': BFloat16Inside,
    'sums-in-changing-order': SumsInChangingOrder,
}
