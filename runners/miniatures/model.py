"""The honest miniature: a small Batch Normalization in float64, each observable rounded once at the end.

One function per line of the specification, so that a lie replaces exactly one of them (``lies/``); that is why it is
one long file. Inside, all data
of a rank lies as rows: [C, n], one row per channel.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

import numpy as np

from bn_protocol.adapter import Layer, Observation
from bn_protocol.cases import Case, RankData
from constructor import Constructor
from mode_table import ModeTable
from refusals import Refusals
from rows import GradientSums, Moments, Rows, Tape, Vector, Witness, column, from_rows, native, to_rows


class HonestLayer(ModeTable, Refusals, Constructor, Layer):
    """One layer on one rank; the data of its peers is at hand, which stands for the communication."""

    def __init__(self, case: Case, data: RankData) -> None:
        self.case = case
        self.data = data
        self.layer = case.layer
        self.config = case.config
        self.check_arguments()
        self.peers = self.group(next(rank for rank, peer in enumerate(case.ranks) if peer is data))
        self.rank = next(rank for rank, peer in enumerate(self.peers) if peer is data)
        self.dtype = np.dtype(case.config.dtype)
        self.working = self.working_type()
        self.training = self.starts_in_training()
        self.gamma = self.initial('gamma', 1.0)
        self.beta = self.initial('beta', 0.0)
        self.running_mean = self.initial('running_mean', 0.0)
        self.running_var = self.initial('running_var', self.fresh_variance())
        self.updates = 0
        self.step_count = 0
        #: of the rank's own input in the last forward
        self.shape: tuple[int, ...] = ()
        self.witness = Witness()
        #: gradients that the parameters hold
        self.held: dict[str, Vector] = {}

    def group(self, rank: int) -> Sequence[RankData]:  # BN-SYNC-01
        """The ranks that one of them is synchronised with, itself among them."""
        if self.config.option != 'groups-pairs':
            return self.case.ranks
        first = rank - rank % 2
        return self.case.ranks[first : first + 2]

    def working_type(self) -> np.dtype:
        """The type of all arithmetic between the inputs and the results."""
        return np.dtype(np.float64)

    def initial(self, name: str, default: float) -> Vector:
        given = self.case.initial.get(name)
        return (np.full(self.config.num_features, default) if given is None else native(given)).astype(self.working)

    def starts_in_training(self) -> bool:  # BN-STATE-08
        return True

    def fresh_variance(self) -> float:  # BN-STATE-01
        return 1.0

    # --- statistics

    def total(self, rows: Rows) -> Vector:
        """Sum of each row; every sum over values goes through here."""
        return rows.sum(axis=1)

    def over_ranks(self, summands: Sequence[Any]) -> np.ndarray:
        """Sum of one summand per rank, vectors or tuples of vectors."""
        return np.sum(summands, axis=0)

    def local_moments(self, rows: Rows) -> Moments:  # BN-STAT-01
        channels, count = rows.shape
        if count == 0:  # an empty rank of a synchronised layer has no weight
            return Moments(0, np.zeros(channels, self.working), np.zeros(channels, self.working))
        mean = self.mean(rows)
        return Moments(count, mean, self.variance(rows, mean))

    def mean(self, rows: Rows) -> Vector:
        return self.total(rows) / rows.shape[1]

    def variance(self, rows: Rows, mean: Vector) -> Vector:
        return self.total((rows - column(mean)) ** 2) / rows.shape[1]

    def pool(self, ranks: Sequence[Moments], rank: int) -> Moments:  # BN-SYNC-01
        """What one rank uses: the moments of all of them, weighted by their counts."""
        if len(ranks) == 1:
            return ranks[0]
        count = sum(one.n for one in ranks)
        mean = self.over_ranks([one.n * one.mean for one in ranks]) / count
        variance = self.over_ranks([one.n * (one.variance + self.spread(one, mean)) for one in ranks]) / count
        return Moments(count, mean, variance)

    def spread(self, one: Moments, mean: Vector) -> Vector:
        """What the distance of a rank's mean from the common one adds to the variance."""
        return (one.mean - mean) ** 2

    def batch_moments(self, rows: Sequence[Rows]) -> list[Moments]:
        local = [self.local_moments(one) for one in rows]
        return [self.pool(local, rank) for rank in range(len(rows))]

    def used_moments(self, batch: list[Moments], rows: Sequence[Rows]) -> list[Moments]:
        """What a forward by the batch normalises with; the state takes ``batch`` itself."""
        return batch

    def running_moments(self, rows: Sequence[Rows]) -> list[Moments]:
        return [Moments(0, self.running_mean, self.running_var)] * len(rows)

    # --- state

    def weight(self) -> float:  # BN-STATE-05
        momentum = self.config.momentum
        return 1.0 / self.updates if momentum is None else momentum

    def move_state(self, batch: Moments, weight: float) -> None:
        if batch.n > 0 or self.empty_batch_moves():
            self.move_towards(batch, weight)

    def empty_batch_moves(self) -> bool:  # BN-STAT-04
        return False

    def move_towards(self, batch: Moments, weight: float) -> None:
        new_mean, new_var = self.moved_mean(batch, weight), self.moved_variance(batch, weight)
        self.running_mean = self.round_to_layer(new_mean)
        self.running_var = self.round_to_layer(new_var)

    def moved_mean(self, batch: Moments, weight: float) -> Vector:
        return self.blend(self.running_mean, batch.mean, weight)

    def moved_variance(self, batch: Moments, weight: float) -> Vector:
        return self.blend(self.running_var, self.stored_variance(batch), weight)

    def blend(self, old: Vector, new: Vector, weight: float) -> Vector:  # BN-STATE-02
        return (1 - weight) * old + weight * new

    def stored_variance(self, batch: Moments) -> Vector:  # BN-STATE-03
        return batch.variance * self.bessel(batch.n)

    def bessel(self, count: int) -> np.ndarray:
        """n/(n − 1), as a scalar of numpy: infinite at n = 1."""
        return np.asarray(np.float64(count) / (count - 1)).astype(self.working)

    def count_step(self) -> None:
        self.step_count += 1

    def round_to_layer(self, vector: Vector) -> Vector:
        return vector.astype(self.dtype).astype(self.working)

    # --- normalisation

    def normalising_variance(self, moments: Moments) -> Vector:  # BN-NORM-01, BN-NORM-02
        return moments.variance

    def scale(self, variance: Vector) -> Vector:  # BN-NORM-03
        return np.sqrt(variance + self.config.eps)

    def s(self, moments: Moments) -> Vector:
        return self.scale(self.normalising_variance(moments))

    def normalise(self, rows: Rows, moments: Moments) -> Rows:
        return self.inside((rows - column(moments.mean)) / column(self.s(moments)))

    def affine(self, moments: Moments) -> tuple[Vector, Vector]:  # BN-NORM-04
        return self.gamma, self.beta

    def output(self, rows: Rows, moments: Moments) -> Rows:
        gamma, beta = self.affine(moments)
        return self.inside(column(gamma) * self.normalise(rows, moments) + column(beta))

    def inside(self, rows: Rows) -> Rows:
        """x̂ and y as the arithmetic holds them."""
        return rows

    # --- gradients; dy is a list of rows per rank

    def gradient_sums(self, tape: Tape, dy: Sequence[Rows]) -> GradientSums:  # BN-SYNC-02
        """Over all ranks, as the input gradient uses them."""
        pairs = [self.parameter_gradients(tape, dy, rank) for rank in range(len(dy))]
        sum_dy_x_hat, sum_dy = self.over_ranks(pairs)
        return GradientSums(sum(rows.shape[1] for rows in dy), sum_dy, sum_dy_x_hat)

    def parameter_gradients(self, tape: Tape, dy: Sequence[Rows], rank: int) -> tuple[Vector, Vector]:
        """Σ dy·x̂ and Σ dy over one rank's samples."""
        x_hat = self.normalise(tape.rows[rank], tape.moments[rank])
        return self.total(dy[rank] * x_hat), self.total(dy[rank])

    def training_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:  # BN-GRAD-01
        x_hat = self.normalise(tape.rows[self.rank], tape.moments[self.rank])
        return self.gamma_over_s(tape) * self.through_statistics(dy[self.rank], x_hat, self.gradient_sums(tape, dy))

    def through_statistics(self, dy: Rows, x_hat: Rows, sums: GradientSums) -> Rows:
        return dy - column(sums.dy / sums.n) - x_hat * column(sums.dy_x_hat / sums.n)

    def evaluation_dx(self, tape: Tape, dy: Sequence[Rows]) -> Rows:  # BN-GRAD-04
        return self.gamma_over_s(tape) * dy[self.rank]

    def gamma_over_s(self, tape: Tape) -> Rows:
        moments = tape.moments[self.rank]
        gamma, _ = self.affine(moments)
        return column(gamma / self.s(moments))

    def input_gradient(self, tape: Tape, dy: Sequence[Rows]) -> Rows:
        return self.training_dx(tape, dy) if tape.by_batch else self.evaluation_dx(tape, dy)

    def returned_sums(self, tape: Tape, dy: Sequence[Rows]) -> tuple[Vector, Vector]:  # BN-SYNC-03
        """Σ dy·x̂ and Σ dy, as the parameter gradients are made of them."""
        return self.parameter_gradients(tape, dy, self.rank)

    def dgamma(self, tape: Tape, dy: Sequence[Rows]) -> Vector:  # BN-GRAD-02
        return self.returned_sums(tape, dy)[0]

    def dbeta(self, tape: Tape, dy: Sequence[Rows]) -> Vector:  # BN-GRAD-03
        return self.returned_sums(tape, dy)[1]

    # --- the steps

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[np.ndarray, Tape]:
        self.enter(mode)
        self.witness = Witness(gamma=self.gamma, beta=self.beta)
        inputs = [native(peer.inputs[index]) for peer in self.peers]
        inputs[self.rank] = self.witness.lend('x', inputs[self.rank])
        self.check(inputs)
        taken = [self.take(x) for x in inputs]
        x = taken[self.rank]
        self.shape = x.shape
        tape = self.normalised_with(index, grads, [self.as_rows(one) for one in taken])
        y = from_rows(self.output(tape.rows[self.rank], tape.moments[self.rank]), x.shape)
        self.after_forward(tape)
        return self.reported_y(y, x.dtype), tape

    def take(self, x: np.ndarray) -> np.ndarray:
        """The accepted input as the layer reads it."""
        return x

    def as_rows(self, x: np.ndarray) -> Rows:
        return to_rows(x, self.working)

    def normalised_with(self, index: int, grads: Sequence[int], rows: list[Rows]) -> Tape:
        by_batch, updates = self.normalises_by_batch(), self.updates_state()
        batch = self.batch_moments(rows) if by_batch or updates else []
        used = self.used_moments(batch, rows) if by_batch else self.running_moments(rows)
        update = None
        if updates:
            self.updates += 1
            update = (batch[self.rank], self.weight())
        return Tape(index, grads, rows, used, update, by_batch)

    def after_forward(self, tape: Tape) -> None:
        if tape.update:
            self.move_state(*tape.update)
        if self.counts_step():
            self.count_step()

    def backward(self, tape: Tape, nth: int) -> Observation:
        self.witness = Witness(gamma=self.gamma, beta=self.beta)
        grads = [native(peer.grads[tape.grads[nth]]) for peer in self.peers]
        grads[self.rank] = self.witness.lend('dy', grads[self.rank])
        dy = [self.as_rows(self.take(one)) for one in grads]
        x = self.take(native(self.data.inputs[tape.input]))
        dx = from_rows(self.input_gradient(tape, dy), x.shape)
        seen = {'dx': self.reported_dx(dx, x.dtype), **self.reported_parameters(tape, dy)}
        self.after_backward(tape)
        return seen

    def accumulate(self, tape: Tape, nth: int) -> Observation:
        seen = self.backward(tape, nth)
        for name in {'dgamma', 'dbeta'} & set(seen):
            self.held[name] = seen[name] = self.added(self.held.get(name), seen[name])
        return seen

    def added(self, held: Vector | None, own: Vector) -> Vector:  # BN-GRAD-05
        return own if held is None else held + own

    def double_backward(self, tape: Tape, nth: int, direction: int) -> Observation:
        """⟨v, dx⟩ is how Σ dy·y changes along v, so its gradients are how dx, y and dγ change along v."""
        self.witness = Witness(gamma=self.gamma, beta=self.beta)
        given = self.witness.lend('dy', native(self.data.grads[tape.grads[nth]]))
        x = self.take(native(self.data.inputs[tape.input]))
        dy, v = self.as_rows(self.take(given)), self.as_rows(self.take(native(self.data.grads[direction])))
        x_hat_change = self.change_of_x_hat(tape, v)
        seen = {
            'ddx': self.reported_dx(from_rows(self.change_of_dx(tape, dy, v), x.shape), x.dtype),
            'ddy': self.reported_dx(from_rows(self.change_of_y(tape, x_hat_change), x.shape), x.dtype),
        }
        if self.config.affine and not self.config.frozen:
            seen['ddgamma'] = self.change_of_dgamma(tape, dy, v).astype(self.dtype)
        return seen

    # --- derivatives along v, BN-GRAD-06

    def change_of_statistics(self, tape: Tape, v: Rows) -> tuple[Vector, Vector]:
        """Of the mean, ⟨v⟩, and of s, ⟨v·x̂⟩; running ones do not change."""
        if not tape.by_batch:
            return np.zeros_like(self.gamma), np.zeros_like(self.gamma)
        x_hat = self.normalise(tape.rows[self.rank], tape.moments[self.rank])
        return self.mean(v), self.mean(v * x_hat)

    def change_of_x_hat(self, tape: Tape, v: Rows) -> Rows:
        moments = tape.moments[self.rank]
        mean_change, s_change = self.change_of_statistics(tape, v)
        x_hat = self.normalise(tape.rows[self.rank], moments)
        return (v - column(mean_change) - x_hat * column(s_change)) / column(self.s(moments))

    def change_of_y(self, tape: Tape, x_hat_change: Rows) -> Rows:
        gamma, _ = self.affine(tape.moments[self.rank])
        return column(gamma) * x_hat_change

    def change_of_dgamma(self, tape: Tape, dy: Rows, v: Rows) -> Vector:
        return self.total(dy * self.change_of_x_hat(tape, v))

    def change_of_dx(self, tape: Tape, dy: Rows, v: Rows) -> Rows:
        """By batch statistics that of (γ/s)·(dy − ⟨dy⟩ − x̂·b), b = ⟨dy·x̂⟩: by the product rule through s, x̂ and b."""
        if not tape.by_batch:
            return np.zeros_like(dy)
        moments = tape.moments[self.rank]
        x_hat, x_hat_change = self.normalise(tape.rows[self.rank], moments), self.change_of_x_hat(tape, v)
        b, b_change = self.mean(dy * x_hat), self.mean(dy * x_hat_change)
        _, s_change = self.change_of_statistics(tape, v)
        inner = dy - column(self.mean(dy)) - x_hat * column(b)
        inner_change = -(x_hat_change * column(b)) - x_hat * column(b_change)
        return self.gamma_over_s(tape) * (inner_change - inner * column(s_change / self.s(moments)))

    def after_backward(self, tape: Tape) -> None:  # BN-STATE-07
        pass

    def reloaded(self) -> HonestLayer:  # BN-STATE-13
        return self.heir()

    def heir(self) -> HonestLayer:
        """A new layer with this one's mode, parameters and state."""
        layer = type(self)(self.case, self.data)
        layer.config = self.config
        layer.training = self.training
        layer.gamma, layer.beta = self.gamma.copy(), self.beta.copy()
        layer.running_mean, layer.running_var = self.running_mean.copy(), self.running_var.copy()
        layer.step_count, layer.updates = self.step_count, self.updates
        return layer

    def copied(self) -> HonestLayer:  # BN-STATE-13
        return self.reloaded()

    def converted(self) -> HonestLayer:  # BN-SYNC-04
        return self.heir()

    def configure(self, settings: Mapping[str, Any]) -> None:  # BN-STATE-14
        self.config = self.config._replace(**self.taken_over(settings))

    def taken_over(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """What of the changes the layer takes over: one without running statistics gets none (BN-STATE-15)."""
        kept = {'statistics'} if self.config.statistics == 'untracked' else set()
        return {name: value for name, value in settings.items() if name not in kept}

    # --- what is reported

    def reported_y(self, y: np.ndarray, dtype: np.dtype) -> np.ndarray:  # BN-SHAPE-01, BN-DTYPE-01
        return y.astype(dtype)

    def reported_dx(self, dx: np.ndarray, dtype: np.dtype) -> np.ndarray:  # BN-SHAPE-01, BN-DTYPE-01
        return dx.astype(dtype)

    def reported_parameters(self, tape: Tape, dy: Sequence[Rows]) -> Observation:  # BN-DTYPE-02
        if not self.config.affine or self.config.frozen:
            return {}
        gradients = (self.dgamma(tape, dy), self.dbeta(tape, dy))
        return self.named_gradients(*[gradient.astype(self.dtype) for gradient in gradients])

    def named_gradients(self, dgamma: Vector, dbeta: Vector) -> Observation:
        return {'dgamma': dgamma, **({} if self.config.scale_only else {'dbeta': dbeta})}

    def order(self) -> dict[str, tuple[str, ...]]:  # BN-SHAPE-04
        """That of the input, for the last y or dx."""
        order = 'channels-last' if self.case.layout == 'channels-last' else 'contiguous'
        return dict.fromkeys(('y', 'dx'), (order,))

    def state(self) -> Observation:
        if not self.has_state():
            return {}
        return {**self.reported_state(), 'step_count': self.step_count}

    def reported_state(self) -> dict[str, Vector]:  # BN-DTYPE-02
        return {
            'running_mean': self.running_mean.astype(self.dtype),
            'running_var': self.running_var.astype(self.dtype),
        }

    def changed(self) -> Sequence[str]:  # BN-STATE-12
        return self.witness.changed()
