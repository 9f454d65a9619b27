"""Keras 3 over JAX, without jit, on the CPU.

One layer and one adapter, which are read together; that is why it is one long file.
"""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Sequence

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from bn_protocol.adapter import Adapter, AdapterFault, Answer, Layer, Observation, Observed, observe_rank
from bn_protocol.cases import Case, RankData, Reload, accumulates, momenta_of, rows_of
from bn_protocol.description import Description, arguments_of, inputs_of, parameter, stored
from bn_protocol.loop import serve
from bn_protocol.machine import cpu_model, described_layers, few_processors, language, limit_threads
from bn_protocol.probes import Probe, Probes
from bn_protocol.repetition import observe_again
from bn_protocol.tensors import BFloat16, Value, dtype_name

VARIABLES = {'gamma': 'gamma', 'beta': 'beta', 'running_mean': 'moving_mean', 'running_var': 'moving_variance'}
GRADIENTS = (('dgamma', 'gamma'), ('dbeta', 'beta'))
#: fresh: the call says nothing
TRAINING = {'train': {'training': True}, 'eval': {'training': False}, 'fresh': {}}
#: ranks that a layer takes, as Keras learns them at build time
RANKS = {'batchnorm1d': (2, 3), 'batchnorm2d': (4,), 'batchnorm3d': (5,)}
OFFERED_ROWS = ('tracked', 'running')

_DOCUMENTATION = 'keras.layers.BatchNormalization documentation'
NO_CUMULATIVE_AVERAGE = Probe(
    'no cumulative average: momentum must be a number',
    f"{_DOCUMENTATION}, 'moving_mean = moving_mean * momentum + mean(batch) * (1 - momentum)'",
    'keras.layers.BatchNormalization(momentum=None)',
)
MISSING_ROWS = {
    'untracked': Probe(
        'no layer without running statistics',
        f'{_DOCUMENTATION}, arguments: every choice has moving_mean and moving_variance',
        'keras.layers.BatchNormalization(track_running_stats=False)',
    ),
    'batch': Probe(
        'no layer that keeps running statistics and uses the batch in evaluation too',
        f"{_DOCUMENTATION}, training: 'using the mean and variance of its moving statistics, learned during training'",
        'keras.layers.BatchNormalization(use_batch_statistics=True)',
    ),
    'paused': Probe(
        'no layer that normalises by the batch and leaves its running statistics alone',
        f'{_DOCUMENTATION}, trainable: a layer that is not trained normalises by its moving statistics',
        'keras.layers.BatchNormalization(track_running_stats=None)',
    ),
}
_KERAS = 'Keras documentation, API list: no such name'
#: what other frameworks have in this place
MISSING_ROUTES = {
    'functional': Probe(
        'no function over given state: keras.ops.batch_normalization takes statistics and moves none',
        'keras.ops.batch_normalization documentation, arguments',
        'keras.ops.batch_normalization(jax.numpy.ones((2, 3)), training=True)',
    ),
    'functional-call': Probe('no such call: stateless_call also gives the state back', _KERAS, 'keras.functional_call'),
    'no-grad': Probe('no context without gradients: the backend records them where asked', _KERAS, 'keras.no_grad'),
    'inference-mode': Probe('no inference mode', _KERAS, 'keras.inference_mode'),
    'autocast': Probe('no context that chooses types: a layer has a dtype policy', _KERAS, 'keras.autocast'),
    'autocast-float16': Probe('no context that chooses types', _KERAS, 'keras.autocast'),
    'scripted': Probe('no script language', _KERAS, 'keras.script'),
    'compiled': Probe('no compiled layer: a Model is compiled', _KERAS, 'keras.layers.BatchNormalization().compile()'),
    'graph': Probe('no mode in which every layer is compiled', _KERAS, 'keras.set_context'),
    'asynchronous': Probe('no call that chooses it', _KERAS, 'keras.asynchronous'),
}
_OTHER = f'{_DOCUMENTATION}, arguments'
#: by the first word of an option
MISSING_OPTIONS = {
    'format': Probe(
        'no order of axes by name: an axis is named', _OTHER, "keras.layers.BatchNormalization(data_format='NCHW')"
    ),
    'device': Probe('no device as an argument', _OTHER, "keras.layers.BatchNormalization(device='cpu')"),
    'statistics': Probe('no such argument', _OTHER, "keras.layers.BatchNormalization(track_running_stats=1)"),
    'groups': Probe('no lists of ranks', _OTHER, "keras.layers.BatchNormalization(process_groups=[[0]])"),
}
NO_CAPABILITY = Probe('no way to hold the kernels to an instruction set', _OTHER, 'jax.set_cpu_capability')
NO_CONVERSION = Probe(
    'no conversion of a network into a synchronised one',
    'keras.layers documentation: no such name',
    'keras.layers.convert_sync_batchnorm',
)
NO_STRIDES = Probe(
    'an array of JAX has an order of its axes in memory, and no strides',
    'jax.Array documentation, attributes; jax.experimental.layout documentation, Layout: major_to_minor',
    'jax.numpy.zeros((2, 3)).strides',
)
NO_ACCUMULATION = Probe(
    'a variable holds no gradient: the backend returns them',
    'keras.Variable documentation, attributes',
    'keras.Variable(1.0).grad',
)


