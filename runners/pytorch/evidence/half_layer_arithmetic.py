"""Shows, without this harness, that a torch.nn.BatchNorm of float16 or bfloat16 computes in that type on the CPU.

The same input through a float32 layer is right to one rounding of the result. Exit code 1 while the half layer is not.
"""

from __future__ import annotations

import sys

import numpy as np
import torch

ROUNDOFF = {torch.float16: 2.0**-11, torch.bfloat16: 2.0**-8}
GAMMA, BETA = [1.3125, -0.6875, 0.9375], [0.4375, 0.8125, -0.3125]
MOST_ROUNDINGS = 3.0


def error_in_roundings(dtype: torch.dtype, of_parameters: torch.dtype) -> float:
    """Largest |y - exact| in units of the result's own rounding, over one training forward of a (5, 3) batch."""
    x = torch.tensor(np.random.RandomState(0).randn(5, 3)).to(dtype)
    layer = torch.nn.BatchNorm1d(3, dtype=of_parameters)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(GAMMA))
        layer.bias.copy_(torch.tensor(BETA))
    y = layer(x).detach().double().numpy()
    seen = x.double().numpy()  # the input as the layer sees it; every parameter above is exact in both types
    exact = (seen - seen.mean(0)) / np.sqrt(seen.var(0) + layer.eps) * np.array(GAMMA) + np.array(BETA)
    return float(np.max(np.abs(y - exact) / (ROUNDOFF[dtype] * np.abs(exact))))


def main() -> int:
    """Both types, as a whole layer and as input of a float32 layer."""
    wrong = False
    for dtype in ROUNDOFF:
        whole, wide = error_in_roundings(dtype, dtype), error_in_roundings(dtype, torch.float32)
        sys.stdout.write(f'{dtype}: whole layer {whole:.1f} roundings of y, float32 layer {wide:.1f}\n')
        wrong = wrong or whole > MOST_ROUNDINGS
    return int(wrong)


if __name__ == '__main__':
    sys.exit(main())
