"""The honest miniature: a small Batch Normalization in float64, each observable rounded once at the end.

One function per line of the specification, so that a lie replaces exactly one of them (``lies.py``). Inside, all data
of a rank lies as rows: [C, n], one row per channel.
"""

from __future__ import annotations

from typing import Sequence

import numpy as np

from bn_protocol.adapter import Layer, Observation
from bn_protocol.cases import Case, RankData
from rows import Moments, Rows, Tape, Vector, column, from_rows, native, to_rows

ACCEPTED_RANKS = {'batchnorm1d': (2, 3), 'batchnorm2d': (4,), 'batchnorm3d': (5,)}
LOWEST_SYNCHRONISED_RANK = 2


class HonestLayer(Layer):
    """One layer on one rank; the data of its peers is at hand, which stands for the communication."""

    def __init__(self, case: Case, data: RankData) -> None:
        if case.config.num_features < 1:
            raise ValueError(f'num_features must be at least 1, got {case.config.num_features}')
        self.layer = case.layer
        self.config = case.config
        self.peers = case.ranks
        self.rank = next(rank for rank, peer in enumerate(case.ranks) if peer is data)
        self.dtype = np.dtype(case.config.dtype)
        self.training = self.starts_in_training()
        self.gamma = self.initial(case, 'gamma', 1.0)
        self.beta = self.initial(case, 'beta', 0.0)
        self.running_mean = self.initial(case, 'running_mean', 0.0)
        self.running_var = self.initial(case, 'running_var', self.fresh_variance())
        self.updates = 0
        self.step_count = 0

    def initial(self, case: Case, name: str, default: float) -> Vector:
        given = case.initial.get(name)
        return np.full(self.config.num_features, default) if given is None else native(given).astype(np.float64)

    def starts_in_training(self) -> bool:  # BN-STATE-08
        return True

    def fresh_variance(self) -> float:  # BN-STATE-01
        return 1.0

    # --- the mode table, BN-STAT-03 and BN-STATE-04, 09, 10, 11

    def batch_is_asked(self) -> bool:
        """The truth of the mode table: lies about what is used leave refusals as they are."""
        return self.config.statistics in ('untracked', 'batch') or self.tracks_in_training()

    def tracks_in_training(self) -> bool:
        return self.config.statistics == 'tracked' and self.training

    def normalises_by_batch(self) -> bool:
        return self.batch_is_asked()

    def has_state(self) -> bool:
        return self.config.statistics != 'untracked'

    def updates_state(self) -> bool:
        return self.config.statistics == 'batch' or self.tracks_in_training()

    def counts_step(self) -> bool:  # BN-STATE-06
        return self.config.statistics == 'batch' or self.tracks_in_training()

    # --- refusals, all of them before any state moves (BN-ERR-01)

    def check(self, inputs: Sequence[np.ndarray]) -> None:
        for x in inputs:
            self.check_type(x)
            self.check_rank(x)
            self.check_channels(x)
        if self.batch_is_asked():
            self.check_count(sum(x.size // x.shape[1] for x in inputs))

    def check_type(self, x: np.ndarray) -> None:
        if x.dtype.kind != 'f':
            raise TypeError(f'expected a floating-point input, got {x.dtype}')

    def check_rank(self, x: np.ndarray) -> None:  # BN-SHAPE-02
        accepted = ACCEPTED_RANKS.get(self.layer)
        if x.ndim < LOWEST_SYNCHRONISED_RANK if accepted is None else x.ndim not in accepted:
            raise ValueError(f'{self.layer} got an input of rank {x.ndim}')

    def check_channels(self, x: np.ndarray) -> None:  # BN-SHAPE-03
        if x.shape[1] != self.config.num_features:
            raise ValueError(f'expected {self.config.num_features} channels, got {x.shape[1]}')

    def check_count(self, count: int) -> None:  # BN-STAT-02
        if count <= 1:
            raise ValueError(f'expected more than one value per channel, got {count}')

    def take(self, x: np.ndarray) -> np.ndarray:
        """The accepted input as the layer reads it."""
        return x

    # --- statistics

    def total(self, rows: Rows) -> Vector:
        """Sum of each row; every sum of the model goes through here."""
        return rows.sum(axis=1)

    def local_moments(self, rows: Rows) -> Moments:  # BN-STAT-01
        count = rows.shape[1]
        if count == 0:  # an empty rank of a synchronised layer has no weight
            return Moments(0, np.zeros(rows.shape[0]), np.zeros(rows.shape[0]))
        mean = self.total(rows) / count
        return Moments(count, mean, self.variance(rows, mean))

    def variance(self, rows: Rows, mean: Vector) -> Vector:
        return self.total((rows - column(mean)) ** 2) / rows.shape[1]

    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:  # BN-SYNC-01
        """What one rank uses: the moments of all of them, weighted by their counts."""
        if len(ranks) == 1:
            return ranks[0]
        count = sum(one.n for one in ranks)
        mean = np.sum([one.n * one.mean for one in ranks], axis=0) / count
        variance = np.sum([one.n * (one.variance + (one.mean - mean) ** 2) for one in ranks], axis=0) / count
        return Moments(count, mean, variance)

    # --- state

    def weight(self) -> float:  # BN-STATE-05
        momentum = self.config.momentum
        return 1.0 / self.updates if momentum is None else momentum

    def move_state(self, batch: Moments, weight: float) -> None:  # BN-STATE-02
        new_mean = (1 - weight) * self.running_mean + weight * batch.mean
        new_var = (1 - weight) * self.running_var + weight * self.stored_variance(batch)
        self.running_mean = self.round_to_layer(new_mean)
        self.running_var = self.round_to_layer(new_var)

    def stored_variance(self, batch: Moments) -> Vector:  # BN-STATE-03
        return batch.variance * (np.float64(batch.n) / (batch.n - 1))

    def count_step(self) -> None:
        self.step_count += 1

    def round_to_layer(self, vector: Vector) -> Vector:
        return vector.astype(self.dtype).astype(np.float64)

    # --- normalisation

    def normalising_variance(self, moments: Moments) -> Vector:  # BN-NORM-01, BN-NORM-02
        return moments.variance

    def scale(self, variance: Vector) -> Vector:  # BN-NORM-03
        return np.sqrt(variance + self.config.eps)

    def s(self, moments: Moments) -> Vector:
        return self.scale(self.normalising_variance(moments))

    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        return (rows - column(moments.mean)) / column(self.s(moments))

    def affine(self) -> tuple[Vector, Vector]:  # BN-NORM-04
        return self.gamma, self.beta

    def output(self, rows: Rows, moments: Moments) -> Rows:
        gamma, beta = self.affine()
        return column(gamma) * self.normalise(rows, moments) + column(beta)

    # --- gradients; dy is a list of rows per rank

    def gradient_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[int, Vector, Vector]:  # BN-SYNC-02
        """Count, Σ dy and Σ dy·x̂ over all ranks, as the input gradient uses them."""
        pairs = [self.parameter_gradients(tape, dy, rank) for rank in range(len(dy))]
        count = sum(rows.shape[1] for rows in dy)
        sum_dy_x_hat, sum_dy = np.sum(pairs, axis=0)
        return count, sum_dy, sum_dy_x_hat

    def parameter_gradients(self, tape: Tape, dy: Sequence[Rows], rank: int) -> tuple[Vector, Vector]:
        """Σ dy·x̂ and Σ dy over one rank's samples."""
        x_hat = self.normalise(tape.rows[rank], tape.moments[rank])
        return self.total(dy[rank] * x_hat), self.total(dy[rank])

    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:  # BN-GRAD-01
        count, sum_dy, sum_dy_x_hat = self.gradient_sums(tape, dy)
        x_hat = self.normalise(tape.rows[self.rank], tape.moments[self.rank])
        inner = dy[self.rank] - column(sum_dy / count) - x_hat * column(sum_dy_x_hat / count)
        return self.gamma_over_s(tape) * inner

    def evaluation_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:  # BN-GRAD-04
        return self.gamma_over_s(tape) * dy[self.rank]

    def gamma_over_s(self, tape: Tape) -> Rows:
        gamma, _ = self.affine()
        return column(gamma / self.s(tape.moments[self.rank]))

    def reported_dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:  # BN-GRAD-02, BN-SYNC-03
        return self.parameter_gradients(tape, dy, self.rank)[0]

    def reported_dbeta(self, tape: Tape, dy: Sequence[Rows]) -> Vector:  # BN-GRAD-03, BN-SYNC-03
        return self.parameter_gradients(tape, dy, self.rank)[1]

    # --- the steps

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[np.ndarray, Tape]:
        if mode != 'fresh':
            self.training = mode == 'train'
        inputs = [native(peer.inputs[index]) for peer in self.peers]
        self.check(inputs)
        taken = [self.take(x) for x in inputs]
        tape = self.normalised_with(index, grads, [to_rows(x) for x in taken])
        x = taken[self.rank]
        y = from_rows(self.output(tape.rows[self.rank], tape.moments[self.rank]), x.shape)
        self.after_forward(tape)
        return self.reported_y(y, x.dtype), tape

    def normalised_with(self, index: int, grads: Sequence[int], rows: list[Rows]) -> Tape:
        by_batch, updates = self.normalises_by_batch(), self.updates_state()
        batch = self.batch_moments(rows) if by_batch or updates else []
        running = [Moments(0, self.running_mean, self.running_var)] * len(rows)
        update = None
        if updates:
            self.updates += 1
            update = (batch[self.rank], self.weight())
        return Tape(index, grads, rows, batch if by_batch else running, update, by_batch)

    def batch_moments(self, rows: Sequence[Rows]) -> list[Moments]:
        local = [self.local_moments(one) for one in rows]
        return [self.pool(local, rank) for rank in range(len(rows))]

    def after_forward(self, tape: Tape) -> None:
        if tape.update:
            self.move_state(*tape.update)
        if self.counts_step():
            self.count_step()

    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:  # BN-SHAPE-01, BN-DTYPE-01
        return y.astype(dtype)

    def backward(self, tape: Tape, nth: int) -> Observation:
        dy = [to_rows(self.take(native(peer.grads[tape.grads[nth]]))) for peer in self.peers]
        x = self.take(native(self.peers[self.rank].inputs[tape.input]))
        dx = self.training_dx(tape, dy) if tape.by_batch else self.evaluation_dx(tape, dy)
        seen: Observation = {'dx': from_rows(dx, x.shape).astype(x.dtype)}
        if self.config.affine:
            seen['dgamma'] = self.reported_dgamma(tape, dy).astype(self.dtype)
            seen['dbeta'] = self.reported_dbeta(tape, dy).astype(self.dtype)
        self.after_backward(tape)
        return seen

    def after_backward(self, tape: Tape) -> None:  # BN-STATE-07
        pass

    def state(self) -> Observation:
        if not self.has_state():
            return {}
        return {**self.reported_state(), 'step_count': self.step_count}

    def reported_state(self) -> dict[str, Vector]:  # BN-DTYPE-02
        return {
            'running_mean': self.running_mean.astype(self.dtype),
            'running_var': self.running_var.astype(self.dtype),
        }