class Tape(NamedTuple):
    #: from dy to the gradients of x and of γ and β; may be called any number of times
    pull: Callable[[Any], Any]
    grads: Sequence[int]
    #: from dy and v to the gradients of Σ v·dx by x, dy and the parameters
    pull_twice: Callable[[Any, Any], Any]


class KerasLayer(Layer):
    def __init__(self, jax: Any, keras: Any, case: Case, data: RankData) -> None:
        config = case.config
        self.jax = jax
        self.keras = keras
        self.case = case
        self.data = data
        self.given: list[tuple[str, Any, Value]] = []
        self.frozen = config.frozen
        #: settings changed since construction
        self.settings: dict[str, Any] = {}
        if config.momentum is None:
            raise AdapterFault('a cumulative average is reported as unsupported before it comes here')
        if case.route != 'module':
            raise AdapterFault('keras.ops.batch_normalization keeps no state; this adapter does not write the rest')
        self.layer = keras.layers.BatchNormalization(
            axis=1,
            momentum=1.0 - config.momentum,  # theirs is the weight of the old state
            epsilon=config.eps,
            center=config.affine and not config.scale_only,
            scale=config.affine,
            trainable=config.statistics == 'tracked',
            dtype=config.dtype,
        )
        self.layer.build((None, config.num_features, *[None] * (rank_of(case.layer, data) - 2)))
        for name, value in case.initial.items():
            getattr(self.layer, VARIABLES[name]).assign(self.to_jax(value))

    def state(self) -> Observation:
        layer = self.layer
        return {'running_mean': to_numpy(layer.moving_mean.value), 'running_var': to_numpy(layer.moving_variance.value)}

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Tape | None]:
        x = self.laid_out(self.data.inputs[index])
        self.given = [('x', x, self.data.inputs[index])]
        if grads:
            return self.forward_with_tape(x, TRAINING[mode], grads)
        return to_numpy(self.layer(x, **TRAINING[mode])), None

    def forward_with_tape(self, x: Any, training: Mapping[str, bool], grads: Sequence[int]) -> tuple[Value, Tape]:
        """One forward as a pure function: the state that it left goes back into the layer once, before any backward."""
        layer = self.layer
        parameters = {name: getattr(layer, name).value for _, name in GRADIENTS if getattr(layer, name) is not None}
        statistics = (layer.moving_mean, layer.moving_variance)

        def pure(x: Any, parameters: Mapping[str, Any]) -> tuple[Any, list[Any]]:
            given = [(getattr(layer, name), value) for name, value in parameters.items()]
            with self.keras.StatelessScope(given) as scope:
                y = layer(x, **training)
            return y, [scope.get_current_value(variable) for variable in statistics]

        y, pull, moved = self.jax.vjp(pure, x, parameters, has_aux=True)
        for variable, value in zip(statistics, moved):
            if value is not None:
                variable.assign(value)

        def along(x: Any, dy: Any, parameters: Any, v: Any) -> Any:
            dx, _ = self.jax.vjp(pure, x, parameters, has_aux=True)[1](dy)
            return (v * dx).sum()

        def pull_twice(dy: Any, v: Any) -> Any:
            return self.jax.grad(along, (0, 1, 2))(x, dy, parameters, v)

        return to_numpy(y), Tape(pull, grads, pull_twice)

    def backward(self, tape: Tape, nth: int) -> Observation:
        dy = self.laid_out(self.data.grads[tape.grads[nth]])
        self.given = [('dy', dy, self.data.grads[tape.grads[nth]])]
        dx, parameters = tape.pull(dy)
        trained = () if self.frozen else GRADIENTS
        return {'dx': to_numpy(dx), **{name: to_numpy(parameters[own]) for name, own in trained if own in parameters}}

    def double_backward(self, tape: Tape, nth: int, direction: int) -> Observation:
        dy, v = [self.laid_out(self.data.grads[index]) for index in (tape.grads[nth], direction)]
        self.given = [('dy', dy, self.data.grads[tape.grads[nth]])]
        ddx, ddy, parameters = tape.pull_twice(dy, v)
        trained = () if self.frozen else GRADIENTS[:1]
        named = {f'd{name}': to_numpy(parameters[own]) for name, own in trained if own in parameters}
        return {'ddx': to_numpy(ddx), 'ddy': to_numpy(ddy), **named}

    def reloaded(self) -> KerasLayer:
        layer = KerasLayer(self.jax, self.keras, self.case._replace(initial={}), self.data)
        layer.layer.set_weights(self.layer.get_weights())
        layer.configure(self.settings)
        return layer

    def copied(self) -> KerasLayer:
        layer = KerasLayer(self.jax, self.keras, self.case._replace(initial={}), self.data)
        layer.layer = copy.deepcopy(self.layer)
        layer.configure(self.settings)
        return layer

    def configure(self, settings: Mapping[str, Any]) -> None:
        for name, value in settings.items():
            if name == 'statistics':
                self.layer.trainable = value == 'tracked'
            elif name == 'frozen':
                self.frozen = value
            elif name == 'momentum':
                self.layer.momentum = 1.0 - value
            else:
                self.layer.epsilon = value
        self.settings.update(settings)

    def changed(self) -> Sequence[str]:
        return [name for name, array, value in self.given if bits(to_numpy(array)) != bits(value)]

    def describe(self) -> Description:
        """A layer has no mode of its own; a call that says nothing evaluates."""
        layer = self.layer
        weights = [(name, getattr(layer, name)) for name in ('gamma', 'beta')]
        return {
            'arguments': arguments_of(type(layer)),
            'inputs': inputs_of(layer.call),
            'training': False,
            'repr': repr(layer),
            'parameters': [
                parameter(name, one.shape, one.dtype, trainable=one.trainable)
                for name, one in weights
                if one is not None
            ],
            'buffers': [stored(one.name, one.shape, one.dtype) for one in (layer.moving_mean, layer.moving_variance)],
        }

    def laid_out(self, value: Value) -> Any:
        """The array in the memory layout that the case asks; its shape and values stay."""
        x = self.to_jax(value)
        if self.case.layout == 'contiguous':
            return x
        layout = self.jax.experimental.layout
        order = layout.Layout(memory_order(self.case.layout, x.ndim))
        return self.jax.device_put(x, layout.Format(order, x.sharding))

    def to_jax(self, value: Value) -> Any:
        numpy = self.jax.numpy
        return numpy.array(value.bits.view(numpy.bfloat16.dtype) if isinstance(value, BFloat16) else value)


