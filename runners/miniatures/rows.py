"""The shape in which the miniature computes: per rank [C, n], one row per channel."""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy as np

from bn_protocol.tensors import BFloat16, Value

Vector = np.ndarray
Rows = np.ndarray


class Moments(NamedTuple):
    """Statistics of one channel per entry; the variance is biased."""

    n: int
    mean: Vector
    variance: Vector


class Tape(NamedTuple):
    """What a backward step needs of its forward."""

    input: int
    grads: Sequence[int]
    #: rows of every rank
    rows: list[Rows]
    #: what each rank normalised with
    moments: list[Moments]
    #: the batch's statistics where this forward updated the state, and the weight it gave them
    update: tuple[Moments, float] | None
    by_batch: bool


def to_rows(x: np.ndarray) -> Rows:
    """[N, C, …spatial] as [C, n] in float64; each row is contiguous, so that numpy sums it pairwise."""
    return np.ascontiguousarray(np.moveaxis(x, 1, 0).reshape(x.shape[1], -1), dtype=np.float64)


def from_rows(rows: Rows, shape: tuple[int, ...]) -> np.ndarray:
    """[C, n] as [N, C, …spatial], still in float64."""
    channels_first = rows.reshape((shape[1], shape[0], *shape[2:]))
    return np.ascontiguousarray(np.moveaxis(channels_first, 0, 1))


def column(vector: Vector) -> Rows:
    return vector[:, np.newaxis]


def native(value: Value) -> np.ndarray:
    """The array itself.

    :raises TypeError: bfloat16, which the adapter reports as unsupported before it comes here
    """
    if isinstance(value, BFloat16):
        raise TypeError('numpy cannot compute in bfloat16')
    return value
