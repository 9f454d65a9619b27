"""MindSpore on the CPU: PyNative mode, synchronous, but for the routes that say otherwise."""

from __future__ import annotations

import inspect
import os
import sys
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from asynchronous import FLAG, AsynchronousProcess, answer_cases
from bn_protocol.adapter import Adapter, AdapterFault, Answer, Layer, Observation, Observed, observe_rank
from bn_protocol.cases import Case, Config, RankData
from bn_protocol.description import Description, arguments_of, inputs_of, parameter, stored
from bn_protocol.loop import serve
from bn_protocol.machine import cpu_model, described_layers, few_processors, language, limit_threads
from bn_protocol.probes import Probe, Probes
from bn_protocol.tensors import BFloat16, Value, dtype_name
from graph import CompiledCells

CLASSES = {'batchnorm1d': 'BatchNorm1d', 'batchnorm2d': 'BatchNorm2d', 'batchnorm3d': 'BatchNorm3d'}
INITIALISERS = {
    'gamma': 'gamma_init',
    'beta': 'beta_init',
    'running_mean': 'moving_mean_init',
    'running_var': 'moving_var_init',
}
USE_BATCH_STATISTICS = {'tracked': None, 'batch': True, 'running': False}

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
    'scripted': Probe('no script language', _API, 'mindspore.jit.script'),
    'compiled': Probe('no compiler but that of GRAPH mode, the route graph', _API, 'mindspore.compile'),
}


class Tape(NamedTuple):
    """Gradients that the fused pass has already given."""

    gradients: Observation


