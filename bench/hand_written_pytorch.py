"""What someone who knows PyTorch writes to see what a layer does: the floor under the adapter.

Shares with the adapter the form of a case and of what was seen, and no code.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from bn_protocol.cases import Case, Forward
from bn_protocol.tensors import BFloat16

LAYERS = {'batchnorm1d': torch.nn.BatchNorm1d, 'batchnorm2d': torch.nn.BatchNorm2d, 'batchnorm3d': torch.nn.BatchNorm3d}
NAMES = {'gamma': 'weight', 'beta': 'bias', 'running_mean': 'running_mean', 'running_var': 'running_var'}


def observe(case: Case) -> list[dict[str, Any]]:
    """State after construction, then what each step showed up to the first refused one."""
    config = case.config
    try:
        layer = LAYERS[case.layer](
            config.num_features,
            eps=config.eps,
            momentum=config.momentum,
            affine=config.affine,
            track_running_stats=config.statistics == 'tracked',
            dtype=getattr(torch, config.dtype),
        )
    except Exception as error:
        return [{'error': {'class': type(error).__name__, 'message': str(error)}}]
    with torch.no_grad():
        for name, value in case.initial.items():
            getattr(layer, NAMES[name]).copy_(to_tensor(value))
    inputs, upstream = case.ranks[0]
    seen = [state_of(layer)]
    forwards = {}
    for position, step in enumerate(case.program):
        try:
            if isinstance(step, Forward):
                if step.mode != 'fresh':
                    layer.train(step.mode == 'train')
                x = to_tensor(inputs[step.input])
                x.requires_grad_(len(step.grads) > 0)
                y = layer(x)
                forwards[position] = (x, y, step.grads)
                result = {'y': to_array(y.detach()), 'order': {'y': order_of(y)}}
            else:
                x, y, grads = forwards[step.of]
                wanted = [x, *layer.parameters()]
                dy = to_tensor(upstream[grads[step.nth]])
                gradients = torch.autograd.grad(y, wanted, dy, retain_graph=step.nth + 1 < len(grads))
                result = dict(zip(('dx', 'dgamma', 'dbeta'), map(to_array, gradients)))
                result['order'] = {'dx': order_of(gradients[0])}
        except Exception as error:
            result = {'error': {'class': type(error).__name__, 'message': str(error)}}
        result.update(state_of(layer))
        seen.append(result)
        if 'error' in result:
            break
    return seen


def state_of(layer: Any) -> dict[str, Any]:
    if not layer.track_running_stats:
        return {}
    return {
        'running_mean': to_array(layer.running_mean),
        'running_var': to_array(layer.running_var),
        'step_count': layer.num_batches_tracked.item(),
    }


def order_of(tensor: torch.Tensor) -> tuple[str, ...]:
    last = {4: torch.channels_last, 5: torch.channels_last_3d}.get(tensor.dim())
    is_last = last is not None and tensor.is_contiguous(memory_format=last)
    return (('contiguous',) if tensor.is_contiguous() else ()) + (('channels-last',) if is_last else ())


def to_tensor(value: Any) -> torch.Tensor:
    if isinstance(value, BFloat16):
        return torch.from_numpy(value.bits.view(np.int16).copy()).view(torch.bfloat16)
    return torch.from_numpy(value.copy())


def to_array(tensor: torch.Tensor) -> np.ndarray:
    """A copy: a later step moves the buffer."""
    if tensor.dtype == torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(np.uint16).copy()
    return tensor.numpy().copy()
