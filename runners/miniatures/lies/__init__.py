"""The lies: each replaces one function of the honest model. What they break is written in ``lies.json``."""

from __future__ import annotations

from lies.accuracy import ACCURACY
from lies.affine import AFFINE
from lies.batch_statistics import BATCH_STATISTICS
from lies.constructor import CONSTRUCTOR
from lies.contract import CONTRACT
from lies.gradients import GRADIENTS
from lies.modes import MODES
from lies.normalisation import NORMALISATION
from lies.running_state import RUNNING_STATE
from lies.synchronised import SYNCHRONISED
from model import HonestLayer
from variants import VARIANTS

JOINT = '+'

NUMERIC: dict[str, type[HonestLayer]] = {
    **VARIANTS,
    **BATCH_STATISTICS,
    **NORMALISATION,
    **AFFINE,
    **RUNNING_STATE,
    **MODES,
    **GRADIENTS,
    **ACCURACY,
    **CONTRACT,
    **CONSTRUCTOR,
    **SYNCHRONISED,
}


def layer_named(name: str) -> type[HonestLayer]:
    """The layer that lies as ``name`` says: one lie, or the pair ``a+b``, where ``a`` wins what both replace.

    :raises ValueError: a part of the name that is no numeric lie, or a pair of a lie with itself
    """
    parts = name.split(JOINT, 1)
    for part in parts:
        if part not in NUMERIC:
            raise ValueError(f'unknown lie {part!r}; known: {", ".join(NUMERIC)}')
    first, second = NUMERIC[parts[0]], NUMERIC[parts[-1]]
    if len(parts) == 1:
        return first
    if first is second:
        raise ValueError(f'{name!r} is no pair of two different lies')
    return type('Pair', (second, first) if issubclass(second, first) else (first, second), {})
