"""Lies about the constructor: another default, another order of its arguments."""

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


CONSTRUCTOR: dict[str, type[HonestLayer]] = {
    'wrong-default': WrongDefault,
    'arguments-in-other-order': ArgumentsInOtherOrder,
}
