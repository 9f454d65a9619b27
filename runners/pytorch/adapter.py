"""PyTorch, eager mode, on the CPU. Synchronised layers over several ranks: ranks.py.

One layer and one adapter, which are read together; that is why it is one long file.
"""

from __future__ import annotations

import copy
import os
import sys
from pathlib import Path
from typing import Any, Mapping, NamedTuple, Sequence

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from arguments import META, doubted_argument, spelled
from bn_protocol.adapter import (
    Adapter,
    AdapterFault,
    Answer,
    FrameworkAssertion,
    Layer,
    Observation,
    Observed,
    observe_rank,
)
from bn_protocol.another_process import AnotherProcess, answer_cases
from bn_protocol.cases import WITHOUT_GRADIENTS, Case, RankData, rows_of
from bn_protocol.description import Description, arguments_of, inputs_of, parameter, stored
from bn_protocol.loop import serve
from bn_protocol.machine import cpu_model, described_layers, language, limit_threads
from bn_protocol.options import AXIS_OF_BUFFERS
from bn_protocol.probes import Probe, Probes
from bn_protocol.repetition import observe_again
from bn_protocol.tensors import BFloat16, Value
from ranks import MOST_RANKS, RankPool
from routes import LATER_ROUTES, MISSING_ROUTES, Called, backend, doubted_route, routed
from substituted_kernels import cpu_taken_for_an_accelerator

CLASSES = {
    'batchnorm1d': 'BatchNorm1d',
    'batchnorm2d': 'BatchNorm2d',
    'batchnorm3d': 'BatchNorm3d',
    'syncbatchnorm': 'SyncBatchNorm',
}
SUBSTITUTED = 'kernels=substituted'
PARAMETERS = {'gamma': 'weight', 'beta': 'bias', 'running_mean': 'running_mean', 'running_var': 'running_var'}
TRAINED = frozenset(('weight', 'bias'))

_SIGNATURE = 'torch.nn.BatchNorm2d documentation, parameters: track_running_stats is the only choice of statistics'
MISSING_ROWS = {
    'batch': Probe(
        'no layer that keeps running statistics and uses the batch in evaluation too',
        _SIGNATURE,
        'torch.nn.BatchNorm2d(3, use_batch_statistics=True)',
    ),
    'running': Probe(
        'no layer that keeps running statistics and uses them in training too',
        _SIGNATURE,
        'torch.nn.BatchNorm2d(3, use_batch_statistics=False)',
    ),
}
_CAPABILITY = 'torch.backends.cpu.get_cpu_capability()'
#: by instruction set: what shows that the process cannot be held to it
LACKING_SETS = {
    'default': Probe('no word for the instruction set', 'torch.backends.cpu documentation', _CAPABILITY),
    'avx2': Probe(
        'the process has no AVX2',
        "torch.backends.cpu documentation, 'NO AVX'",
        f"{{'AVX2': True, 'AVX512': True}}[{_CAPABILITY}]",
    ),
}


#: layouts of which the order of the results is looked at (BN-SHAPE-04)
ORDERED = ('contiguous', 'offset', 'channels-last')
#: the channels-last order, by rank
FORMATS = {4: 'channels_last', 5: 'channels_last_3d'}
#: what an order is called, by whether it is contiguous and whether it is channels-last
ORDERS = {
    (True, True): ('contiguous', 'channels-last'),
    (True, False): ('contiguous',),
    (False, True): ('channels-last',),
    (False, False): (),
}
#: first argument of a second process, which is held to an instruction set
HELD = '--held-to'


class Tape(NamedTuple):
    y: Any
    #: what y is differentiated by: x, and with affine weight and bias
    sources: tuple[Any, ...]
    grads: Sequence[int]


