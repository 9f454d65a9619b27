"""Shows, without this harness, that a float32 BatchNorm computes the backward pass of a half input in that type
where the input is not contiguous, on the CPU. The same values in a contiguous tensor are right to one rounding.

Exit code 1 while dx depends so on how the input lies in memory.
"""

from __future__ import annotations

import sys

import numpy as np
import torch

ROUNDOFF = {torch.float16: 2.0**-11, torch.bfloat16: 2.0**-8}
MOST_ROUNDINGS = 2.0


def strided(x: torch.Tensor) -> torch.Tensor:
    """The same values with a gap between neighbours."""
    spread = torch.zeros(*x.shape, 2, dtype=x.dtype)
    spread[..., 0] = x
    return spread[..., 0]


def exact_dx(x: np.ndarray, dy: np.ndarray, eps: float) -> np.ndarray:
    """dx = (dy - mean(dy) - x_hat * mean(dy * x_hat)) / s in float64, for (N, C, H, W) and gamma 1."""
    axes = (0, 2, 3)
    s = np.sqrt(x.var(axes, keepdims=True) + eps)
    normalised = (x - x.mean(axes, keepdims=True)) / s
    return (dy - dy.mean(axes, keepdims=True) - normalised * (dy * normalised).mean(axes, keepdims=True)) / s


def error_in_roundings(x: torch.Tensor, dy: torch.Tensor) -> float:
    """Largest |dx - exact| in units of each element's own rounding."""
    layer = torch.nn.BatchNorm2d(3)
    x.requires_grad_()
    (dx,) = torch.autograd.grad(layer(x), x, dy)
    exact = exact_dx(x.detach().double().numpy(), dy.double().numpy(), layer.eps)
    return float(np.max(np.abs(dx.double().numpy() - exact) / (ROUNDOFF[x.dtype] * np.abs(exact))))


def main() -> int:
    wrong = False
    for dtype in ROUNDOFF:
        numbers = np.random.RandomState(1).randn(2, 4, 3, 8, 8)
        x, dy = (torch.tensor(one).to(dtype) for one in numbers)
        contiguous, gaps = error_in_roundings(x.clone(), dy), error_in_roundings(strided(x), strided(dy))
        sys.stdout.write(f'{dtype}: dx is off by {contiguous:.1f} roundings contiguous, {gaps:.1f} strided\n')
        wrong = wrong or gaps > MOST_ROUNDINGS > contiguous
    return int(wrong)


if __name__ == '__main__':
    sys.exit(main())
