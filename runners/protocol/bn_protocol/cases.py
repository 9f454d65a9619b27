"""A case as an adapter sees it: inputs and a program, never an expected value."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence, Union

from bn_protocol.tensors import Value, decode_tensor

LAYERS = frozenset(('batchnorm1d', 'batchnorm2d', 'batchnorm3d', 'syncbatchnorm'))
STATISTICS = frozenset(('tracked', 'untracked', 'batch', 'running'))
MODES = frozenset(('train', 'eval', 'fresh'))
ROUTES = frozenset(
    (
        'module',
        'functional',
        'functional-call',
        'no-grad',
        'inference-mode',
        'autocast',
        'scripted',
        'compiled',
        'graph',
        'asynchronous',
    )
)
#: no gradient is recorded there
WITHOUT_GRADIENTS = frozenset(('no-grad', 'inference-mode'))
LAYOUTS = frozenset(('contiguous', 'channels-last', 'transposed', 'strided', 'offset', 'expanded'))
RELOADS = frozenset(('checkpoint', 'copy', 'conversion'))
SYNCHRONISED = 'syncbatchnorm'


class CaseError(Exception):
    """The case itself is malformed: the harness is at fault, not the framework."""


class Config(NamedTuple):
    """Constructor arguments in canonical form."""

    num_features: int
    #: ε, in squared input units
    eps: float
    #: weight of the *new* batch (dimensionless); None is the cumulative average
    momentum: float | None
    affine: bool
    #: row of the mode table (BN-STAT-03)
    statistics: str
    #: type of parameters and state
    dtype: str
    #: γ and β are there but are not trained: no gradient is taken of them
    frozen: bool = False


class RankData(NamedTuple):
    """Data of one rank; inputs are [N, C, …spatial]."""

    inputs: Sequence[Value]
    grads: Sequence[Value]


class Forward(NamedTuple):
    #: ``fresh``: no switch is called, the mode is what the constructor or the steps before have left (BN-STATE-08)
    mode: str
    #: index into the rank's inputs
    input: int
    #: indices of the upstream gradients of all backward steps that name this forward, in program order
    grads: tuple[int, ...]


class Backward(NamedTuple):
    #: position of the forward step in the program
    of: int
    #: which backward of that forward this is, from 0; an index into its ``grads``
    nth: int


class Reload(NamedTuple):
    """State and parameters are saved, and the program goes on with a new layer that has loaded them, or with a copy."""

    #: ``checkpoint``, ``copy`` for a deep copy, or ``conversion`` into a synchronised layer (BN-SYNC-04)
    by: str = 'checkpoint'


class Describe(NamedTuple):
    """The layer says what it is: constructor, mode, text, parameters and buffers."""


Step = Union[Forward, Backward, Reload, Describe]


class Case(NamedTuple):
    layer: str
    config: Config
    #: values set after construction, each of shape [C]; what is absent stays as the framework initialised it
    initial: Mapping[str, Value]
    #: one entry unless the layer is synchronised
    ranks: Sequence[RankData]
    program: Sequence[Step]
    #: how the layer is called; ``functional``: the framework's function over its parameters and state
    route: str = 'module'
    #: how x and dy lie in memory; the shape is the same
    layout: str = 'contiguous'


def decode_case(raw: Mapping[str, Any], payload: bytes) -> Case:
    """A case from a run message.

    :raises CaseError: a field that is missing or that no adapter could make sense of
    """
    try:
        return _decode(raw, payload)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OSError) as error:
        raise CaseError(f'malformed case: {type(error).__name__}: {error}') from error


def _decode(raw: Mapping[str, Any], payload: bytes) -> Case:
    ranks = [
        RankData(
            [decode_tensor(entry, payload) for entry in rank['inputs']],
            [decode_tensor(entry, payload) for entry in rank['grads']],
        )
        for rank in raw['ranks']
    ]
    layer = _one_of('layer', raw['layer'], LAYERS)
    if layer != SYNCHRONISED and len(ranks) != 1:
        raise ValueError(f'{layer} with {len(ranks)} ranks')
    config = _decode_config(raw['config'])
    initial = {name: decode_tensor(entry, payload) for name, entry in raw.get('initial', {}).items()}
    _check_initial(config, initial)
    route = _one_of('route', raw.get('route', 'module'), ROUTES)
    layout = _one_of('layout', raw.get('layout', 'contiguous'), LAYOUTS)
    return Case(layer, config, initial, ranks, _decode_program(raw['program'], ranks), route, layout)


def _decode_config(raw: Mapping[str, Any]) -> Config:
    momentum = raw['momentum']
    return Config(
        raw['numFeatures'],
        float(raw['eps']),  # JSON writes 1.0 as 1, and frameworks tell an int from a float
        None if momentum is None else float(momentum),
        raw['affine'],
        _one_of('statistics', raw['statistics'], STATISTICS),
        raw['dtype'],
        raw.get('frozen', False),
    )


def _check_initial(config: Config, initial: Mapping[str, Value]) -> None:
    for name, value in initial.items():
        if value.shape != (config.num_features,):
            raise ValueError(f'initial {name} has shape {value.shape}, not [{config.num_features}]')
        if not config.affine and name in ('gamma', 'beta'):
            raise ValueError(f'initial {name} without affine')
        if config.statistics == 'untracked' and name in ('running_mean', 'running_var'):
            raise ValueError(f'initial {name} without running statistics')


def _decode_program(raw: Sequence[Mapping[str, Any]], ranks: Sequence[RankData]) -> Sequence[Step]:
    inputs = min([len(rank.inputs) for rank in ranks])
    available = min([len(rank.grads) for rank in ranks])
    key = (inputs, available, *[item for step in raw for item in (None, *step.items())])
    program = _programs.get(key)
    if program is None:
        if len(_programs) >= MOST_PROGRAMS:
            _programs.clear()
        program = _programs[key] = _steps_of(raw, inputs, available)
    return program


#: the cases of a suite have few programs
_programs: dict[tuple[Any, ...], Sequence[Step]] = {}
MOST_PROGRAMS = 1024


def _steps_of(raw: Sequence[Mapping[str, Any]], inputs: int, available: int) -> tuple[Step, ...]:
    grads = _grads_by_forward(raw, available)
    given = dict.fromkeys(grads, 0)
    program: list[Step] = []
    for position, step in enumerate(raw):
        op = step['op']
        if op == 'forward':
            _check_index('input', step['input'], inputs)
            mode = 'fresh' if step.get('stays', False) else _one_of('mode', step['mode'], MODES)
            program.append(Forward(mode, step['input'], tuple(grads.get(position, ()))))
        elif op == 'backward':
            of = step['of']
            program.append(Backward(of, given[of]))
            given[of] += 1
        elif op == 'reload':
            program.append(Reload(_one_of('by', step.get('by', 'checkpoint'), RELOADS)))
        elif op == 'describe':
            program.append(Describe())
        else:
            raise ValueError(f'unknown op {op!r}')
    return tuple(program)


def _grads_by_forward(raw: Sequence[Mapping[str, Any]], available: int) -> dict[int, list[int]]:
    grads: dict[int, list[int]] = {}
    for position, step in enumerate(raw):
        if step['op'] == 'backward':
            of, grad = step['of'], step['grad']
            if not 0 <= of < position or raw[of]['op'] != 'forward':
                raise ValueError(f'step {position} is the backward of step {of}, which is no earlier forward')
            _check_index('grad', grad, available)
            grads.setdefault(of, []).append(grad)
    return grads


def _check_index(what: str, index: int, available: int) -> None:
    if not 0 <= index < available:
        raise ValueError(f'{what} {index} of {available}')


def _one_of(what: str, value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        raise ValueError(f'unknown {what} {value!r}, expected one of {", ".join(sorted(allowed))}')
    return value
