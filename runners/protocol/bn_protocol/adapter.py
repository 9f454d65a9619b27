"""What an adapter has to write: who it is, and one case to one observation."""

from __future__ import annotations

import abc
from typing import Any, Callable, Dict, Mapping, NamedTuple, Sequence, Union

from bn_protocol.cases import Backward, Case, CaseError, Configure, Describe, Forward, RankData, Reload
from bn_protocol.description import Description
from bn_protocol.tensors import Value

MAX_MESSAGE_CHARACTERS = 2000

#: observable → tensor, ``step_count`` → int, ``error`` → {class, message}, ``described`` → a Description
Observation = Dict[str, Any]


class AdapterFault(Exception):
    """The adapter cannot do what was asked, and the framework is not to blame."""


#: These never come from a framework that refuses a call: a bug or a poor machine must not pass for a refusal.
_NEVER_A_REFUSAL = (AdapterFault, CaseError, NameError, ImportError, MemoryError, AssertionError)


class FrameworkAssertion(Exception):
    """Wraps an AssertionError that the framework itself raised: a refusal, where one of ours would be a bug."""


class RankObservation(NamedTuple):
    """What one rank showed."""

    #: state after construction and after the initial values were set, or the constructor's refusal
    construct: Observation
    #: one entry per step, up to the first refused one
    steps: Sequence[Observation]


class Observed(NamedTuple):
    ranks: Sequence[RankObservation]


class Unsupported(NamedTuple):
    """The framework does not offer this, as a call that was really made shows."""

    reason: str
    source: str
    call: str
    error: Mapping[str, str]


Answer = Union[Observed, Unsupported]


class Adapter(abc.ABC):
    """Speaks for one framework. ``load`` comes first; ``observe`` may then be called in-process, without frames."""

    @abc.abstractmethod
    def load(self, threads: int, device: str) -> None:
        """Import the framework. Until here nothing of it may have been imported: its prints would reach the stream.

        :param threads: how many threads the framework may use inside one operation, ≥ 1
        :raises AdapterFault: the adapter does not speak for that device
        """

    @abc.abstractmethod
    def identify(self) -> dict[str, Any]:
        """The fields of the started message, but for ``type`` and the two versions."""

    @abc.abstractmethod
    def observe(self, case: Case) -> Answer:
        """What the framework does with the case. An exception means that the runner failed, not the framework."""


