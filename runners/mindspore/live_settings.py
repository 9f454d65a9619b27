"""Attributes of a live layer that look like settings, and what changing one does."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from bn_protocol.probes import Experiment

MOMENTUM_CHANGED = 'layer = mindspore.nn.BatchNorm1d(1).set_train(); layer.momentum = 0.5; layer(x); layer.moving_mean'
EPS_CHANGED = 'layer = mindspore.nn.BatchNorm1d(1).set_train(); layer.eps = 0.5; layer(x)'
#: mean 2, variance 1
X = np.array([[1.0], [3.0]], np.float32)
FIRST_MEAN = 2.0


def experiments(mindspore: Any) -> dict[str, Experiment]:
    """Calls that raise nothing: what is refused is the change itself."""
    return {
        MOMENTUM_CHANGED: lambda: effect_of_momentum(mindspore),
        EPS_CHANGED: lambda: effect_of_eps(mindspore),
    }


def effect_of_momentum(mindspore: Any) -> Mapping[str, str] | None:
    layer = mindspore.nn.BatchNorm1d(1).set_train()
    layer.momentum = 0.5
    layer(mindspore.Tensor(X))
    moved = float(layer.moving_mean.asnumpy()[0]) / FIRST_MEAN
    return None if abs(moved - 0.5) < abs(moved - 0.1) else unheeded(f'the moving mean moves by {moved:.3g} of the way')


def effect_of_eps(mindspore: Any) -> Mapping[str, str] | None:
    layer = mindspore.nn.BatchNorm1d(1).set_train()
    layer.eps = 0.5
    y = float(layer(mindspore.Tensor(X)).asnumpy()[1, 0])
    by_half, by_default = 1.5**-0.5, 1.00001**-0.5
    return None if abs(y - by_half) < abs(y - by_default) else unheeded(f'x = 3 becomes {y:.6g}, as with eps 1e-5')


def unheeded(what: str) -> Mapping[str, str]:
    return {'class': 'Unheeded', 'message': f'the attribute is set and nothing follows: {what}'}
