"""The shape in which the miniature computes: per rank [C, n], one row per channel."""

from __future__ import annotations

from typing import NamedTuple, Sequence

import numpy as np

from bn_protocol.tensors import BFloat16, Value

Vector = np.ndarray
Rows = np.ndarray


class Moments(NamedTuple):
    """Statistics of one channel per entry; the variance is biased."""

    #: how many values each channel had; 0 where these are the running statistics
    n: int
    mean: Vector
    variance: Vector

    @property
    def running(self) -> bool:
        return self.n == 0


class GradientSums(NamedTuple):
    """What the input gradient subtracts, one entry per channel."""

    n: int
    dy: Vector
    dy_x_hat: Vector


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


def to_rows(x: np.ndarray, dtype: np.dtype) -> Rows:
    """[N, C, …spatial] as [C, n] in ``dtype``; each row is contiguous, so that numpy sums it pairwise."""
    return np.ascontiguousarray(np.moveaxis(x, 1, 0).reshape(x.shape[1], -1), dtype=dtype)


def from_rows(rows: Rows, shape: tuple[int, ...]) -> np.ndarray:
    """[C, n] as [N, C, …spatial], still in the type of the rows."""
    channels_first = rows.reshape((shape[1], shape[0], *shape[2:]))
    return np.ascontiguousarray(np.moveaxis(channels_first, 0, 1))


def spatial_size(shape: tuple[int, ...]) -> int:
    return int(np.prod(shape[2:]))


def column(vector: Vector) -> Rows:
    return vector[:, np.newaxis]


def native(value: Value) -> np.ndarray:
    """The array itself.

    :raises TypeError: bfloat16, which the adapter reports as unsupported before it comes here
    """
    if isinstance(value, BFloat16):
        raise TypeError('numpy cannot compute in bfloat16')
    return value


class Witness:
    """Remembers the bits of arrays, to tell which of them changed in place."""

    def __init__(self, **arrays: np.ndarray) -> None:
        self.seen = {name: (array, array.tobytes()) for name, array in arrays.items()}

    def lend(self, name: str, given: np.ndarray) -> np.ndarray:
        """A writable copy of what the caller gave, watched from now on."""
        copy = given.copy()
        self.seen[name] = (copy, copy.tobytes())
        return copy

    def lent(self, name: str) -> np.ndarray:
        return self.seen[name][0]

    def changed(self) -> list[str]:
        return [name for name, (array, bits) in self.seen.items() if array.tobytes() != bits]
