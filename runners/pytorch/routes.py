"""Ways of calling one layer: each is a function from x to y over the layer's own parameters and state."""

from __future__ import annotations

import os
import shutil
import warnings
from typing import Any, Callable, NamedTuple

from bn_protocol.adapter import AdapterFault
from bn_protocol.cases import SYNCHRONISED, Case, Forward
from bn_protocol.probes import Probe

_CONTEXT = 'torch documentation, torch module: no such mode, nor a function that sets it'
MISSING_ROUTES = {
    'graph': Probe(
        'no mode in which every layer runs as a whole graph: scripted and compiled are routes of their own',
        _CONTEXT,
        'torch.set_context(mode=0)',
    ),
    'asynchronous': Probe(
        'no asynchronous operations on the CPU: each has ended when its call returns',
        _CONTEXT,
        'torch.set_context(pynative_synchronize=False)',
    ),
}
#: routes that old versions lack; asked of the framework at hand
LATER_ROUTES = {
    'functional-call': Probe(
        'no call with parameters handed in',
        'torch.func documentation, functional_call',
        'torch.func.functional_call',
    ),
    'inference-mode': Probe('no inference mode', 'torch.inference_mode documentation', 'torch.inference_mode'),
    'compiled': Probe('no compiler', 'torch.compile documentation', 'torch.compile'),
    'autocast-float16': Probe(
        'no autocast to float16', 'torch.amp documentation', "torch.autocast('cpu', torch.float16)"
    ),
    'autocast': Probe('no autocast on the CPU', 'torch.amp documentation', "torch.autocast('cpu', torch.bfloat16)"),
}
NO_CUMULATIVE_FUNCTION = Probe(
    'the function has no cumulative average: momentum must be a number',
    'torch.nn.functional.batch_norm documentation, signature: momentum=0.1; the layer counts the steps',
    'torch.nn.functional.batch_norm(torch.ones(2, 3), torch.zeros(3), torch.ones(3), training=True, momentum=None)',
)
NO_CUMULATIVE_GRAPH = Probe(
    'no graph of a training step with a cumulative average: its weight is read from the tensor that counts, and the '
    'whole layer falls back to being called as it is',
    'torch/nn/modules/batchnorm.py, forward: 1.0 / float(self.num_batches_tracked)',
    "torch.compile(torch.nn.BatchNorm1d(3, momentum=None), backend='eager', fullgraph=True)(torch.ones(2, 3))",
)
NO_SYNCHRONISED_SCRIPT = Probe(
    'no script of a synchronised layer: it asks torch.distributed, which cannot be scripted',
    'torch/nn/modules/batchnorm.py, SyncBatchNorm.forward: torch.distributed.is_available()',
    'torch.jit.script(torch.nn.SyncBatchNorm(3))',
)

CONTEXTS: dict[str, Callable[[Any], Any]] = {
    'no-grad': lambda torch: torch.no_grad(),
    'inference-mode': lambda torch: torch.inference_mode(),
    'autocast': lambda torch: torch.autocast('cpu', torch.bfloat16),
    'autocast-float16': lambda torch: torch.autocast('cpu', torch.float16),
}


class Called(NamedTuple):
    """A layer as one route calls it."""

    #: what train() and eval() are called on
    module: Any
    call: Callable[[Any], Any]
    #: parameters and state that the call is given, by the module's own names; None where it uses the module's
    given: dict[str, Any] | None


def doubted_route(case: Case) -> Probe | None:
    """What the framework may refuse of the case's route."""
    if case.route in MISSING_ROUTES:
        return MISSING_ROUTES[case.route]
    if case.route == 'scripted' and case.layer == SYNCHRONISED:
        return NO_SYNCHRONISED_SCRIPT
    if case.route == 'functional' and case.config.momentum is None:
        return NO_CUMULATIVE_FUNCTION
    if case.route == 'compiled' and averages_all(case):
        return NO_CUMULATIVE_GRAPH
    return LATER_ROUTES.get(case.route)


def averages_all(case: Case) -> bool:
    """Whether a step moves the statistics to the average of all batches."""
    moves = any(isinstance(step, Forward) and step.mode != 'eval' for step in case.program)
    return case.config.momentum is None and case.config.statistics == 'tracked' and moves


def routed(torch: Any, module: Any, route: str) -> Called:
    """The module as a route calls it."""
    if route == 'module':
        return Called(module, module, None)
    if route == 'functional-call':
        return handed_in(torch, module)
    if route == 'scripted':
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # each call says that it is deprecated
            module = torch.jit.script(module)
    return Called(module, caller(torch, module, route), None)


def caller(torch: Any, module: Any, route: str) -> Callable[[Any], Any]:
    if route == 'functional':
        return lambda x: call_function(torch, module, x)
    if route == 'compiled':
        return compiled(torch, module)
    return inside(CONTEXTS[route], torch, module) if route in CONTEXTS else module


def inside(context: Callable[[Any], Any], torch: Any, module: Any) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        with context(torch):
            return module(x)

    return call


def compiled(torch: Any, module: Any) -> Callable[[Any], Any]:
    torch._dynamo.reset()  # past a few layers it would give up and run them uncompiled
    run = torch.compile(module, backend=backend())
    before = graphs_of(torch)

    def call(x: Any) -> Any:
        y = run(x)
        if graphs_of(torch) == before:
            raise AdapterFault('the compiler has fallen back to the layer itself')
        return y

    return call


def graphs_of(torch: Any) -> int:
    """How many graphs this process has compiled."""
    return torch._dynamo.utils.counters['stats']['unique_graphs']


def call_function(torch: Any, module: Any, x: Any) -> Any:
    """The function over the module's parameters and state."""
    by_batch = module.training or module.running_mean is None
    state = (module.running_mean, module.running_var)
    return torch.nn.functional.batch_norm(x, *state, module.weight, module.bias, by_batch, module.momentum, module.eps)


def handed_in(torch: Any, module: Any) -> Called:
    """The module as a function of copies: its own parameters and state must stay out of the call."""
    own = [*module.named_parameters(), *module.named_buffers()]
    given = {name: tensor.detach().clone().requires_grad_(tensor.requires_grad) for name, tensor in own}
    return Called(module, lambda x: torch.func.functional_call(module, given, (x,)), given)


def backend() -> str:
    """The compiler's default where it finds the C++ compiler that it needs, else its front end alone."""
    compilers = [os.environ.get('CXX', ''), 'g++', 'clang++']
    return 'inductor' if any(shutil.which(name) for name in compilers if name) else 'aot_eager'
