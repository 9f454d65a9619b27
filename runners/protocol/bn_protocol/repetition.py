"""The same case asked again: equal calls give equal bits, or what differs is noted at its step (BN-NUM-04)."""

from __future__ import annotations

from typing import Any, Callable

import numpy as np

from bn_protocol.adapter import Layer, Observation, RankObservation, observe_rank
from bn_protocol.cases import Case, RankData
from bn_protocol.tensors import BFloat16, Value

OBSERVABLES = (
    'y',
    'dx',
    'dgamma',
    'dbeta',
    'ddx',
    'ddy',
    'ddgamma',
    'running_mean',
    'running_var',
    'step_count',
)

Construct = Callable[[Case, RankData], Layer]


def observe_again(case: Case, data: RankData, construct: Construct) -> RankObservation:
    """As ``observe_rank``; asked three times, the last one after another case, and the first is what counts."""
    first = observe_rank(case, data, construct)
    note_differences(first, observe_rank(case, data, construct))
    observe_between(case, data, construct)
    note_differences(first, observe_rank(case, data, construct))
    return first


def observe_between(case: Case, data: RankData, construct: Construct) -> None:
    """The same question of other numbers: it takes the same memory and leaves other values there."""
    other = RankData([backwards(x) for x in data.inputs], [backwards(dy) for dy in data.grads])
    observe_rank(case._replace(ranks=[other], initial={}), other, construct)


def note_differences(first: RankObservation, again: RankObservation) -> None:
    """Name at each step of the first what has other bits the second time."""
    for seen, other in zip((first.construct, *first.steps), (again.construct, *again.steps)):
        known = seen.get('unrepeated', ())
        names = [name for name in OBSERVABLES if name in known or differs(name, seen, other)]
        if names:
            seen['unrepeated'] = names


def differs(name: str, one: Observation, other: Observation) -> bool:
    return bits(one.get(name)) != bits(other.get(name))


def bits(value: Any) -> Any:
    """What is the same only of the same bits: −0 and 0 differ, NaN and itself do not."""
    if isinstance(value, BFloat16):
        return value.bits.shape, value.bits.tobytes()
    if isinstance(value, np.ndarray):
        return value.dtype, value.shape, value.tobytes()
    return value


def backwards(value: Value) -> Value:
    if isinstance(value, BFloat16):
        return BFloat16(backwards(value.bits))
    return np.ascontiguousarray(value.ravel()[::-1]).reshape(value.shape)