class MindSporeLayer(Layer):
    def __init__(self, mindspore: Any, case: Case, data: RankData, graphs: CompiledCells | None = None) -> None:
        config = case.config
        if config.momentum is None:
            raise AdapterFault('a cumulative average is reported as unsupported before it comes here')
        if case.route == 'graph' and graphs is None:
            raise AdapterFault('a compiled cell is shared, so it is neither copied nor loaded into another')
        self.mindspore = mindspore
        self.case = case
        self.data = data
        self.given: list[tuple[str, Any, Value]] = []
        self.graph = graphs.of(case, data, partial(self.new_cell, {})) if graphs and case.route == 'graph' else None
        if self.graph is not None:
            self.graph.begin(case.initial)
        self.take(self.new_cell(case.initial) if self.graph is None else self.graph.cell)

    def new_cell(self, initial: Mapping[str, Value]) -> Any:
        """Initial values at construction: set_data afterwards costs a cell twice, once for values thrown away."""
        config = self.case.config
        arguments = {INITIALISERS[name]: self.to_mindspore(value) for name, value in initial.items()}
        if config.dtype != 'float32':  # 2.0.0 has no such argument
            arguments['dtype'] = getattr(self.mindspore, config.dtype)
        return getattr(self.mindspore.nn, CLASSES[self.case.layer])(
            config.num_features,
            eps=config.eps,
            momentum=1.0 - config.momentum,  # theirs is the weight of the old state
            affine=config.affine,
            use_batch_statistics=USE_BATCH_STATISTICS[config.statistics],
            **arguments,
        )

    def take(self, cell: Any) -> None:
        """Make this cell the one that is asked."""
        config = self.case.config
        holder = getattr(cell, 'bn2d', cell)  # BatchNorm3d is a BatchNorm2d in a wrapper
        if config.frozen:
            holder.gamma.requires_grad = holder.beta.requires_grad = False
        self.cell = cell
        self.moving_mean = holder.moving_mean
        self.moving_variance = holder.moving_variance
        self.holder = holder
        self.weights = (holder.gamma, holder.beta) if config.affine and not config.frozen else None
        calls = {'functional': self.call_function, 'graph': self.graph and self.graph.call}
        self.call = calls.get(self.case.route) or cell

    def state(self) -> Observation:
        return {'running_mean': copy(self.moving_mean), 'running_var': copy(self.moving_variance)}

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Tape | None]:
        if mode != 'fresh':
            self.cell.set_train(mode == 'train')
        x = self.laid_out(self.data.inputs[index])
        self.given = [('x', x, self.data.inputs[index])]
        if grads:
            return self.forward_and_backward(x, grads)
        return copy(self.call(x)), None

    def call_function(self, x: Any) -> Any:
        """The function over the cell's parameters and state; theirs is the weight of the new batch here."""
        cell, config = self.holder, self.case.config
        by_batch = USE_BATCH_STATISTICS[config.statistics]
        training = self.cell.training if by_batch is None else by_batch
        state = (self.moving_mean, self.moving_variance)
        return self.mindspore.ops.batch_norm(x, *state, cell.gamma, cell.beta, training, config.momentum, config.eps)

    def forward_and_backward(self, x: Any, grads: Sequence[int]) -> tuple[Value, Tape]:
        """One fused pass: ``grad`` alone would run the forward again and move the state twice.

        The backward step reports the gradients later. The state is read after the fused pass, so what a backward pass
        alone did to it would show at the forward step, and the error of a refused backward too.
        """
        if len(grads) > 1:
            raise AdapterFault('two backward steps of one forward: PyNative would need a second forward pass')
        dy = self.laid_out(self.data.grads[grads[0]])
        self.given.append(('dy', dy, self.data.grads[grads[0]]))
        call = self.call

        def weighted_sum(x: Any) -> tuple[Any, Any]:
            y = call(x)
            return (y * dy).sum(), y

        if self.graph is not None:
            (_, y), gradients = self.graph.differentiated(x, dy, self.weights)
        else:
            (_, y), gradients = self.mindspore.value_and_grad(weighted_sum, 0, self.weights, has_aux=True)(x)
        return copy(y), Tape(self.named(gradients))

    def named(self, gradients: Any) -> Observation:
        if self.weights is None:
            return {'dx': copy(gradients)}
        dx, (dgamma, dbeta) = gradients
        return {'dx': copy(dx), 'dgamma': copy(dgamma), 'dbeta': copy(dbeta)}

    def backward(self, tape: Tape, nth: int) -> Observation:  # there is only one
        return dict(tape.gradients)

    def changed(self) -> Sequence[str]:
        return [name for name, tensor, value in self.given if tensor.asnumpy().tobytes() != value.tobytes()]

    def reloaded(self) -> MindSporeLayer:
        layer = MindSporeLayer(self.mindspore, self.case._replace(initial={}), self.data)
        saved = {parameter.name: parameter for parameter in self.cell.get_parameters()}
        left, _ = self.mindspore.load_param_into_net(layer.cell, saved)
        if left:
            raise AdapterFault(f'parameters that were not loaded: {left}')
        layer.cell.set_train(self.cell.training)
        return layer

    def copied(self) -> MindSporeLayer:
        layer = MindSporeLayer(self.mindspore, self.case._replace(initial={}), self.data)
        layer.take(deepcopy(self.cell))
        return layer

    def describe(self) -> Description:
        """gamma and beta are parameters even where nothing trains them; the moving statistics are buffers in fact."""
        holder = self.holder
        weights, statistics = (holder.gamma, holder.beta), (self.moving_mean, self.moving_variance)
        return {
            'arguments': arguments_of(type(self.cell)),
            'inputs': inputs_of(self.cell.construct),
            'training': bool(self.cell.training),
            'repr': repr(self.cell),
            'parameters': [parameter(one.name, one.shape, one.dtype, trainable=one.requires_grad) for one in weights],
            'buffers': [stored(one.name, one.shape, one.dtype) for one in statistics],
        }

    def laid_out(self, value: Value) -> Any:
        """The tensor as a view of another memory order, where the case asks one; its shape and values stay."""
        x = self.to_mindspore(value)
        layout = self.case.layout
        if layout == 'contiguous':
            return x
        if layout == 'expanded':
            return self.to_mindspore(np.ascontiguousarray(value[:1])).expand(value.shape)
        if layout == 'offset':
            flat = np.concatenate([np.zeros(3, value.dtype), value.ravel()])
            return self.to_mindspore(flat)[3:].view(value.shape)
        if layout == 'strided':
            spread = np.zeros((*value.shape, 2), value.dtype)
            spread[..., 0] = value
            return self.to_mindspore(spread)[..., 0]
        order = tuple(reversed(range(value.ndim))) if layout == 'transposed' else (0, *range(2, value.ndim), 1)
        back = tuple(int(axis) for axis in np.argsort(order))
        return self.to_mindspore(np.ascontiguousarray(value.transpose(order))).transpose(back)

    def to_mindspore(self, value: Value) -> Any:
        if isinstance(value, BFloat16):
            raise AdapterFault('numpy cannot hand bfloat16 to mindspore.Tensor')
        return self.mindspore.Tensor(value)  # copies


def copy(tensor: Any) -> np.ndarray:
    """A copy, because asnumpy() shares memory with a buffer that a later step moves. A kernel's error surfaces here."""
    return tensor.asnumpy().copy()


