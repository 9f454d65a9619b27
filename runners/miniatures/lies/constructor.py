"""Lies about the constructor: another default, another order of its arguments, another text of the layer."""

from __future__ import annotations

from typing import Any

from model import HonestLayer


class WrongDefault(HonestLayer):
    """As of a framework whose momentum weighs the old state."""

    def default_momentum(self) -> float:
        return 0.9


class ArgumentsInOtherOrder(HonestLayer):
    def arguments(self) -> list[dict[str, Any]]:
        features, eps, momentum, *rest = super().arguments()
        return [features, momentum, eps, *rest]


class OldWeightPrinted(HonestLayer):
    """Prints momentum as the weight of the old state."""

    def printed(self) -> tuple[Any, ...]:
        features, eps, momentum, *rest = super().printed()
        return (features, eps, momentum if momentum is None else 1.0 - momentum, *rest)


class DefaultsPrinted(HonestLayer):
    """Prints eps and the type as a layer has them by default, whatever it was given."""

    def printed(self) -> tuple[Any, ...]:
        features, _, momentum, affine, statistics, _ = super().printed()
        return (features, 1e-5, momentum, affine, statistics, 'float32')


CONSTRUCTOR: dict[str, type[HonestLayer]] = {
    'wrong-default': WrongDefault,
    'arguments-in-other-order': ArgumentsInOtherOrder,
    'old-weight-printed': OldWeightPrinted,
    'defaults-printed': DefaultsPrinted,
}