def bits(value: Value) -> bytes:
    return (value.bits if isinstance(value, BFloat16) else value).tobytes()


def memory_order(layout: str, rank: int) -> tuple[int, ...]:
    """Axes of [N, C, …spatial] from the slowest to the fastest."""
    if layout == 'channels-last':
        return (0, *range(2, rank), 1)
    return tuple(reversed(range(rank))) if layout == 'transposed' else tuple(range(rank))


def to_numpy(array: Any) -> Value:
    """A view is enough: arrays of JAX never change."""
    view = np.asarray(array)
    return BFloat16(view.view(np.uint16)) if view.dtype.name == 'bfloat16' else view


def rank_of(layer: str, data: RankData) -> int:
    """The rank to build for: that of the first input where there is one and the layer takes it."""
    ranks = RANKS[layer]
    given = len(data.inputs[0].shape) if data.inputs else 0
    return given if given in ranks else ranks[0]


class KerasAdapter(Adapter):
    def load(self, threads: int, device: str) -> None:
        if device != 'cpu':
            raise AdapterFault(f'this adapter speaks for the cpu only, not for {device!r}')
        os.environ['JAX_PLATFORMS'] = 'cpu'
        os.environ['KERAS_BACKEND'] = 'jax'
        os.environ['KERAS_HOME'] = f'{os.devnull}/keras'  # Keras reads settings of the user there, or writes them
        limit_threads(threads)
        with few_processors(threads):  # XLA counts them when it starts its pool
            import jax
            import jax.experimental.layout
            import keras

            jax.config.update('jax_cpu_enable_async_dispatch', False)  # noqa: FBT003 - an error belongs to its case
            jax.numpy.zeros(1).block_until_ready()
        self.jax = jax
        self.keras = keras
        self.threads = threads
        self.probes = Probes({'keras': keras, 'jax': jax})

    def identify(self) -> dict[str, Any]:
        return {
            'framework': 'keras',
            'version': self.keras.__version__,
            'build': f'jax {self.jax.__version__}; jaxlib {self.jax.lib.__version__}',
            'language': language(),
            'device': 'cpu',
            'cpu': {'model': cpu_model(), 'capability': 'unknown'},
            'threads': self.threads,
            'layers': described_layers(__file__),
            'capabilities': [
                *({'name': f'statistics={row}', 'offered': True} for row in OFFERED_ROWS),
                *(
                    {'name': f'statistics={row}', 'offered': False, 'reason': probe.reason}
                    for row, probe in MISSING_ROWS.items()
                ),
                {'name': 'momentum=cumulative', 'offered': False, 'reason': NO_CUMULATIVE_AVERAGE.reason},
            ],
        }

    def observe(self, case: Case) -> Answer:
        doubts = missing(case)
        if doubts:
            return self.probes.unsupported(doubts[0])
        if case.threads not in (0, self.threads):
            raise AdapterFault(f'this process has {self.threads} threads, not {case.threads}')
        data = case.ranks[0]
        with self.jax.enable_x64(has_long_type(case, data)):  # JAX shortens float64 and int64 otherwise
            observe = observe_again if case.threads else observe_rank
            return Observed((observe(case, data, self.construct),))

    def construct(self, case: Case, data: RankData) -> KerasLayer:
        return KerasLayer(self.jax, self.keras, case, data)


def has_long_type(case: Case, data: RankData) -> bool:
    return case.config.dtype == 'float64' or any(dtype_name(x) in ('float64', 'int64') for x in data.inputs)


def missing(case: Case) -> list[Probe]:
    """What the case asks for and the framework is said to refuse."""
    doubts = []
    doubts.extend(MISSING_ROWS[row] for row in rows_of(case) if row in MISSING_ROWS)
    if None in momenta_of(case):
        doubts.append(NO_CUMULATIVE_AVERAGE)
    if case.layout == 'strided':
        doubts.append(NO_STRIDES)
    word = case.config.option.partition('-')[0]
    if word in MISSING_OPTIONS:
        doubts.append(MISSING_OPTIONS[word])
    elif word:
        raise AdapterFault(f'this adapter does not hand over {case.config.option}')
    if case.capability:
        doubts.append(NO_CAPABILITY)
    if Reload('conversion') in case.program:
        doubts.append(NO_CONVERSION)
    if accumulates(case):
        doubts.append(NO_ACCUMULATION)
    if case.route in MISSING_ROUTES:
        doubts.append(MISSING_ROUTES[case.route])
    return doubts


if __name__ == '__main__':
    serve(KerasAdapter())
