"""PyTorch, eager mode, on the CPU. Synchronised layers over several ranks: ranks.py."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple, Sequence

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from bn_protocol.adapter import Adapter, AdapterFault, Answer, Layer, Observation, Observed, observe_rank
from bn_protocol.cases import Case, Config, RankData
from bn_protocol.loop import serve
from bn_protocol.machine import cpu_model, described_layers, language, limit_threads
from bn_protocol.probes import Probe, Probes
from bn_protocol.tensors import BFloat16, Value, dtype_name
from ranks import MOST_RANKS, RankPool
from substituted_kernels import cpu_taken_for_an_accelerator

CLASSES = {
    'batchnorm1d': 'BatchNorm1d',
    'batchnorm2d': 'BatchNorm2d',
    'batchnorm3d': 'BatchNorm3d',
    'syncbatchnorm': 'SyncBatchNorm',
}
SUBSTITUTED = 'kernels=substituted'
PARAMETERS = {'gamma': 'weight', 'beta': 'bias', 'running_mean': 'running_mean', 'running_var': 'running_var'}

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
_MIXED_TYPES = 'aten/src/ATen/native/mixed_data_type.h, check_mixed_data_type'


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
        self.given: list[tuple[str, Any, Value]] = []
        self.module = getattr(torch.nn, CLASSES[case.layer])(
            config.num_features,
            eps=config.eps,
            momentum=config.momentum,
            affine=config.affine,
            track_running_stats=config.statistics == 'tracked',
            dtype=getattr(torch, config.dtype),
            **({} if group is None else {'process_group': group}),
        )
        for name, value in case.initial.items():
            getattr(self.module, PARAMETERS[name]).data.copy_(self.to_torch(value))
        calls = {'module': self.module if group is None else self.call_synchronised, 'functional': self.call_function}
        self.call = calls[case.route]

    def state(self) -> Observation:
        module = self.module
        if module.running_mean is None:
            return {}
        return {
            'running_mean': self.copy(module.running_mean),
            'running_var': self.copy(module.running_var),
            **({'step_count': module.num_batches_tracked.item()} if self.case.route == 'module' else {}),
        }

    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Tape]:
        if mode != 'fresh':
            self.module.train(mode == 'train')
        x = self.laid_out(self.data.inputs[index])
        self.given = [('x', x, self.data.inputs[index])]
        if grads:
            x.requires_grad_()
        y = self.call(x)
        module = self.module
        sources = (x,) if module.weight is None else (x, module.weight, module.bias)
        return self.copy(y.detach()), Tape(y, sources, grads)

    def call_function(self, x: Any) -> Any:
        """The function over the module's parameters and state; it has no step count, so no cumulative average."""
        module = self.module
        if module.momentum is None:
            raise AdapterFault('the functional form has no cumulative average')
        by_batch = module.training or module.running_mean is None
        state = (module.running_mean, module.running_var)
        return self.torch.nn.functional.batch_norm(
            x, *state, module.weight, module.bias, by_batch, module.momentum, module.eps
        )

    def call_synchronised(self, x: Any) -> Any:
        with cpu_taken_for_an_accelerator(self.torch):
            return self.module(x)

    def backward(self, tape: Tape, nth: int) -> Observation:
        dy = self.laid_out(self.data.grads[tape.grads[nth]])
        self.given = [('dy', dy, self.data.grads[tape.grads[nth]])]
        another_follows = nth + 1 < len(tape.grads)
        # a rank without samples returns None for zeros, which only its synchronised form may
        zeros = {} if self.group is None else {'materialize_grads': True}
        gradients = self.torch.autograd.grad(tape.y, tape.sources, dy, retain_graph=another_follows, **zeros)
        return {name: self.copy(gradient) for name, gradient in zip(('dx', 'dgamma', 'dbeta'), gradients)}

    def changed(self) -> Sequence[str]:
        return [name for name, tensor, value in self.given if bits(self.copy(tensor.detach())) != bits(value)]

    def reloaded(self) -> TorchLayer:
        layer = TorchLayer(self.torch, self.case._replace(initial={}), self.data, self.group)
        layer.module.load_state_dict(self.module.state_dict())
        layer.module.train(self.module.training)
        return layer

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
        spread = self.torch.zeros(*x.shape, 2, dtype=x.dtype)
        spread[..., 0] = x
        return spread[..., 0]

    def to_torch(self, value: Value) -> Any:
        if isinstance(value, BFloat16):
            return self.torch.from_numpy(value.bits.view(np.int16).copy()).view(self.torch.bfloat16)
        return self.torch.from_numpy(value.copy())

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

    def observe(self, case: Case) -> Answer:
        if case.config.statistics in MISSING_ROWS:
            return self.probes.unsupported(MISSING_ROWS[case.config.statistics])
        for value in [x for rank in case.ranks for x in rank.inputs]:
            mixture = mixed_types(case.config, dtype_name(value))
            if mixture and self.probes.is_refused(mixture):
                return self.probes.unsupported(mixture)
        if len(case.ranks) > 1:
            if case.route == 'functional':
                raise AdapterFault('the functional form is not synchronised')
            return Observed(self.pool.observe(case))
        return Observed((observe_rank(case, case.ranks[0], self.construct),))

    def construct(self, case: Case, data: RankData, group: Any = None) -> TorchLayer:
        return TorchLayer(self.torch, case, data, group)


def bits(value: Value) -> bytes:
    return (value.bits if isinstance(value, BFloat16) else value).tobytes()


def mixed_types(config: Config, given: str) -> Probe | None:
    """A question to the framework where floating types differ, but for half precision into float32, which it takes."""
    if given == config.dtype or 'float' not in given or (config.dtype == 'float32' and given != 'float64'):
        return None
    tracks = config.statistics == 'tracked'
    layer = f'torch.nn.BatchNorm1d(2, affine={config.affine}, track_running_stats={tracks}, dtype=torch.{config.dtype})'
    call = f'{layer}(torch.ones(2, 2, dtype=torch.{given}))'
    return Probe(f'no {given} input for a layer of {config.dtype}', _MIXED_TYPES, call)


if __name__ == '__main__':
    serve(TorchAdapter())