class Layer(abc.ABC):
    """One constructed layer of the framework, on one rank."""

    @abc.abstractmethod
    def state(self) -> Observation:
        """Copies of running_mean, running_var and step_count, as far as they exist."""

    @abc.abstractmethod
    def forward(self, mode: str, index: int, grads: Sequence[int]) -> tuple[Value, Any]:
        """A copy of y for input ``index``, and what ``backward`` needs.

        :param grads: the upstream gradients that will be asked for; where there is none the input needs no gradient
        """

    @abc.abstractmethod
    def backward(self, tape: Any, nth: int) -> Observation:
        """Copies of dx and, with affine, dgamma and dbeta, for the ``nth`` of the forward's upstream gradients."""

    def accumulate(self, tape: Any, nth: int) -> Observation:
        """As ``backward``, but dgamma and dbeta are what the parameters hold after all such passes (BN-GRAD-05).

        :raises AdapterFault: the adapter has no way to accumulate
        """
        raise AdapterFault('this adapter does not accumulate gradients')

    def double_backward(self, tape: Any, nth: int, direction: int) -> Observation:
        """Copies of ddx, ddy and, with affine, ddgamma: the gradient of Σ v·dx by x, dy and γ (BN-GRAD-06).

        :param nth: as in ``backward``, whose dx it is
        :param direction: index of v in the upstream gradients
        :raises AdapterFault: the adapter has no way to differentiate twice
        """
        raise AdapterFault('this adapter does not differentiate a backward pass')

    def changed(self) -> Sequence[str]:
        """Which of x, dy, gamma and beta the last call changed (BN-STATE-12); none where the adapter cannot look."""
        return ()

    def order(self) -> Mapping[str, tuple[str, ...]]:
        """Memory orders that y or dx of the last call lies in (BN-SHAPE-04); empty where the adapter does not look."""
        return {}

    def reloaded(self) -> Layer:
        """A new layer of the same configuration and mode that has loaded this one's state and parameters.

        :raises AdapterFault: the adapter has no way to save and load
        """
        raise AdapterFault('this adapter does not save and load layers')

    def copied(self) -> Layer:
        """A deep copy, made as users of the framework make one.

        :raises AdapterFault: the adapter has no way to copy
        """
        raise AdapterFault('this adapter does not copy layers')

    def converted(self) -> Layer:
        """The synchronised layer that the framework makes of this one inside a network.

        :raises AdapterFault: the adapter has no way to convert
        """
        raise AdapterFault('this adapter does not convert layers')

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Change settings of the layer as users do, on the live object; a layer that takes over later has them too.

        :param settings: as in ``Configure``
        :raises AdapterFault: the adapter has no way to change one of them
        """
        raise AdapterFault('this adapter does not change live layers')

    def describe(self) -> Description:
        """What the layer says of itself; nothing is called that could change it.

        :raises AdapterFault: the adapter does not look
        """
        raise AdapterFault('this adapter does not describe layers')


def observe_rank(case: Case, data: RankData, construct: Callable[[Case, RankData], Layer]) -> RankObservation:
    """Run the program on a new layer and read the state after each step. The first refusal ends it."""
    try:
        layer = construct(case, data)
    except Exception as error:
        return RankObservation({'error': refusal(error)}, ())
    before = layer.state()
    steps: list[Observation] = []
    tapes: dict[int, Any] = {}
    for position, step in enumerate(case.program):
        seen: Observation
        try:
            if isinstance(step, Forward):
                y, tapes[position] = layer.forward(*step)
                seen = {'y': y}
            elif isinstance(step, Reload):
                layer = successor(layer, step.by)
                seen = {}
            elif isinstance(step, Describe):
                seen = {'described': layer.describe()}
            elif isinstance(step, Configure):
                layer.configure(step.settings)
                seen = {}
            else:
                seen = differentiated(layer, tapes[step.of], step)
        except Exception as error:
            seen = {'error': refusal(error)}
        seen.update(layer.state())  # outside the guard: a state that cannot be read is no refusal
        notice(layer, seen)
        steps.append(seen)
        if 'error' in seen:
            break
    return RankObservation(before, steps)


def differentiated(layer: Layer, tape: Any, step: Backward) -> Observation:
    if step.direction is not None:
        return layer.double_backward(tape, step.nth, step.direction)
    return layer.accumulate(tape, step.nth) if step.accumulates else layer.backward(tape, step.nth)


def notice(layer: Layer, seen: Observation) -> None:
    """Add what the last call did besides its results, where there is something."""
    order = layer.order() if 'y' in seen or 'dx' in seen else {}
    changed = layer.changed()
    if order:
        seen['order'] = order
    if changed:
        seen['changed'] = changed


def successor(layer: Layer, by: str) -> Layer:
    """The layer that a program goes on with after a ``Reload``."""
    return {'checkpoint': layer.reloaded, 'copy': layer.copied, 'conversion': layer.converted}[by]()


def refusal(error: Exception) -> dict[str, str]:
    """A framework's refusal as the protocol writes it.

    :raises Exception: the error itself, where it cannot be the framework's
    """
    if isinstance(error, FrameworkAssertion) and error.__cause__ is not None:
        return describe(error.__cause__)
    if isinstance(error, _NEVER_A_REFUSAL):
        raise error
    return describe(error)


def describe(error: BaseException) -> dict[str, str]:
    return {'class': type(error).__name__, 'message': str(error)[:MAX_MESSAGE_CHARACTERS]}
