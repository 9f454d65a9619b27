"""What the honest miniature refuses; all of it before any state moves (BN-ERR-01)."""

from __future__ import annotations

from typing import Sequence

import numpy as np

from bn_protocol.cases import Config

ACCEPTED_RANKS = {'batchnorm1d': (2, 3), 'batchnorm2d': (4,), 'batchnorm3d': (5,)}
LOWEST_SYNCHRONISED_RANK = 2

#: how words of src/cases/options.ts end that no value of the argument's type can mean, and that are of another type
MEANINGLESS = (
    *('-unknown', '-matrix', '-long', '-orthogonal', '-identity', '-sparse', '-dirac'),
    *('-channels-last', '-twice', '-outside'),
)
OF_ANOTHER_TYPE = (
    *('-list', '-text', '-number', '-tuple', '-flat', '-true', '-whole'),
    *('dtype-integer', 'dtype-none'),
)


class Refusals:
    """One function per reason to refuse; they read the layer's configuration and mode."""

    layer: str
    config: Config
    training: bool

    def check_arguments(self) -> None:  # BN-ERR-02, BN-ERR-03
        self.check_features()
        self.check_eps()
        self.check_momentum()
        self.check_option()

    def check_features(self) -> None:
        features = self.config.num_features
        if not isinstance(features, int):
            raise TypeError(f'num_features must be a whole number, got {features}')
        if features < 1:
            raise ValueError(f'num_features must be at least 1, got {features}')

    def check_eps(self) -> None:
        if self.config.eps <= 0:
            raise ValueError(f'eps must be positive, got {self.config.eps}')

    def check_momentum(self) -> None:
        momentum = self.config.momentum
        if momentum is not None and not 0 <= momentum <= 1:
            raise ValueError(f'momentum must lie in [0, 1], got {momentum}')

    def check_option(self) -> None:
        option = self.config.option
        if option.endswith(MEANINGLESS):
            raise ValueError(f'{option} means nothing here')
        if option.endswith(OF_ANOTHER_TYPE):
            raise TypeError(f'{option} is of another type')

    def check(self, inputs: Sequence[np.ndarray]) -> None:
        for x in inputs:
            self.check_type(x)
            self.check_rank(x)
            self.check_channels(x)
        if self.needs_several_values():
            self.check_count(sum(x.size // x.shape[1] for x in inputs))

    def check_type(self, x: np.ndarray) -> None:  # BN-DTYPE-03
        if x.dtype.kind != 'f':
            raise TypeError(f'expected a floating-point input, got {x.dtype}')

    def check_rank(self, x: np.ndarray) -> None:  # BN-SHAPE-02
        accepted = ACCEPTED_RANKS.get(self.layer)
        if x.ndim < LOWEST_SYNCHRONISED_RANK if accepted is None else x.ndim not in accepted:
            raise ValueError(f'{self.layer} got an input of rank {x.ndim}')

    def check_channels(self, x: np.ndarray) -> None:  # BN-SHAPE-03
        if x.shape[1] != self.config.num_features:
            raise ValueError(f'expected {self.config.num_features} channels, got {x.shape[1]}')

    def needs_several_values(self) -> bool:
        """The truth of the mode table (BN-STAT-03): lies about what is used leave refusals as they are."""
        row = self.config.statistics
        return row in ('untracked', 'batch') or (row in ('tracked', 'paused') and self.training)

    def check_count(self, count: int) -> None:  # BN-STAT-02
        if count == 1:
            raise ValueError(f'expected more than one value per channel, got {count}')
