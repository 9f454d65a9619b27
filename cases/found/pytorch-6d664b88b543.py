"""missing-refusal (BN-SHAPE-03): computes where it must refuse.

Found in pytorch@2.13.0 by random cases, then made as simple as it gets: batchnorm1d/num/found/data=6d664b88b543.
Needs torch and numpy, nothing else. Exit code 1 while the framework deviates from the rule, 0 once it does not.
"""

from __future__ import annotations

import sys

import numpy as np
import torch

WRONG = []


def tensor(text: str, shape: tuple, dtype: str) -> torch.Tensor:
    """Hexadecimal floats as a tensor."""
    return torch.tensor(numbers(text)).to(getattr(torch, dtype)).reshape(shape)


def numpy_of(value: torch.Tensor) -> np.ndarray:
    """A copy in float64."""
    return value.detach().to(torch.float64).numpy().copy()


def numbers(text: str) -> np.ndarray:
    """Hexadecimal floats, exactly."""
    return np.array([float.fromhex(word) for word in text.split()], 'float64')


def accepted(got: float, expected: float, low: float, bound: float, other: float, largest: float) -> bool:
    """Within what the working precision may lose of expected + low; another accepted result is the overflowed one."""
    if np.isnan(expected) or np.isnan(got):
        return bool(np.isnan(expected) and np.isnan(got))
    if got in (expected, other):
        return True
    if np.isinf(expected):
        return False
    if np.isinf(got):
        return bool(expected * np.sign(got) + (bound if np.isfinite(bound) else 0.0) > largest)
    return abs(got - expected - low) <= bound


def check(name: str, value: object, expected: str, bound: str, largest: float, low: str = '', other: str = '') -> None:
    """Prints one observable, and keeps it in mind where it deviates."""
    got = numpy_of(value).ravel()
    exact, bounds = numbers(expected), numbers(bound)
    others = numbers(other) if other else np.full(exact.shape, np.nan)
    lows = numbers(low) if low else np.zeros(exact.shape)
    same_size = got.size == exact.size
    right = [accepted(*each, largest) for each in zip(got, exact, lows, bounds, others)] if same_size else [False]
    bad = [i for i, fine in enumerate(right) if not fine]
    print(f'{name}: {"DEVIATES" if bad else "ok"}')
    for i in bad[:8] or range(min(exact.size, 4)):
        print(f'  [{i}] expected {float(exact[i])!r} within {bounds[i]:.3g}, got {float(got[i]) if same_size else got!r}')
    if bad:
        WRONG.append(name)


def check_same(name: str, got: object, expected: object) -> None:
    """Prints something that is one value."""
    print(f'{name}: {"ok" if got == expected else "DEVIATES"}: expected {expected!r}, got {got!r}')
    if got != expected:
        WRONG.append(name)


def main() -> int:
    """The case, step by step."""
    layer = torch.nn.BatchNorm1d(
        2,
        eps=0.00001,
        momentum=0.1,
        affine=False,
        track_running_stats=False,
        dtype=torch.float64,
    )

    # step 0: forward, train
    error = None
    try:
        layer.train(True)
        x0 = tensor('0x0p+0 0x0p+0', (1, 1, 2), 'float64').requires_grad_()
        y0 = layer(x0)
    except Exception as refusal:
        error = refusal
        print(f'refused: {type(error).__name__}: {error}')
    check_same('step 0: refused', error is not None, True)
    return int(bool(WRONG))


if __name__ == '__main__':
    sys.exit(main())
