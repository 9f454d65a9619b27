"""Constructor arguments besides the canonical ones: PyTorch's spelling, and what shows that it lacks the others."""

from __future__ import annotations

from typing import Any

from bn_protocol.cases import Config
from bn_protocol.options import ALIKE, AXIS_OF_BUFFERS, INTEGER_EPS, NOTHING, TYPES
from bn_protocol.probes import Probe

#: made without memory, which it is given afterwards
META = 'device-meta'
META_DEVICE = 'meta'
SPELLED: dict[str, dict[str, Any]] = {
    **ALIKE,
    'device-cpu': {'device': 'cpu'},
    META: {'device': META_DEVICE},
    'device-unknown': {'device': 'nowhere'},
    'statistics-number': {'track_running_stats': 1},
    'statistics-text': {'track_running_stats': 'x'},
    'groups-none': {'process_group': None},
    'groups-pairs': {},
    'kernels-own': {},
    'kernels-named': {},
    'kernels-alone': {},
}
_SIGNATURE = 'torch.nn.BatchNorm2d documentation, signature'
NO_INITIALISERS = Probe(
    'no initial values as arguments: parameters and buffers are set after construction',
    _SIGNATURE,
    "torch.nn.BatchNorm2d(3, gamma_init='ones')",
)
NO_FORMAT = Probe(
    'no order of axes as an argument: it is always N, C, then space',
    _SIGNATURE,
    "torch.nn.BatchNorm2d(3, data_format='NCHW')",
)
NO_LISTS_OF_RANKS = Probe(
    'no lists of ranks: one process_group, an object',
    'torch.nn.SyncBatchNorm documentation, signature',
    'torch.nn.SyncBatchNorm(3, process_groups=[[0]])',
)
NO_DEVICE = Probe('no device as an argument', f'{_SIGNATURE} of 1.8', "torch.nn.BatchNorm2d(3, device='cpu')")
NO_TYPE = Probe('no type as an argument', f'{_SIGNATURE} of 1.8', 'torch.nn.BatchNorm2d(3, dtype=torch.float32)')


def spelled(torch: Any, config: Config, canonical: dict[str, Any]) -> dict[str, Any]:
    """The constructor's arguments: the canonical ones, with those of the option among them or in their place."""
    option = config.option
    if option == NOTHING:
        return {'num_features': config.num_features}
    if option == INTEGER_EPS:
        return {**canonical, 'eps': int(config.eps)}
    if option in TYPES:
        return {**canonical, 'dtype': getattr(torch, TYPES[option])}
    return {**canonical, **SPELLED.get(option, {})}


def doubted_argument(option: str) -> Probe | None:
    """What the framework may refuse of an option."""
    if option.startswith('device-'):
        return NO_DEVICE
    if option.startswith('dtype-'):
        return NO_TYPE
    if option in SPELLED or option in AXIS_OF_BUFFERS or option in (NOTHING, INTEGER_EPS):
        return None
    return NO_FORMAT if option.startswith('format-') else NO_LISTS_OF_RANKS if 'groups-' in option else NO_INITIALISERS
