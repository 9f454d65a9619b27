"""What MindSpore does not offer, each with a call that shows the refusal."""

from __future__ import annotations

from arguments import NO_DEVICE, NO_SCALE_ALONE
from bn_protocol.cases import Case, Reload, accumulates, changes_of, momenta_of
from bn_protocol.probes import Probe, Probes
from bn_protocol.tensors import dtype_name
from live_settings import EPS_CHANGED, MOMENTUM_CHANGED
from second_order import doubts_of_second_order
from workers import REPORTED

_DOCUMENTATION = 'mindspore.nn.BatchNorm2d documentation'
NO_CUMULATIVE_AVERAGE = Probe(
    'no cumulative average: momentum must be a number',
    f'{_DOCUMENTATION}, momentum (float), ValueError if not in range [0, 1]',
    'mindspore.nn.BatchNorm2d(3, momentum=None)',
)
NO_UNTRACKED_ROW = Probe(
    'no layer without running statistics',
    f'{_DOCUMENTATION}, use_batch_statistics: every choice has moving_mean and moving_variance',
    'mindspore.nn.BatchNorm2d(3, track_running_stats=False)',
)

_CONSTRUCTOR = f'{_DOCUMENTATION}, Args: an argument of the constructor; no method or attribute changes it'
FIXED = {
    'momentum': Probe('momentum is fixed at construction', _CONSTRUCTOR, MOMENTUM_CHANGED),
    'eps': Probe('eps is fixed at construction', _CONSTRUCTOR, EPS_CHANGED),
}
NO_PAUSED_ROW = Probe(
    'no layer that normalises by the batch and leaves its running statistics alone',
    f'{_DOCUMENTATION}, use_batch_statistics: where the batch normalises, the moving statistics follow',
    "mindspore.nn.BatchNorm2d(3, use_batch_statistics='paused')",
)

NO_ACCUMULATION = Probe(
    'a parameter holds no gradient: gradients are returned',
    'mindspore.Parameter documentation, attributes; mindspore.grad documentation, Returns',
    'mindspore.nn.BatchNorm1d(2).gamma.grad',
)

_BATCH_NORM = 'mindspore.ops.batch_norm documentation'
NO_FUNCTION_OF_RANK_5 = Probe(
    'the function takes no input of rank 5',
    f'{_BATCH_NORM}, input_x: rank 2 to 4',
    'mindspore.ops.batch_norm(mindspore.Tensor(numpy.ones((2, 3, 1, 2, 2), "float32")),'
    ' *[mindspore.Tensor(numpy.ones(3, "float32"))] * 4).asnumpy()',
)
_API = 'mindspore documentation, API list: no such name'
MISSING_ROUTES = {
    'functional-call': Probe('no call with parameters handed in', _API, 'mindspore.ops.functional_call'),
    'no-grad': Probe('no context without gradients: they are recorded only where asked', _API, 'mindspore.no_grad'),
    'inference-mode': Probe('no inference mode', _API, 'mindspore.inference_mode'),
    'autocast': Probe('no context that chooses types: amp changes the network', _API, 'mindspore.amp.autocast'),
    'autocast-float16': Probe('no context that chooses types: amp changes the network', _API, 'mindspore.amp.autocast'),
    'scripted': Probe('no script language', _API, 'mindspore.jit.script'),
    'compiled': Probe('no compiler but that of GRAPH mode, the route graph', _API, 'mindspore.compile'),
}

NO_CAPABILITY = Probe(
    'no way to hold the kernels to an instruction set',
    _API,
    'mindspore.runtime.set_cpu_capability',
)
NO_CONVERSION = Probe(
    'no conversion of a network into a synchronised one',
    'mindspore.nn.SyncBatchNorm documentation, methods; mindspore.nn API list: no such name',
    'mindspore.nn.SyncBatchNorm.convert_sync_batchnorm',
)

_SYNCHRONISED = 'mindspore.nn.SyncBatchNorm documentation'
NO_RANKS = Probe(
    'no SyncBatchNorm over several processes on the CPU', f'{_SYNCHRONISED}, Supported Platforms: Ascend', REPORTED
)
NO_SYNCHRONISED_LAYER = Probe(
    'no SyncBatchNorm without a communication environment',
    f'{_SYNCHRONISED}, Supported Platforms: Ascend; Examples: should be run with multiple devices',
    'mindspore.nn.SyncBatchNorm(2)',
)


def doubts(case: Case, *, has_dtype: bool) -> list[Probe]:
    """What the case asks for and the framework is said to refuse.

    :param has_dtype: layers take their type as an argument
    """
    config = case.config
    found = []
    if config.statistics == 'untracked':
        found.append(NO_UNTRACKED_ROW)
    if None in momenta_of(case) and config.option != 'momentum-none':
        found.append(NO_CUMULATIVE_AVERAGE)
    if lacks_type(case, has_dtype=has_dtype):
        found.append(layer_type(config.dtype))
    if case.route in MISSING_ROUTES:
        found.append(MISSING_ROUTES[case.route])
    if config.option.startswith('device-'):
        found.append(NO_DEVICE)
    if config.scale_only:
        found.append(NO_SCALE_ALONE)
    if case.capability:
        found.append(NO_CAPABILITY)
    if Reload('conversion') in case.program:
        found.append(NO_CONVERSION)
    if case.route == 'functional' and case.layer == 'batchnorm3d':
        found.append(NO_FUNCTION_OF_RANK_5)
    return found


def lacks_type(case: Case, *, has_dtype: bool) -> bool:
    """Whether the case is of a type that no layer has. A layer of one type and an input of another is a question."""
    own = case.config.dtype
    offered = own == 'float32' or (has_dtype and own == 'float16')
    return not offered and all(dtype_name(x) == own for data in case.ranks for x in data.inputs)


def doubts_of_changes(case: Case) -> list[Probe]:
    """What the case changes or adds up on the way and the framework is said not to heed."""
    changes = changes_of(case)
    found = [FIXED[name] for name in FIXED if any(name in settings for settings in changes)]
    rows = [settings.get('statistics') for settings in changes]
    found += [NO_PAUSED_ROW] * ('paused' in rows) + [NO_UNTRACKED_ROW] * ('untracked' in rows)
    return found + [NO_ACCUMULATION] * accumulates(case) + doubts_of_second_order(case)


def doubts_of_synchronised(case: Case, probes: Probes) -> list[Probe]:
    if probes.is_refused(NO_SYNCHRONISED_LAYER):  # 2.0.0; a later one is BatchNorm where it is alone
        return [NO_SYNCHRONISED_LAYER]
    if len(case.ranks) > 1 and not case.config.option.startswith('kernels-'):
        return [NO_RANKS]
    return []


def layer_type(name: str) -> Probe:
    layer = f'mindspore.nn.BatchNorm1d(2, dtype=mindspore.{name})'
    call = f'{layer}(mindspore.Tensor(numpy.ones((2, 2), "float32"))).asnumpy()'
    return Probe(f'no layer of {name}', f'{_DOCUMENTATION}, supported types: float16, float32', call)