class TorchLayer(Layer):
    def __init__(self, torch: Any, case: Case, data: RankData, group: Any = None) -> None:
        """:param group: what the layer is synchronised over, on a rank that has joined others"""
        config = case.config
        self.torch = torch
        self.case = case
        self.data = data
        self.group = group
        #: name, memory and value of what the last call was given
        self.given: list[tuple[str, np.ndarray, Value]] = []
        self.frozen = config.frozen
        #: settings changed since construction
        self.settings: dict[str, Any] = {}
        self.result: tuple[str, Any] = ('', None)
        canonical = {
            'num_features': config.num_features,
            'eps': config.eps,
            'momentum': config.momentum,
            'affine': config.affine,
            'track_running_stats': config.statistics == 'tracked',
            'dtype': getattr(torch, config.dtype),
        }
        if group is not None:
            canonical['process_group'] = group
        if config.scale_only:
            canonical['bias'] = False
        given = spelled(torch, config, canonical) if config.option else canonical
        module = getattr(torch.nn, CLASSES[case.layer])(**given)
        if config.option == META:
            module = module.to_empty(device='cpu')
            module.reset_parameters()
        if config.frozen:
            for weight in module.parameters():
                weight.requires_grad = False
        if config.option in AXIS_OF_BUFFERS:
            self.lay_in_one_buffer(module, AXIS_OF_BUFFERS[config.option])
        for name, value in case.initial.items():
            getattr(module, PARAMETERS[name]).data.copy_(self.to_torch(value))
        self.take(module)

    def lay_in_one_buffer(self, module: Any, axis: int) -> None:
        """Parameters and state as views of one tensor, as those who flatten a model have them."""
        names = [name for name in PARAMETERS.values() if getattr(module, name) is not None]
        together = self.torch.stack([getattr(module, name).data for name in names], axis)
        for index, name in enumerate(names):
            getattr(module, name).data = together.select(axis, index)

    def take(self, module: Any) -> None:
        """Make this module the one that is asked."""
        if self.group is not None and not is_left_alone(self.case):
            called = Called(module, self.call_synchronised, None)
        else:
            called = routed(self.torch, module, self.case.route)
        self.module, self.call, self.handed = called

    def state(self) -> Observation:
        mean = self.own('running_mean')
        if mean is None:
            return {}
        counted = {} if self.case.route == 'functional' else {'step_count': self.own('num_batches_tracked').item()}
        return {'running_mean': self.copy(mean), 'running_var': self.copy(self.own('running_var')), **counted}

    def own(self, name: str) -> Any:
        """A parameter or a part of the state, from where the route keeps it.

        As ``getattr`` on the module, which looks everywhere else before it looks there.
        """
        if self.handed is not None:
            return self.handed.get(name)
        kept = self.module._parameters if name in TRAINED else self.module._buffers
        if name not in kept:  # those of a scripted module have no get
            return None
        return kept[name]

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Tape]:
        if mode != 'fresh':
            self.module.train(mode == 'train')
        x = self.laid_out(self.data.inputs[index])
        self.given = [('x', self.memory(x), self.data.inputs[index]), *self.watched()]
        if grads:
            x.requires_grad_()
        try:
            y = self.call(x)
        except AssertionError as error:  # SyncBatchNorm asserts what BatchNorm checks
            raise FrameworkAssertion from error
        trained = () if self.frozen else (self.own('weight'), self.own('bias'))
        sources = (x, *[weight for weight in trained if weight is not None])
        self.result = ('y', y)
        return self.copy(y.detach()), Tape(y, sources, grads)

    def call_synchronised(self, x: Any) -> Any:
        with cpu_taken_for_an_accelerator(self.torch):
            return self.module(x)

    def backward(self, tape: Tape, nth: int) -> Observation:
        dy = self.laid_out(self.data.grads[tape.grads[nth]])
        self.given = [('dy', self.memory(dy), self.data.grads[tape.grads[nth]]), *self.watched()]
        another_follows = nth + 1 < len(tape.grads)
        # a rank without samples returns None for zeros, which only its synchronised form may
        zeros = {} if self.group is None else {'materialize_grads': True}
        gradients = self.torch.autograd.grad(tape.y, tape.sources, dy, retain_graph=another_follows, **zeros)
        self.result = ('dx', gradients[0])
        return {name: self.copy(gradient) for name, gradient in zip(('dx', 'dgamma', 'dbeta'), gradients)}

    def order(self) -> Mapping[str, tuple[str, ...]]:
        name, tensor = self.result
        if self.case.layout not in ORDERED:
            return {}
        formats = FORMATS.get(tensor.dim())
        last = formats is not None and tensor.is_contiguous(memory_format=getattr(self.torch, formats))
        return {name: ORDERS[tensor.is_contiguous(), last]}

    def accumulate(self, tape: Tape, nth: int) -> Observation:
        if self.case.route != 'module':
            raise AdapterFault(f'gradients are not accumulated on route {self.case.route!r}')
        dy = self.laid_out(self.data.grads[tape.grads[nth]])
        self.given = [('dy', self.memory(dy), self.data.grads[tape.grads[nth]])]
        tape.sources[0].grad = None  # each x is a leaf of its own, and its gradient that of this pass
        tape.y.backward(dy, retain_graph=nth + 1 < len(tape.grads))
        self.result = ('dx', tape.sources[0].grad)
        return {name: self.copy(one.grad) for name, one in zip(('dx', 'dgamma', 'dbeta'), tape.sources)}

    def double_backward(self, tape: Tape, nth: int, direction: int) -> Observation:
        dy, v = [self.laid_out(self.data.grads[index]) for index in (tape.grads[nth], direction)]
        self.given = [('dy', self.memory(dy), self.data.grads[tape.grads[nth]])]
        dy.requires_grad_()
        grad = self.torch.autograd.grad
        (dx,) = grad(tape.y, tape.sources[:1], dy, create_graph=True)
        weight = self.own('weight')
        by = [tape.sources[0], dy, *([] if self.frozen or weight is None else [weight])]
        gradients = grad(dx, by, v, allow_unused=True, retain_graph=nth + 1 < len(tape.grads))
        # None: it does not depend on it
        known = [self.torch.zeros_like(one) if got is None else got for one, got in zip(by, gradients)]
        return {name: self.copy(one.detach()) for name, one in zip(('ddx', 'ddy', 'ddgamma'), known)}

    def watched(self) -> list[tuple[str, np.ndarray, Value]]:
        """Gamma and beta as they are before a call, where the case asks about operands: another layout is asked."""
        if self.case.layout == 'contiguous':
            return []
        own = [(name, self.own(PARAMETERS[name])) for name in ('gamma', 'beta')]
        kept = [(name, weight.detach()) for name, weight in own if weight is not None]
        return [(name, self.memory(weight), self.copy(weight)) for name, weight in kept]

    def changed(self) -> Sequence[str]:
        return [name for name, memory, value in self.given if memory.tobytes() != bits(value)]

    def reloaded(self) -> TorchLayer:
        layer = TorchLayer(self.torch, self.case._replace(initial={}), self.data, self.group)
        layer.load(self.module.state_dict() if self.handed is None else self.handed)
        layer.module.train(self.module.training)
        layer.configure(self.settings)
        return layer

    def copied(self) -> TorchLayer:
        layer = TorchLayer(self.torch, self.case._replace(initial={}), self.data, self.group)
        layer.take(copy.deepcopy(self.module))
        if self.handed is not None:
            layer.load(self.handed)
        layer.configure(self.settings)
        return layer

    def converted(self) -> TorchLayer:
        """Of a layer two levels down in a network, as users convert one (BN-SYNC-04)."""
        nn = self.torch.nn
        network = nn.Sequential(nn.Identity(), nn.Sequential(self.module))
        inner = nn.SyncBatchNorm.convert_sync_batchnorm(network)[1][0]
        if not isinstance(inner, nn.SyncBatchNorm):
            raise RuntimeError(f'convert_sync_batchnorm left a {type(inner).__name__}')
        layer = TorchLayer(self.torch, self.case._replace(initial={}), self.data)
        layer.take(inner)
        layer.configure(self.settings)
        return layer

    def configure(self, settings: Mapping[str, Any]) -> None:
        if settings and self.case.route != 'module':
            raise AdapterFault(f'route {self.case.route!r} may hold settings of its own')
        for name, value in settings.items():
            if name == 'statistics':
                self.module.track_running_stats = value == 'tracked'
            elif name == 'frozen':
                self.frozen = value
                for weight in self.module.parameters():
                    weight.requires_grad = not value
            else:
                setattr(self.module, name, value)  # momentum and eps are read at each call
        self.settings.update(settings)

    def load(self, saved: Mapping[str, Any]) -> None:
        self.module.load_state_dict(saved)
        for name, tensor in (self.handed or {}).items():
            tensor.data.copy_(saved[name])

    def describe(self) -> Description:
        module = self.module
        return {
            'arguments': arguments_of(type(module)),
            'inputs': inputs_of(module.forward),
            'training': module.training,
            'repr': repr(module),
            'parameters': [
                parameter(name, one.shape, one.dtype, trainable=one.requires_grad)
                for name, one in module.named_parameters()
            ],
            'buffers': [stored(name, one.shape, one.dtype) for name, one in module.named_buffers()],
        }

    def laid_out(self, value: Value) -> Any:
        """The tensor in the memory layout that the case asks; its shape and values stay."""
        x = self.to_torch(value)
        layout = self.case.layout
        if layout == 'contiguous':
            return x
        if layout == 'channels-last':
            return x.movedim(1, -1).contiguous().movedim(-1, 1)
        if layout == 'transposed':
            backwards = tuple(reversed(range(x.dim())))
            return x.permute(backwards).contiguous().permute(backwards)
        if layout == 'expanded':
            return x[:1].clone().expand(x.shape)
        if layout == 'offset':
            buffer = self.torch.zeros(x.numel() + 3, dtype=x.dtype)
            return buffer[3:].copy_(x.flatten()).view(x.shape)
        spread = self.torch.zeros(*x.shape, 2, dtype=x.dtype)
        spread[..., 0] = x
        return spread[..., 0]

    def to_torch(self, value: Value) -> Any:
        if isinstance(value, BFloat16):
            return self.torch.from_numpy(value.bits.view(np.int16).copy()).view(self.torch.bfloat16)
        return self.torch.from_numpy(value.copy())

    def memory(self, tensor: Any) -> np.ndarray:
        """The tensor's own memory, in its order of elements; bfloat16 as bit patterns."""
        return (tensor.view(self.torch.int16) if tensor.dtype is self.torch.bfloat16 else tensor).numpy()

    def copy(self, tensor: Any) -> Value:
        """A copy, because .numpy() shares memory with a buffer that a later step moves."""
        if tensor.dtype is self.torch.bfloat16:
            return BFloat16(tensor.view(self.torch.int16).numpy().view(np.uint16).copy())
        return tensor.numpy().copy()


