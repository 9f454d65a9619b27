"""MindSpore on the CPU: PyNative mode, synchronous, but for the routes that say otherwise.

One layer and one adapter, read together: what is not offered stands in limits.py, what needs processes or compiled
cells in modules of its own.
"""

from __future__ import annotations

import inspect
import os
import sys
from copy import deepcopy
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Callable, Mapping, NamedTuple, Sequence

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from arguments import INITIALISERS, SET_AFTERWARDS, initialisers, spelled
from bn_protocol.adapter import Adapter, AdapterFault, Answer, Layer, Observation, Observed, observe_rank
from bn_protocol.another_process import AnotherProcess, answer_cases
from bn_protocol.cases import SYNCHRONISED, Backward, Case, RankData, direction_of
from bn_protocol.description import Description, arguments_of, inputs_of, parameter, stored
from bn_protocol.loop import serve
from bn_protocol.machine import cpu_model, described_layers, few_processors, language, limit_threads
from bn_protocol.options import AXIS_OF_BUFFERS, NOTHING
from bn_protocol.probes import Probe, Probes
from bn_protocol.repetition import observe_again
from bn_protocol.tensors import BFloat16, Value
from graph import BoundedCells, CompiledCells
from limits import (
    MISSING_ROUTES,
    NO_CUMULATIVE_AVERAGE,
    NO_RANKS,
    NO_UNTRACKED_ROW,
    doubts,
    doubts_of_changes,
    doubts_of_synchronised,
)
from live_settings import experiments
from second_order import second_order_experiments
from workers import REPORTED, Workers

CLASSES = {
    'batchnorm1d': 'BatchNorm1d',
    'batchnorm2d': 'BatchNorm2d',
    'batchnorm3d': 'BatchNorm3d',
    'syncbatchnorm': 'SyncBatchNorm',
}
#: bits; a bfloat16 is the upper half of a float32
HALF = 16
PARAMETERS = {'gamma': 'gamma', 'beta': 'beta', 'running_mean': 'moving_mean', 'running_var': 'moving_variance'}
USE_BATCH_STATISTICS = {'tracked': None, 'batch': True, 'running': False}
#: first argument of a second process: its kernels may run after their call has returned, or not
ASYNCHRONOUS, BLOCKING, GRAPHS = '--asynchronous', '--blocking', '--graphs'

class Tape(NamedTuple):
    """What a backward step needs: gradients that a fused pass has given already, or the function that computes them."""

    gradients: Observation
    pull: Callable[[Any], Any] | None = None
    grad: int = 0
    #: of the pass differentiated once more, which a fused pass has given already
    second: Observation | None = None


