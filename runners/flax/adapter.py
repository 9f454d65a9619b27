"""Flax (nnx), without jit but for the route compiled, on the CPU.

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

PARAMETERS = {'gamma': 'scale', 'beta': 'bias', 'running_mean': 'mean', 'running_var': 'var'}
GRADIENTS = (('dgamma', 'scale'), ('dbeta', 'bias'))
#: what the call itself says; None leaves it to train() and eval()
USE_RUNNING_AVERAGE = {'tracked': None, 'batch': False, 'running': True}

_DOCUMENTATION = 'flax.nnx.BatchNorm documentation'
NO_CUMULATIVE_AVERAGE = Probe(
    'no cumulative average: momentum must be a number',
    f"{_DOCUMENTATION}, momentum: 'decay rate for the exponential moving average'",
    'nnx.BatchNorm(3, momentum=None, rngs=nnx.Rngs(0))(numpy.ones((2, 3), "float32"))',
)
NO_UNTRACKED_ROW = Probe(
    'no layer without running statistics',
    f'{_DOCUMENTATION}, arguments: every choice of use_running_average keeps mean and var',
    'nnx.BatchNorm(3, track_running_stats=False, rngs=nnx.Rngs(0))',
)
NO_PAUSED_ROW = Probe(
    'no layer that normalises by the batch and leaves its running statistics alone',
    f'{_DOCUMENTATION}, use_running_average: False updates mean and var',
    'nnx.BatchNorm(3, track_running_stats=None, rngs=nnx.Rngs(0))',
)
MISSING_ROWS = {'untracked': NO_UNTRACKED_ROW, 'paused': NO_PAUSED_ROW}
NO_FUNCTION = Probe(
    'no function over given parameters and state',
    'flax.nnx documentation, nn: layers; normalization has modules only',
    'nnx.batch_norm',
)
_JAX = 'JAX documentation, jax package: no such name'
#: what other frameworks have in this place
MISSING_ROUTES = {
    'functional': NO_FUNCTION,
    'functional-call': Probe(
        'no call with parameters handed in: split and merge make another layer of them',
        'flax.nnx documentation, functional API',
        'nnx.functional_call',
    ),
    'no-grad': Probe('no context without gradients: they are recorded only where asked', _JAX, 'jax.no_grad'),
    'inference-mode': Probe('no inference mode', _JAX, 'jax.inference_mode'),
    'autocast': Probe('no context that chooses types: a layer is given its dtype', _JAX, 'jax.autocast'),
    'autocast-float16': Probe('no context that chooses types', _JAX, 'jax.autocast'),
    'scripted': Probe('no script language', _JAX, 'jax.script'),
    'graph': Probe('no mode in which every layer is compiled: nnx.jit is asked for', _JAX, 'jax.set_context'),
    'asynchronous': Probe('no call that chooses it: a process says at its start', _JAX, 'jax.asynchronous'),
}
_OTHER = f'{_DOCUMENTATION}, arguments'
#: by the first word of an option
MISSING_OPTIONS = {
    'format': Probe(
        'no order of axes by name: an axis is named', _OTHER, "nnx.BatchNorm(3, data_format='NCHW', rngs=nnx.Rngs(0))"
    ),
    'device': Probe('no device as an argument', _OTHER, "nnx.BatchNorm(3, device='cpu', rngs=nnx.Rngs(0))"),
    'statistics': Probe('no such argument', _OTHER, "nnx.BatchNorm(3, track_running_stats=1, rngs=nnx.Rngs(0))"),
    'groups': Probe('no lists of ranks', _OTHER, "nnx.BatchNorm(3, process_groups=[[0]], rngs=nnx.Rngs(0))"),
}
NO_CAPABILITY = Probe('no way to hold the kernels to an instruction set', _OTHER, 'jax.set_cpu_capability')
NO_CONVERSION = Probe(
    'no conversion of a network into a synchronised one',
    'flax.nnx documentation: no such name',
    'nnx.convert_sync_batchnorm',
)
NO_STRIDES = Probe(
    'an array of JAX has an order of its axes in memory, and no strides',
    'jax.Array documentation, attributes; jax.experimental.layout documentation, Layout: major_to_minor',
    'jax.numpy.zeros((2, 3)).strides',
)
NO_ACCUMULATION = Probe(
    'a parameter holds no gradient: gradients are returned',
    'flax.nnx.Param documentation, attributes; flax.nnx.grad documentation',
    'nnx.BatchNorm(3, rngs=nnx.Rngs(0)).scale.grad',
)


class Tape(NamedTuple):
    #: from dy to the gradients of x and of the parameters; may be called any number of times
    pull: Callable[[Any], Any]
    grads: Sequence[int]
    #: from dy and v to the gradients of Σ v·dx by x, dy and the parameters
    pull_twice: Callable[[Any, Any], Any]


class FlaxLayer(Layer):
    def __init__(self, jax: Any, nnx: Any, case: Case, data: RankData) -> None:
        config = case.config
        self.jax = jax
        self.nnx = nnx
        self.case = case
        self.data = data
        self.given: list[tuple[str, Any, Value]] = []
        self.frozen = config.frozen
        #: settings changed since construction
        self.settings: dict[str, Any] = {}
        self.use_running_average = USE_RUNNING_AVERAGE[config.statistics]
        if config.momentum is None:
            raise AdapterFault('a cumulative average is reported as unsupported before it comes here')
        self.module = nnx.BatchNorm(
            config.num_features,
            axis=1,
            momentum=1.0 - config.momentum,  # theirs is the weight of the old state
            epsilon=config.eps,
            dtype=None if config.dtype == 'float32' else getattr(jax.numpy, config.dtype),  # None: by the input
            param_dtype=getattr(jax.numpy, config.dtype),
            use_bias=config.affine and not config.scale_only,
            use_scale=config.affine,
            rngs=nnx.Rngs(0),
        )
        for name, value in case.initial.items():
            getattr(self.module, PARAMETERS[name])[...] = self.to_jax(value)

    def state(self) -> Observation:
        return {'running_mean': to_numpy(self.module.mean[...]), 'running_var': to_numpy(self.module.var[...])}

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Tape | None]:
        if mode == 'train':
            self.module.train()
        elif mode == 'eval':
            self.module.eval()
        x = self.laid_out(self.data.inputs[index])
        self.given = [('x', x, self.data.inputs[index])]
        if grads:
            return self.forward_with_tape(x, grads)
        return to_numpy(self.call(self.module, x)), None

    def call(self, module: Any, x: Any) -> Any:
        if self.case.route == 'compiled':
            return self.nnx.jit(called, static_argnums=2)(module, x, self.use_running_average)
        return called(module, x, self.use_running_average)

    def forward_with_tape(self, x: Any, grads: Sequence[int]) -> tuple[Value, Tape]:
        """One forward as a pure function: the state that it left goes back into the layer once, before any backward."""
        nnx = self.nnx
        graph, parameters, statistics = nnx.split(self.module, nnx.Param, nnx.BatchStat)

        def pure(x: Any, parameters: Any) -> tuple[Any, Any]:
            module = nnx.merge(graph, parameters, statistics, copy=True)
            y = self.call(module, x)
            return y, nnx.state(module, nnx.BatchStat)

        y, pull, moved = self.jax.vjp(pure, x, parameters, has_aux=True)
        nnx.update(self.module, moved)

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
        named = {name: to_numpy(parameters[own][...]) for name, own in trained if own in parameters}
        return {'dx': to_numpy(dx), **named}

    def double_backward(self, tape: Tape, nth: int, direction: int) -> Observation:
        dy, v = [self.laid_out(self.data.grads[index]) for index in (tape.grads[nth], direction)]
        self.given = [('dy', dy, self.data.grads[tape.grads[nth]])]
        ddx, ddy, parameters = tape.pull_twice(dy, v)
        trained = () if self.frozen else GRADIENTS[:1]
        named = {f'd{name}': to_numpy(parameters[own][...]) for name, own in trained if own in parameters}
        return {'ddx': to_numpy(ddx), 'ddy': to_numpy(ddy), **named}

    def reloaded(self) -> FlaxLayer:
        layer = FlaxLayer(self.jax, self.nnx, self.case._replace(initial={}), self.data)
        self.nnx.update(layer.module, self.nnx.state(self.module))
        layer.module.use_running_average = self.module.use_running_average
        layer.configure(self.settings)
        return layer

    def copied(self) -> FlaxLayer:
        layer = FlaxLayer(self.jax, self.nnx, self.case._replace(initial={}), self.data)
        layer.module = copy.deepcopy(self.module)
        layer.configure(self.settings)
        return layer

    def configure(self, settings: Mapping[str, Any]) -> None:
        for name, value in settings.items():
            if name == 'statistics':
                self.use_running_average = USE_RUNNING_AVERAGE[value]
            elif name == 'frozen':
                self.frozen = value
            elif name == 'momentum':
                self.module.momentum = 1.0 - value
            else:
                self.module.epsilon = value
        self.settings.update(settings)

    def changed(self) -> Sequence[str]:
        return [name for name, array, value in self.given if bits(to_numpy(array)) != bits(value)]

    def describe(self) -> Description:
        module = self.module
        weights = [(name, getattr(module, name)) for name in ('scale', 'bias')]
        return {
            'arguments': arguments_of(type(module).__init__),
            'inputs': inputs_of(module.__call__),
            'training': not module.use_running_average,
            'repr': repr(module),
            'parameters': [
                parameter(name, one.shape, one.dtype, trainable=True) for name, one in weights if one is not None
            ],
            'buffers': [
                stored(name, one.shape, one.dtype) for name, one in (('mean', module.mean), ('var', module.var))
            ],
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


def called(module: Any, x: Any, use_running_average: bool | None) -> Any:  # noqa: FBT001 - static of a compiled function
    return module(x, use_running_average=use_running_average)


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


class FlaxAdapter(Adapter):
    def load(self, threads: int, device: str) -> None:
        if device != 'cpu':
            raise AdapterFault(f'this adapter speaks for the cpu only, not for {device!r}')
        os.environ['JAX_PLATFORMS'] = 'cpu'
        limit_threads(threads)
        with few_processors(threads):  # XLA counts them when it starts its pool
            import flax
            import jax
            import jax.experimental.layout
            from flax import nnx

            jax.config.update('jax_cpu_enable_async_dispatch', False)  # noqa: FBT003 - an error belongs to its case
            jax.numpy.zeros(1).block_until_ready()
        self.flax = flax
        self.jax = jax
        self.nnx = nnx
        self.threads = threads
        self.probes = Probes({'nnx': nnx, 'jax': jax, 'numpy': np})

    def identify(self) -> dict[str, Any]:
        return {
            'framework': 'flax',
            'version': self.flax.__version__,
            'build': f'jax {self.jax.__version__}; jaxlib {self.jax.lib.__version__}',
            'language': language(),
            'device': 'cpu',
            'cpu': {'model': cpu_model(), 'capability': 'unknown'},
            'threads': self.threads,
            'layers': described_layers(__file__),
            'capabilities': [
                *({'name': f'statistics={row}', 'offered': True} for row in USE_RUNNING_AVERAGE),
                {'name': 'statistics=untracked', 'offered': False, 'reason': NO_UNTRACKED_ROW.reason},
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

    def construct(self, case: Case, data: RankData) -> FlaxLayer:
        return FlaxLayer(self.jax, self.nnx, case, data)


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
    serve(FlaxAdapter())
