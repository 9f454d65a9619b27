"""GRAPH mode: cells that are compiled once per configuration and shape, and taken over by later cases."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator, Mapping, Sequence

from bn_protocol.cases import Case, RankData

#: of one process, about 1 MB each that it never gives back
MOST_CELLS = 300
#: the parameters of a cell that hold what a case may set
ATTRIBUTES = {'gamma': 'gamma', 'beta': 'beta', 'running_mean': 'moving_mean', 'running_var': 'moving_variance'}


@contextmanager
def graph_mode(mindspore: Any) -> Iterator[None]:
    """The process goes back to PyNative mode, so that cases of other routes may follow."""
    mindspore.set_context(mode=mindspore.GRAPH_MODE)
    try:
        yield
    finally:
        mindspore.set_context(mode=mindspore.PYNATIVE_MODE)


class CompiledCell:
    """One cell, and what GRAPH mode has compiled of it. Compiling takes a hundred times as long as running."""

    def __init__(self, mindspore: Any, cell: Any) -> None:
        self.mindspore = mindspore
        self.cell = cell
        self.holder = getattr(cell, 'bn2d', cell)  # BatchNorm3d is a BatchNorm2d in a wrapper
        self.training = bool(cell.training)
        self.made = {name: getattr(self.holder, own).asnumpy().copy() for name, own in ATTRIBUTES.items()}
        #: fused passes by mode: a compiled pass keeps the mode of its first call
        self.passes: dict[bool, Callable[[Any, Any], Any]] = {}

    def begin(self, values: Mapping[str, Any]) -> None:
        """Values and mode as the constructor left them, but for what the case sets."""
        self.cell.set_train(self.training)
        for name, own in ATTRIBUTES.items():
            value = values[name] if name in values else self.made[name]
            # not set_data, which a compiled pass does not see: in 2.10.0 it keeps the tensors of its first call
            self.mindspore.ops.assign(getattr(self.holder, own), self.mindspore.Tensor(value))

    def call(self, x: Any) -> Any:
        with graph_mode(self.mindspore):
            return self.cell(x)

    def differentiated(self, x: Any, dy: Any, weights: Sequence[Any] | None) -> Any:
        """((Σ y·dy, y), gradients) of one fused pass."""
        training = bool(self.cell.training)
        if training not in self.passes:
            self.passes[training] = fused(self.mindspore, self.cell, weights)
        with graph_mode(self.mindspore):
            return self.passes[training](x, dy)


def fused(mindspore: Any, cell: Any, weights: Sequence[Any] | None) -> Callable[[Any, Any], Any]:
    def weighted_sum(x: Any, dy: Any) -> tuple[Any, Any]:
        y = cell(x)
        return (y * dy).sum(), y

    return mindspore.value_and_grad(weighted_sum, 0, weights, has_aux=True)


class CompiledCells:
    """The cells of one process. The framework never gives back what a compiled cell holds, about 1 MB."""

    def __init__(self, mindspore: Any) -> None:
        self.mindspore = mindspore
        self.cells: dict[Any, CompiledCell] = {}

    def of(self, case: Case, data: RankData, make: Callable[[], Any]) -> CompiledCell:
        """The cell of this configuration and these shapes, made where there is none yet."""
        key = key_of(case, data)
        if key not in self.cells:
            self.cells[key] = CompiledCell(self.mindspore, make())
        return self.cells[key]


def key_of(case: Case, data: RankData) -> Any:
    """Cases with one key share a cell."""
    return case.layer, case.config, tuple((value.shape, value.dtype.str) for value in data.inputs)


class BoundedCells:
    """Which cells a process may hold: past so many it leaves, and another one takes its place."""

    def __init__(self) -> None:
        self.keys: set[Any] = set()

    def admit(self, case: Case) -> bool:
        """Whether the cell of this case is there or may be made."""
        key = key_of(case, case.ranks[0])
        if key not in self.keys and len(self.keys) >= MOST_CELLS:
            return False
        self.keys.add(key)
        return True

    def forget(self, case: Case) -> None:
        """The process has left; the next one begins with this case."""
        self.keys = {key_of(case, case.ranks[0])}