class TorchAdapter(Adapter):
    def load(self, threads: int, device: str) -> None:
        if device != 'cpu':
            raise AdapterFault(f'this adapter speaks for the cpu only, not for {device!r}')
        limit_threads(threads)
        import torch

        torch.set_num_threads(threads)
        self.threads = threads
        self.others: dict[str, AnotherProcess] = {}
        os.environ.setdefault('TORCHINDUCTOR_COMPILE_THREADS', '1')  # no pool of processes that outlive the case
        self.torch = torch
        self.pool = RankPool(torch, self.construct)
        self.probes = Probes({'torch': torch})

    def identify(self) -> dict[str, Any]:
        capability = getattr(getattr(self.torch.backends, 'cpu', None), 'get_cpu_capability', lambda: 'unknown')
        return {
            'framework': 'pytorch',
            'version': self.torch.__version__,
            'build': self.build(),
            'language': language(),
            'device': 'cpu',
            'cpu': {'model': cpu_model(), 'capability': capability()},
            'threads': self.torch.get_num_threads(),
            'layers': described_layers(__file__),
            'capabilities': [
                *(
                    {'name': f'statistics={row}', 'offered': row not in MISSING_ROWS, **self.reason(row)}
                    for row in ('tracked', 'untracked', 'batch', 'running')
                ),
                {'name': f'syncbatchnorm ranks=2..{MOST_RANKS}', 'offered': True, 'reason': f'gloo, {SUBSTITUTED}'},
                *({'name': f'route={name}', **self.offer(name)} for name in (*LATER_ROUTES, *MISSING_ROUTES)),
            ],
        }

    def build(self) -> str:
        """Commit, and the configuration's lines but for the compiler flags."""
        lines = [line.strip(' -') for line in self.torch.__config__.show().splitlines()[1:]]
        facts = [line for line in lines if line and not line.startswith('Build settings')]
        synchronised = f'syncbatchnorm of several ranks: gloo, {SUBSTITUTED}'
        return f'commit {self.torch.version.git_version}; ' + '; '.join([*facts, synchronised])

    def reason(self, row: str) -> dict[str, str]:
        return {'reason': MISSING_ROWS[row].reason} if row in MISSING_ROWS else {}

    def offer(self, route: str) -> dict[str, Any]:
        probe = MISSING_ROUTES.get(route) or LATER_ROUTES[route]
        if self.probes.is_refused(probe):
            return {'offered': False, 'reason': probe.reason}
        return {'offered': True, **({'reason': f'backend {backend()}'} if route == 'compiled' else {})}

    def observe(self, case: Case) -> Answer:
        for row in rows_of(case):
            if row in MISSING_ROWS:
                return self.probes.unsupported(MISSING_ROWS[row])
        for doubt in doubts(case):
            if self.probes.is_refused(doubt):
                return self.probes.unsupported(doubt)
        if case.capability:
            return self.held_to(case.capability).observe(case._replace(capability=''))
        if case.route in WITHOUT_GRADIENTS and case.ranks[0].grads:
            raise AdapterFault(f'route {case.route!r} records no gradient')
        if len(case.ranks) > 1 or is_left_alone(case):
            if case.route != 'module':
                raise AdapterFault(f'no route {case.route!r} over several ranks')
            return Observed(self.pool.observe(case))
        return self.observed(case)

    def observed(self, case: Case) -> Observed:
        if not case.threads:
            return Observed((observe_rank(case, case.ranks[0], self.construct),))
        self.torch.set_num_threads(case.threads)
        try:
            return Observed((observe_again(case, case.ranks[0], self.construct),))
        finally:
            self.torch.set_num_threads(self.threads)

    def held_to(self, capability: str) -> AnotherProcess:
        if capability not in self.others:
            words = (HELD, capability, str(self.threads))
            self.others[capability] = AnotherProcess(__file__, words, {'ATEN_CPU_CAPABILITY': capability})
        return self.others[capability]

    def construct(self, case: Case, data: RankData, group: Any = None) -> TorchLayer:
        return TorchLayer(self.torch, case, data, group)


def doubts(case: Case) -> list[Probe]:
    """Questions to the framework about what it may refuse of a case."""
    option = case.config.option
    if case.route == 'module' and not option and not case.capability:
        return []  # nearly every case
    asked = [doubted_route(case), doubted_argument(option) if option else None, LACKING_SETS.get(case.capability)]
    return [doubt for doubt in asked if doubt]


def is_left_alone(case: Case) -> bool:
    """Whether the ranks have the framework's own kernels alone."""
    return case.config.option.startswith('kernels-')


def bits(value: Value) -> bytes:
    return (value.bits if isinstance(value, BFloat16) else value).tobytes()


def serve_held(capability: str, threads: int, end: int) -> None:
    adapter = TorchAdapter()
    adapter.load(threads, 'cpu')
    held = adapter.torch.backends.cpu.get_cpu_capability()

    def observe(case: Case) -> Observed:
        if held.lower() != capability:
            raise AdapterFault(f'asked to be held to {capability}, the framework says {held}')
        return adapter.observed(case)

    answer_cases(end, observe, lambda: None)


if __name__ == '__main__':
    if sys.argv[1:2] == [HELD]:
        serve_held(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        serve(TorchAdapter())
