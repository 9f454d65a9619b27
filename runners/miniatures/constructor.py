"""What the honest miniature says of itself; its constructor is that of the core dialect."""

from __future__ import annotations

from typing import Any

import numpy as np

from bn_protocol.cases import Config
from bn_protocol.description import Description, parameter, stored


def positional(name: str, **default: Any) -> dict[str, Any]:
    return {'name': name, 'kind': 'positional', **default}


class Constructor:
    """One function per thing that a new layer shows (BN-ERR-04)."""

    config: Config
    dtype: np.dtype
    training: bool

    def arguments(self) -> list[dict[str, Any]]:  # BN-ERR-04
        return [
            positional('num_features'),
            positional('eps', default=1e-5),
            positional('momentum', default=self.default_momentum()),
            positional('affine', default=True),
            positional('statistics', default='tracked'),
            positional('dtype', default='float32'),
        ]

    def default_momentum(self) -> float:
        return 0.1

    def describe(self) -> Description:
        return {
            'arguments': self.arguments(),
            'inputs': ['x'],
            'training': self.training,
            'repr': self.text(),
            'parameters': [parameter(name, *self.vector(), trainable=True) for name in self.parameter_names()],
            'buffers': [stored(name, *self.vector()) for name in self.buffer_names()],
        }

    def text(self) -> str:  # BN-ERR-04
        features, eps, momentum, affine, statistics, dtype = self.printed()
        settings = f'eps={eps}, momentum={momentum}, affine={affine}, statistics={statistics}, dtype={dtype}'
        return f'BatchNorm({features}, {settings})'

    def printed(self) -> tuple[Any, ...]:
        return tuple(self.config[:6])

    def parameter_names(self) -> tuple[str, ...]:
        return ('gamma', 'beta') if self.config.affine else ()

    def buffer_names(self) -> tuple[str, ...]:
        return () if self.config.statistics == 'untracked' else ('running_mean', 'running_var')

    def vector(self) -> tuple[tuple[int, ...], np.dtype]:
        return (self.config.num_features,), self.dtype
