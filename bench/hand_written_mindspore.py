"""What someone who knows MindSpore writes to see what a cell does: the floor under the adapter.

Shares with the adapter the form of a case and of what was seen, and no code. Mode and device are chosen already.
"""

from __future__ import annotations

from typing import Any

import mindspore
import numpy as np
from mindspore import Tensor, nn

from bn_protocol.cases import Case, Forward

LAYERS = {'batchnorm1d': nn.BatchNorm1d, 'batchnorm2d': nn.BatchNorm2d, 'batchnorm3d': nn.BatchNorm3d}
NAMES = {
    'gamma': 'gamma_init',
    'beta': 'beta_init',
    'running_mean': 'moving_mean_init',
    'running_var': 'moving_var_init',
}
USE_BATCH_STATISTICS = {'tracked': None, 'batch': True, 'running': False}


def observe(case: Case) -> list[dict[str, Any]]:
    """State after construction, then what each step showed up to the first refused one."""
    config = case.config
    more: dict[str, Any] = {NAMES[name]: Tensor(value) for name, value in case.initial.items()}
    if config.dtype != 'float32':
        more['dtype'] = getattr(mindspore, config.dtype)
    try:
        cell = LAYERS[case.layer](
            config.num_features,
            eps=config.eps,
            momentum=1.0 - config.momentum,
            affine=config.affine,
            use_batch_statistics=USE_BATCH_STATISTICS[config.statistics],
            **more,
        )
    except Exception as error:
        return [{'error': {'class': type(error).__name__, 'message': str(error)}}]
    inner = cell.bn2d if case.layer == 'batchnorm3d' else cell
    weights = (inner.gamma, inner.beta) if config.affine else None
    inputs, upstream = case.ranks[0]
    seen = [state_of(inner)]
    gradients = {}
    for position, step in enumerate(case.program):
        try:
            if not isinstance(step, Forward):
                pull, grad = gradients[step.of]
                result = named(pull(Tensor(upstream[grad])))
            elif step.grads:
                set_mode(cell, step.mode)
                y, pull = mindspore.vjp(cell, Tensor(inputs[step.input]), weights=weights)
                gradients[position] = pull, step.grads[0]
                result = {'y': to_array(y)}
            else:
                set_mode(cell, step.mode)
                result = {'y': to_array(cell(Tensor(inputs[step.input])))}
        except Exception as error:
            result = {'error': {'class': type(error).__name__, 'message': str(error)}}
        result.update(state_of(inner))
        seen.append(result)
        if 'error' in result:
            break
    return seen


def set_mode(cell: Any, mode: str) -> None:
    if mode != 'fresh':
        cell.set_train(mode == 'train')


def named(gradients: Any) -> dict[str, Any]:
    if not isinstance(gradients[0], tuple):
        return {'dx': to_array(gradients[0])}
    (dx,), (dgamma, dbeta) = gradients
    return {'dx': to_array(dx), 'dgamma': to_array(dgamma), 'dbeta': to_array(dbeta)}


def state_of(inner: Any) -> dict[str, Any]:
    return {'running_mean': to_array(inner.moving_mean), 'running_var': to_array(inner.moving_variance)}


def to_array(tensor: Tensor) -> np.ndarray:
    """A copy: a later step moves the buffer."""
    return tensor.asnumpy().copy()