class MindSporeAdapter(Adapter):
    def __init__(self, *, blocking: bool = True) -> None:
        """:param blocking: kernels have run when a call returns"""
        self.blocking = blocking

    def load(self, threads: int, device: str) -> None:
        if device != 'cpu':
            raise AdapterFault(f'this adapter speaks for the cpu only, not for {device!r}')
        os.environ.setdefault('GLOG_v', '3')  # errors only; warnings would fill the log of each run
        limit_threads(threads)
        with few_processors(threads):
            import mindspore

            prepare(mindspore, threads, blocking=self.blocking)
            make_pools(mindspore)
        self.mindspore = mindspore
        self.threads = threads
        self.graphs = CompiledCells(mindspore)
        self.asynchronous = AsynchronousProcess(__file__, threads)
        self.probes = Probes({'mindspore': mindspore, 'numpy': np})
        self.has_dtype = 'dtype' in inspect.signature(mindspore.nn.BatchNorm1d.__init__).parameters

    def identify(self) -> dict[str, Any]:
        return {
            'framework': 'mindspore',
            'version': self.mindspore.__version__,
            'build': commit(self.mindspore),
            'language': language(),
            'device': 'cpu',
            'cpu': {'model': cpu_model(), 'capability': 'unknown'},
            'threads': self.threads,
            'layers': described_layers(__file__),
            'capabilities': [
                {'name': 'statistics=tracked', 'offered': True},
                {'name': 'statistics=batch', 'offered': True},
                {'name': 'statistics=running', 'offered': True},
                {'name': 'statistics=untracked', 'offered': False, 'reason': NO_UNTRACKED_ROW.reason},
                {'name': 'momentum=cumulative', 'offered': False, 'reason': NO_CUMULATIVE_AVERAGE.reason},
                *({'name': f'route={route}', 'offered': True} for route in ('graph', 'asynchronous')),
                *(
                    {'name': f'route={route}', 'offered': False, 'reason': probe.reason}
                    for route, probe in MISSING_ROUTES.items()
                ),
            ],
        }

    def observe(self, case: Case) -> Answer:
        data = case.ranks[0]
        doubts = [*self.doubts(case.config, data), *doubted_route(case)]
        if doubts:
            return self.probes.unsupported(doubts[0])
        if case.route == 'asynchronous':
            return self.asynchronous.observe(case)
        return self.observed(case)

    def observed(self, case: Case) -> Observed:
        return Observed((observe_rank(case, case.ranks[0], self.construct),))

    def construct(self, case: Case, data: RankData) -> MindSporeLayer:
        return MindSporeLayer(self.mindspore, case, data, self.graphs)

    def doubts(self, config: Config, data: RankData) -> list[Probe]:
        """What the case asks for and the framework is said to refuse."""
        doubts = []
        if config.statistics == 'untracked':
            doubts.append(NO_UNTRACKED_ROW)
        if config.momentum is None:
            doubts.append(NO_CUMULATIVE_AVERAGE)
        if config.dtype != 'float32' and not (self.has_dtype and config.dtype == 'float16'):
            doubts.append(layer_type(config.dtype))
        doubts.extend(input_type(name) for name in map(dtype_name, data.inputs) if name in ('float64', 'bfloat16'))
        return doubts


def layer_type(name: str) -> Probe:
    layer = f'mindspore.nn.BatchNorm1d(2, dtype=mindspore.{name})'
    call = f'{layer}(mindspore.Tensor(numpy.ones((2, 2), "float32"))).asnumpy()'
    return Probe(f'no layer of {name}', f'{_DOCUMENTATION}, supported types: float16, float32', call)


def input_type(name: str) -> Probe:
    given = f'mindspore.Tensor(numpy.ones((2, 2), "float32")).astype(mindspore.{name})'
    call = f'mindspore.nn.BatchNorm1d(2)({given}).asnumpy()'
    return Probe(f'no {name} input', f'{_DOCUMENTATION}, supported types: float16, float32', call)


def doubted_route(case: Case) -> list[Probe]:
    if case.route in MISSING_ROUTES:
        return [MISSING_ROUTES[case.route]]
    return [NO_FUNCTION_OF_RANK_5] if case.route == 'functional' and case.layer == 'batchnorm3d' else []


def prepare(mindspore: Any, threads: int, *, blocking: bool) -> None:
    """PyNative mode; where it blocks, an error belongs to its case. Must come before the first tensor."""
    if hasattr(mindspore, 'runtime'):
        mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
        mindspore.set_device('CPU')
        if blocking:
            mindspore.runtime.launch_blocking()
        mindspore.runtime.dispatch_threads_num(threads)
    else:
        mindspore.set_context(
            mode=mindspore.PYNATIVE_MODE,
            device_target='CPU',
            pynative_synchronize=blocking,
            runtime_num_threads=threads,
        )


def serve_asynchronous(end: int, threads: int) -> None:
    adapter = MindSporeAdapter(blocking=False)
    adapter.load(threads, 'cpu')
    answer_cases(end, adapter.observed, lambda: make_pools(adapter.mindspore))


def make_pools(mindspore: Any) -> None:
    """One forward and backward pass: the framework starts its pools with the first kernels."""
    layer = mindspore.nn.BatchNorm1d(2).set_train()
    x = mindspore.Tensor(np.ones((2, 2), 'float32'))
    mindspore.value_and_grad(layer, 0, (layer.gamma, layer.beta))(x)[0].asnumpy()


def commit(mindspore: Any) -> str:
    """The commit as the package records it: ``__commit_id__ = '[sha1]:2d550373,[branch]:…'``."""
    file = Path(mindspore.__file__).with_name('.commit_id')
    if not file.exists():
        return ''
    return file.read_text(encoding='utf-8').partition('=')[2].strip(" '\n")


if __name__ == '__main__':
    if sys.argv[1:2] == [FLAG]:
        serve_asynchronous(int(sys.argv[2]), int(sys.argv[3]))
    else:
        serve(MindSporeAdapter())
