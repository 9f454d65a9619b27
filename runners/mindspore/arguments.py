"""Constructor arguments besides the canonical ones, as MindSpore spells them."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from bn_protocol.adapter import AdapterFault
from bn_protocol.cases import Config
from bn_protocol.options import ALIKE, AXIS_OF_BUFFERS, INTEGER_EPS, NOTHING, TYPES
from bn_protocol.probes import Probe
from bn_protocol.tensors import Value

INITIALISERS = {
    'gamma': 'gamma_init',
    'beta': 'beta_init',
    'running_mean': 'moving_mean_init',
    'running_var': 'moving_var_init',
}
#: of the words of src/cases/options.ts
ONE_INITIALISER = {
    'gamma-init-': 'gamma_init',
    'beta-init-': 'beta_init',
    'mean-init-': 'moving_mean_init',
    'variance-init-': 'moving_var_init',
}
NAMES = {0.0: 'zeros', 1.0: 'ones'}
SPELLED: dict[str, dict[str, Any]] = {
    **ALIKE,
    'format-own': {'data_format': 'NCHW'},
    'format-channels-last': {'data_format': 'NHWC'},
    'format-unknown': {'data_format': 'NCDHW'},
    'initial-drawn': {
        'gamma_init': 'normal',
        'beta_init': 'uniform',
        'moving_mean_init': 'TruncatedNormal',
        'moving_var_init': 'normal',
    },
    'statistics-number': {'use_batch_statistics': 1},
    'statistics-text': {'use_batch_statistics': 'x'},
    'groups-none': {'process_groups': None},
    'groups-own': {'process_groups': [[0]]},
    'groups-tuple': {'process_groups': ((0,),)},
    'groups-twice': {'process_groups': [[0], [0]]},
    'groups-outside': {'process_groups': [[5]]},
    'groups-flat': {'process_groups': [0]},
}
DRAWN = 'initial-drawn'
#: with these the values of the case are set when the layer is there
SET_AFTERWARDS = (NOTHING, DRAWN, *AXIS_OF_BUFFERS)
NO_DEVICE = Probe(
    'no device as an argument: a process has one target',
    'mindspore.nn.BatchNorm2d documentation, signature; mindspore.set_device documentation',
    "mindspore.nn.BatchNorm2d(3, device='cpu')",
)
NO_SCALE_ALONE = Probe(
    'no gamma without a beta',
    'mindspore.nn.BatchNorm2d documentation, signature: affine is the only choice of parameters',
    'mindspore.nn.BatchNorm2d(3, bias=False)',
)


def spelled(mindspore: Any, config: Config, ranks: int = 1) -> dict[str, Any]:
    """The argument that an option asks for, by its name; empty where it says how initial values are given.

    :param ranks: processes that have joined each other
    """
    option = config.option
    for prefix, name in ONE_INITIALISER.items():
        if option.startswith(prefix):
            return {name: odd_initialiser(mindspore, option[len(prefix) :], config.num_features)}
    if option == INTEGER_EPS:
        return {'eps': int(config.eps)}
    if option in TYPES:
        return {'dtype': getattr(mindspore, TYPES[option])}
    if option.startswith('kernels-'):
        return {'process_groups': [list(range(ranks))] if option == 'kernels-named' else None}
    return SPELLED.get(option, {})


def odd_initialiser(mindspore: Any, kind: str, channels: float) -> Any:
    """What no vector of so many channels can be made of."""
    some = max(int(channels), 0)  # num_features may be what must be refused, and the framework is to refuse it
    if kind == 'long':
        return mindspore.Tensor(np.ones(some + 1, 'float32'))
    return {'unknown': 'nonsense', 'matrix': 'xavier_uniform', 'list': [1.0] * some}.get(kind, kind)


def initialisers(mindspore: Any, option: str, initial: Mapping[str, Value]) -> dict[str, Any]:
    """Initial values that are the same in every channel, as names, numbers or objects."""
    return {INITIALISERS[name]: initialiser(mindspore, option, number_of(value)) for name, value in initial.items()}


def number_of(value: Value) -> float:
    numbers = set(np.asarray(value).tolist())
    if len(numbers) != 1:
        raise AdapterFault(f'one name or number cannot say {sorted(numbers)}')
    return numbers.pop()


def initialiser(mindspore: Any, option: str, number: float) -> Any:
    if option == 'initial-numbers':
        return number
    if option == 'initial-objects':
        return mindspore.common.initializer.Constant(number)
    if number not in NAMES:
        raise AdapterFault(f'no name says {number}')
    return NAMES[number]
