"""A case as an adapter sees it: inputs and a program, never an expected value."""

from __future__ import annotations

from typing import Any, Mapping, NamedTuple, Sequence, Tuple, Union

from bn_protocol.tensors import TensorPlace, Value, place_of, tensor_at

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
        'autocast-float16',
        'scripted',
        'compiled',
        'graph',
        'asynchronous',
    )
)
#: no gradient is recorded there
WITHOUT_GRADIENTS = frozenset(('no-grad', 'inference-mode'))
LAYOUTS = frozenset(('contiguous', 'channels-last', 'transposed', 'strided', 'offset', 'expanded'))
#: rows that a live layer may be switched to; ``paused``: the state stays and no longer moves
LIVE_STATISTICS = STATISTICS | {'paused'}
#: what can be changed on a live layer
NUMBERS = frozenset(('momentum', 'eps'))
SETTINGS = NUMBERS | {'statistics', 'frozen'}
CAPABILITIES = frozenset(('', 'default', 'avx2'))
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
    #: γ is there, β is not
    scale_only: bool = False
    #: an argument besides these, in a word of src/cases/options.ts
    option: str = ''


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
    #: dγ and dβ add up in the parameters (BN-GRAD-05)
    accumulates: bool = False
    #: index of v in the rank's upstream gradients, where the pass is differentiated once more (BN-GRAD-06)
    direction: int | None = None


class Reload(NamedTuple):
    """State and parameters are saved, and the program goes on with a new layer that has loaded them, or with a copy."""

    #: ``checkpoint``, ``copy`` for a deep copy, or ``conversion`` into a synchronised layer (BN-SYNC-04)
    by: str = 'checkpoint'


class Describe(NamedTuple):
    """The layer says what it is: constructor, mode, text, parameters and buffers."""


class Configure(NamedTuple):
    """Settings of the live layer are changed, which hold from the next step on (BN-STATE-14)."""

    #: momentum, eps, statistics and frozen, as far as they change; in canonical form, as in Config
    settings: Mapping[str, Any]


Step = Union[Forward, Backward, Reload, Describe, Configure]


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
    #: threads inside one operation; 0: as the runner was started
    threads: int = 0
    #: instruction set that the framework is held to: ``default``, ``avx2``, or empty for the machine's own
    capability: str = ''


def rows_of(case: Case) -> list[str]:
    """The row of the mode table that the layer is made with, and those that it is switched to."""
    changes = changes_of(case)
    own = [case.config.statistics]
    return own if not changes else [*own, *[step['statistics'] for step in changes if 'statistics' in step]]


def momenta_of(case: Case) -> list[float | None]:
    """The momentum that the layer is made with, and those that it is given later."""
    return [case.config.momentum, *[step['momentum'] for step in changes_of(case) if 'momentum' in step]]


def changes_of(case: Case) -> list[Mapping[str, Any]]:
    """The settings that each step of the program changes, where it changes some."""
    return [step.settings for step in case.program if isinstance(step, Configure)]


#: where the inputs and the upstream gradients of a rank lie
RankPlaces = Tuple[Sequence[TensorPlace], Sequence[TensorPlace]]


class Form(NamedTuple):
    """What cases of a batch may share: everything but the configuration and the bytes of the tensors."""

    layer: str
    initial: Sequence[tuple[str, TensorPlace]]
    ranks: Sequence[RankPlaces]
    program: Sequence[Step]
    route: str
    layout: str
    threads: int
    capability: str


#: What a malformed field leads to, a number beyond a float or an index too; none of it is a framework's.
_MALFORMED = (LookupError, TypeError, ValueError, AttributeError, OSError, ArithmeticError, RecursionError, MemoryError)


def accumulates(case: Case) -> bool:
    """Whether the case asks for gradients that add up in the parameters."""
    return any(isinstance(step, Backward) and step.accumulates for step in case.program)


def direction_of(case: Case, index: int) -> int | None:
    """Where v of the pass lies that differentiates the backward of the forward on input ``index``, if there is one."""
    for step in case.program:
        if isinstance(step, Backward) and step.direction is not None:
            forward = case.program[step.of]
            if isinstance(forward, Forward) and forward.input == index:
                return step.direction
    return None


def twice_differentiated(case: Case) -> bool:
    """Whether the case asks for a backward pass that is differentiated once more."""
    return any(isinstance(step, Backward) and step.direction is not None for step in case.program)


def decode_cases(raw_cases: Sequence[Mapping[str, Any]], payload: bytes) -> list[Case | CaseError]:
    """The cases of a run message. What is wrong with one stands in its place: the others are asked all the same."""
    forms: dict[int, Form] = {}
    return [_decode_case(index, raw, forms, payload) for index, raw in enumerate(raw_cases)]