class MindSporeLayer(Layer):
    def __init__(self, mindspore: Any, case: Case, data: RankData, graphs: CompiledCells | None = None) -> None:
        config = case.config
        if config.momentum is None and config.option != 'momentum-none':
            raise AdapterFault('a cumulative average is reported as unsupported before it comes here')
        if case.route == 'graph' and graphs is None:
            raise AdapterFault('a compiled cell is shared, so it is neither copied nor loaded into another')
        self.mindspore = mindspore
        self.case = case
        self.data = data
        self.given: list[tuple[str, Any, Value]] = []
        self.frozen = config.frozen
        #: settings changed since construction
        self.settings: dict[str, Any] = {}
        self.is_split = can_split(mindspore) and backward_at_once(case)
        self.graph = graphs.of(case, data, partial(self.new_cell, {})) if graphs and case.route == 'graph' else None
        if self.graph is not None:
            self.graph.begin(case.initial)
        self.take(self.new_cell(case.initial) if self.graph is None else self.graph.cell)

    def new_cell(self, initial: Mapping[str, Value]) -> Any:
        """Initial values at construction: set_data afterwards costs a cell twice, once for values thrown away."""
        config = self.case.config
        if config.option in SET_AFTERWARDS:
            return self.set_afterwards(initial)
        if config.option.startswith('initial-'):
            arguments = initialisers(self.mindspore, config.option, initial)
        else:
            arguments = {INITIALISERS[name]: self.to_mindspore(value) for name, value in initial.items()}
        if config.dtype != 'float32':  # 2.0.0 has no such argument
            arguments['dtype'] = getattr(self.mindspore, config.dtype)
        own = spelled(self.mindspore, config, len(self.case.ranks)) if config.option else {}
        return getattr(self.mindspore.nn, CLASSES[self.case.layer])(**{**self.canonical(), **arguments, **own})

    def set_afterwards(self, initial: Mapping[str, Value]) -> Any:
        """A cell that got its values when it was there: what it had before is thrown away."""
        config = self.case.config
        given = {} if config.option == NOTHING else self.canonical()
        cell = getattr(self.mindspore.nn, CLASSES[self.case.layer])(
            **{'num_features': config.num_features, **given, **spelled(self.mindspore, config)}
        )
        holder = getattr(cell, 'bn2d', cell)
        values = {name: self.to_mindspore(value) for name, value in initial.items()}
        if values and config.option in AXIS_OF_BUFFERS:
            axis = AXIS_OF_BUFFERS[config.option]
            together = self.mindspore.ops.stack(list(values.values()), axis)
            values = {name: together[index] if axis == 0 else together[:, index] for index, name in enumerate(values)}
        for name, value in values.items():
            getattr(holder, PARAMETERS[name]).set_data(value)
        return cell

    def canonical(self) -> dict[str, Any]:
        """Constructor arguments that other frameworks have too."""
        config = self.case.config
        return {
            'num_features': config.num_features,
            'eps': config.eps,
            'momentum': 1.0 - (config.momentum or 0.0),  # theirs is the weight of the old state
            'affine': config.affine,
            'use_batch_statistics': USE_BATCH_STATISTICS[config.statistics],
        }

    def take(self, cell: Any) -> None:
        """Make this cell the one that is asked."""
        holder = getattr(cell, 'bn2d', cell)  # BatchNorm3d is a BatchNorm2d in a wrapper
        self.cell = cell
        self.moving_mean = holder.moving_mean
        self.moving_variance = holder.moving_variance
        self.holder = holder
        self.freeze(frozen=self.frozen)
        calls = {'functional': self.call_function, 'graph': self.graph and self.graph.call}
        self.call = calls.get(self.case.route) or cell

    def freeze(self, *, frozen: bool) -> None:
        holder = self.holder
        self.frozen = frozen
        if self.case.config.affine:
            holder.gamma.requires_grad = holder.beta.requires_grad = not frozen
        self.weights = (holder.gamma, holder.beta) if self.case.config.affine and not frozen else None

    def configure(self, settings: Mapping[str, Any]) -> None:
        if settings and self.case.route != 'module':
            raise AdapterFault(f'route {self.case.route!r} may hold settings of its own')
        for name, value in settings.items():
            if name == 'statistics':
                self.holder.use_batch_statistics = USE_BATCH_STATISTICS[value]
            elif name == 'frozen':
                self.freeze(frozen=value)
            else:
                setattr(self.holder, name, 1.0 - value if name == 'momentum' else value)
        self.settings.update(settings)

    def state(self) -> Observation:
        return {'running_mean': copy(self.moving_mean), 'running_var': copy(self.moving_variance)}

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Tape | None]:
        if mode != 'fresh':
            self.cell.set_train(mode == 'train')
        x = self.laid_out(self.data.inputs[index])
        self.given = [('x', x, self.data.inputs[index]), *self.watched()]
        if grads:
            return self.differentiable(x, index, grads)
        return copy(self.call(x)), None

    def call_function(self, x: Any) -> Any:
        """The function over the cell's parameters and state; theirs is the weight of the new batch here."""
        cell, config = self.holder, self.case.config
        by_batch = USE_BATCH_STATISTICS[config.statistics]
        training = self.cell.training if by_batch is None else by_batch
        state = (self.moving_mean, self.moving_variance)
        return self.mindspore.ops.batch_norm(x, *state, cell.gamma, cell.beta, training, config.momentum, config.eps)

    def differentiable(self, x: Any, index: int, grads: Sequence[int]) -> tuple[Value, Tape]:
        if len(grads) > 1:
            raise AdapterFault('two backward steps of one forward: PyNative would need a second forward pass')
        direction = direction_of(self.case, index)
        if direction is not None:
            return self.forward_and_double_backward(x, grads[0], direction)
        if self.graph is not None or not self.is_split:
            return self.forward_and_backward(x, grads[0])
        y, pull = self.mindspore.vjp(self.call, x, weights=self.weights)
        return copy(y), Tape({}, pull, grads[0])

    def forward_and_backward(self, x: Any, grad: int) -> tuple[Value, Tape]:
        """One fused pass: ``grad`` alone would run the forward again and move the state twice.

        The backward step reports the gradients later. The state is read after the fused pass, so what a backward pass
        alone did to it would show at the forward step, and the error of a refused backward too.
        """
        dy = self.upstream(grad)
        call = self.call

        def weighted_sum(x: Any) -> tuple[Any, Any]:
            y = call(x)
            return (y * dy).sum(), y

        if self.graph is not None:
            (_, y), gradients = self.graph.differentiated(x, dy, self.weights)
        else:
            (_, y), gradients = self.mindspore.value_and_grad(weighted_sum, 0, self.weights, has_aux=True)(x)
        return copy(y), Tape(self.named(gradients))

    def forward_and_double_backward(self, x: Any, grad: int, direction: int) -> tuple[Value, Tape]:
        """One fused pass, as in ``forward_and_backward``: y is what the forward inside it gave."""
        if self.case.route != 'module':
            raise AdapterFault(f'a backward pass is not differentiated on route {self.case.route!r}')
        dy, v = self.upstream(grad), self.laid_out(self.data.grads[direction])
        seen: list[Any] = []

        def weighted_sum(x: Any, dy: Any) -> Any:
            seen.append(self.call(x))
            return (seen[-1] * dy).sum()

        def along(x: Any, dy: Any) -> Any:
            return (self.mindspore.grad(weighted_sum, 0)(x, dy) * v).sum()

        gamma = self.weights[0] if self.weights is not None else None
        gradients = self.mindspore.grad(along, (0, 1), gamma)(x, dy)
        if len(seen) != 1:
            raise AdapterFault(f'the forward pass was called {len(seen)} times')
        (ddx, ddy), ddgamma = gradients if gamma is not None else (gradients, None)
        named = {} if ddgamma is None else {'ddgamma': copy(only(ddgamma))}
        return copy(seen[0]), Tape({}, second={'ddx': copy(ddx), 'ddy': copy(ddy), **named})

    def upstream(self, grad: int) -> Any:
        dy = self.laid_out(self.data.grads[grad])
        self.given.append(('dy', dy, self.data.grads[grad]))
        return dy

    def named(self, gradients: Any) -> Observation:
        if self.weights is None:
            return {'dx': copy(only(gradients))}
        dx, (dgamma, dbeta) = only(gradients[0]), gradients[1]
        return {'dx': copy(dx), 'dgamma': copy(dgamma), 'dbeta': copy(dbeta)}

    def backward(self, tape: Tape, nth: int) -> Observation:  # there is only one
        if tape.pull is None:
            return dict(tape.gradients)
        return self.named(tape.pull(self.upstream(tape.grad)))

    def double_backward(self, tape: Tape, nth: int, direction: int) -> Observation:
        if tape.second is None:
            raise AdapterFault('the forward was not differentiated twice')
        return dict(tape.second)

    def watched(self) -> list[tuple[str, Any, Value]]:
        """Gamma and beta as they are before a call, where the case asks about operands: another layout is asked."""
        if self.case.layout == 'contiguous':
            return []
        own = (('gamma', self.holder.gamma), ('beta', self.holder.beta))
        return [(name, weight, copy(weight)) for name, weight in own]

    def changed(self) -> Sequence[str]:
        return [name for name, tensor, value in self.given if bits(copy(tensor)) != bits(value)]

    def reloaded(self) -> MindSporeLayer:
        layer = MindSporeLayer(self.mindspore, self.case._replace(initial={}), self.data)
        saved = {parameter.name: parameter for parameter in self.cell.get_parameters()}
        left, _ = self.mindspore.load_param_into_net(layer.cell, saved)
        if left:
            raise AdapterFault(f'parameters that were not loaded: {left}')
        layer.cell.set_train(self.cell.training)
        layer.configure(self.settings)
        return layer

    def copied(self) -> MindSporeLayer:
        layer = MindSporeLayer(self.mindspore, self.case._replace(initial={}), self.data)
        layer.take(deepcopy(self.cell))
        layer.configure(self.settings)
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
        layout = self.case.layout
        if layout == 'contiguous':
            return self.to_mindspore(value)
        own = value.bits if isinstance(value, BFloat16) else value
        if layout == 'expanded':
            return self.tensor_of(own[:1], value).expand(value.shape)
        if layout == 'offset':
            return self.tensor_of(np.concatenate([np.zeros(3, own.dtype), own.ravel()]), value)[3:].view(value.shape)
        if layout == 'strided':
            spread = np.zeros((*own.shape, 2), own.dtype)
            spread[..., 0] = own
            return self.tensor_of(spread, value)[..., 0]
        order = tuple(reversed(range(own.ndim))) if layout == 'transposed' else (0, *range(2, own.ndim), 1)
        back = tuple(int(axis) for axis in np.argsort(order))
        return self.tensor_of(own.transpose(order), value).transpose(back)

    def tensor_of(self, numbers: np.ndarray, like: Value) -> Any:
        """Numbers, or bits of them, as a tensor of the type of another value."""
        numbers = np.ascontiguousarray(numbers)
        return self.to_mindspore(BFloat16(numbers) if isinstance(like, BFloat16) else numbers)

    def to_mindspore(self, value: Value) -> Any:
        if isinstance(value, BFloat16):  # numpy has no such type; every value of it is one of float32
            wide = (value.bits.astype(np.uint32) << HALF).view(np.float32)
            return self.mindspore.Tensor(wide).astype(self.mindspore.bfloat16)
        return self.mindspore.Tensor(value)  # copies