def _decode_case(index: int, raw: Mapping[str, Any], forms: dict[int, Form], payload: bytes) -> Case | CaseError:
    """:param forms: of the cases before it that are written out, by index"""
    try:
        form = forms[raw['like']] if 'like' in raw else forms.setdefault(index, _decode_form(raw))
        return _fill(form, _decode_config(raw['config']), raw['at'], payload)
    except _MALFORMED as error:
        return CaseError(f'malformed case: {type(error).__name__}: {error}')


def _decode_form(raw: Mapping[str, Any]) -> Form:
    ranks = [
        ([place_of(entry) for entry in rank['inputs']], [place_of(entry) for entry in rank['grads']])
        for rank in raw['ranks']
    ]
    layer = _one_of('layer', raw['layer'], LAYERS)
    if layer != SYNCHRONISED and len(ranks) != 1:
        raise ValueError(f'{layer} with {len(ranks)} ranks')
    initial = [(name, place_of(entry)) for name, entry in raw.get('initial', {}).items()]
    route = _one_of('route', raw.get('route', 'module'), ROUTES)
    layout = _one_of('layout', raw.get('layout', 'contiguous'), LAYOUTS)
    return Form(layer, initial, ranks, _decode_program(raw['program'], ranks), route, layout, *_machine(raw))


def _fill(form: Form, config: Config, at: int, payload: bytes) -> Case:
    """The case of this form whose tensors begin at byte ``at``."""
    layer, initial, ranks, program, *called = form
    if initial:
        _check_initial(config, initial)
    return Case(
        layer,
        config,
        {name: tensor_at(place, payload, at) for name, place in initial},
        [
            RankData([tensor_at(one, payload, at) for one in inputs], [tensor_at(one, payload, at) for one in grads])
            for inputs, grads in ranks
        ],
        program,
        *called,
    )


def _machine(raw: Mapping[str, Any]) -> tuple[int, str]:
    return raw.get('threads', 0), _one_of('capability', raw.get('capability', ''), CAPABILITIES)


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
        raw.get('scaleOnly', False),
        raw.get('option', ''),
    )


def _check_initial(config: Config, initial: Sequence[tuple[str, TensorPlace]]) -> None:
    for name, place in initial:
        if place.shape != (config.num_features,):
            raise ValueError(f'initial {name} has shape {place.shape}, not [{config.num_features}]')
        if not config.affine and name in ('gamma', 'beta'):
            raise ValueError(f'initial {name} without affine')
        if config.statistics == 'untracked' and name in ('running_mean', 'running_var'):
            raise ValueError(f'initial {name} without running statistics')


def _decode_program(raw: Sequence[Mapping[str, Any]], ranks: Sequence[RankPlaces]) -> Sequence[Step]:
    inputs = min([len(inputs) for inputs, _ in ranks])
    available = min([len(grads) for _, grads in ranks])
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
            if 'direction' in step:
                _check_index('direction', step['direction'], available)
            program.append(Backward(of, given[of], step.get('accumulates', False), step.get('direction')))
            given[of] += 1
        elif op == 'reload':
            program.append(Reload(_one_of('by', step.get('by', 'checkpoint'), RELOADS)))
        elif op == 'describe':
            program.append(Describe())
        elif op == 'configure':
            program.append(Configure(_decode_settings(step['set'])))
        else:
            raise ValueError(f'unknown op {op!r}')
    return tuple(program)


def _decode_settings(raw: Mapping[str, Any]) -> dict[str, Any]:
    if not raw or not set(raw) <= SETTINGS:
        raise ValueError(f'settings {sorted(raw)}')
    if 'statistics' in raw:
        _one_of('statistics', raw['statistics'], LIVE_STATISTICS)
    # JSON writes 1.0 as 1, and frameworks tell an int from a float
    return {name: float(value) if name in NUMBERS and value is not None else value for name, value in raw.items()}


def _grads_by_forward(raw: Sequence[Mapping[str, Any]], available: int) -> dict[int, list[int]]:
    grads: dict[int, list[int]] = {}
    for position, step in enumerate(raw):
        if step['op'] == 'backward':
            of, grad = step['of'], step['grad']
            if type(of) is not int or not 0 <= of < position or raw[of]['op'] != 'forward':
                raise ValueError(f'step {position} is the backward of step {of}, which is no earlier forward')
            _check_index('grad', grad, available)
            grads.setdefault(of, []).append(grad)
    return grads


def _check_index(what: str, index: int, available: int) -> None:
    if type(index) is not int or not 0 <= index < available:
        raise ValueError(f'{what} {index} of {available}')


def _one_of(what: str, value: str, allowed: frozenset[str]) -> str:
    if value not in allowed:
        raise ValueError(f'unknown {what} {value!r}, expected one of {", ".join(sorted(allowed))}')
    return value