@lru_cache
def can_split(mindspore: Any) -> bool:
    """Whether a forward pass can be recorded and differentiated later, with the weights: 2.0.0 has no such argument."""
    return 'weights' in inspect.signature(mindspore.vjp).parameters


def backward_at_once(case: Case) -> bool:
    """Whether every backward follows its own forward: of two recorded passes the framework forgets the first."""
    steps = enumerate(case.program)
    return all(step.of == position - 1 for position, step in steps if isinstance(step, Backward))


def only(gradient: Any) -> Any:
    """The gradient by the one input, which some functions give alone and others in a tuple."""
    return gradient[0] if isinstance(gradient, tuple) else gradient


def copy(tensor: Any) -> Value:
    """A copy, because asnumpy() shares memory with a buffer that a later step moves. A kernel's error surfaces here."""
    if str(tensor.dtype) == 'BFloat16':
        wide = tensor.float().asnumpy()
        return BFloat16((wide.view(np.uint32) >> HALF).astype(np.uint16))
    return tensor.asnumpy().copy()


def bits(value: Value) -> bytes:
    return (value.bits if isinstance(value, BFloat16) else value).tobytes()


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
        self.others: dict[tuple[str, int], AnotherProcess] = {}
        self.own_cells, self.other_cells = BoundedCells(), BoundedCells()
        self.workers = Workers()
        asked = {REPORTED: self.workers.refusal, **experiments(mindspore), **second_order_experiments()}
        self.probes = Probes({'mindspore': mindspore, 'numpy': np}, asked)
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
                {'name': 'syncbatchnorm ranks=2', 'offered': False, 'reason': NO_RANKS.reason},
                *({'name': f'route={route}', 'offered': True} for route in ('graph', 'asynchronous')),
                *(
                    {'name': f'route={route}', 'offered': False, 'reason': probe.reason}
                    for route, probe in MISSING_ROUTES.items()
                ),
            ],
        }

    def observe(self, case: Case) -> Answer:
        refused = [*doubts(case, has_dtype=self.has_dtype), *self.unheeded(case)]
        if case.layer == SYNCHRONISED:
            refused.extend(doubts_of_synchronised(case, self.probes))
        if refused:
            return self.probes.unsupported(refused[0])
        if case.config.option.startswith('kernels-'):
            return Observed(self.workers.observe(case))
        threads = case.threads or self.threads
        if case.route == 'asynchronous' or threads != self.threads:  # a process can say neither twice
            return self.other(ASYNCHRONOUS if case.route == 'asynchronous' else BLOCKING, threads).observe(case)
        if case.route == 'graph' and not self.own_cells.admit(case):
            return self.in_a_process_with_room(case)
        return self.observed(case)

    def unheeded(self, case: Case) -> list[Probe]:
        """Changes of a live layer that this version does not heed."""
        return [probe for probe in doubts_of_changes(case) if self.probes.is_refused(probe)]

    def in_a_process_with_room(self, case: Case) -> Answer:
        """GRAPH mode beyond what this process may hold: a second one holds the next cells, and is replaced in turn."""
        process = self.other(GRAPHS, self.threads)
        if not self.other_cells.admit(case):
            process.leave()
            self.other_cells.forget(case)
        return process.observe(case)

    def other(self, word: str, threads: int) -> AnotherProcess:
        key = (word, threads)
        if key not in self.others:
            self.others[key] = AnotherProcess(__file__, (word, str(threads)), {'OMP_NUM_THREADS': str(threads)})
        return self.others[key]

    def observed(self, case: Case) -> Observed:
        observe = observe_again if case.threads else observe_rank
        return Observed((observe(case, case.ranks[0], self.construct),))

    def construct(self, case: Case, data: RankData) -> MindSporeLayer:
        return MindSporeLayer(self.mindspore, case, data, self.graphs)


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


def serve_another(word: str, threads: int, end: int) -> None:
    adapter = MindSporeAdapter(blocking=word != ASYNCHRONOUS)
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
    if sys.argv[1:2] in ([ASYNCHRONOUS], [BLOCKING], [GRAPHS]):
        serve_another(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    else:
        serve(MindSporeAdapter())
