"""Shows, without this harness, that the backward pass of batch_norm reads a strided weight, and in evaluation strided
statistics, as if they were contiguous, on the CPU.

It is so where channels lie innermost: for two-dimensional inputs, for an extent of 1 in space, for channels-last ones.
Read is whatever lies there instead; here it is NaN, laid there on purpose. Nothing is refused and nothing is said.
Exit code 1 while a gradient differs from that of the same values in contiguous memory, 0 once all agree.
"""

from __future__ import annotations

import sys

import torch
from torch.nn.functional import batch_norm

NAMES = ('running_mean', 'running_var', 'weight', 'bias')


def strided(values: torch.Tensor) -> torch.Tensor:
    """The same values, each with three NaN behind it."""
    buffer = torch.full((len(values), 4), float('nan'), dtype=values.dtype)
    buffer[:, 0] = values
    return buffer[:, 0]


def gradients(x: torch.Tensor, operands: list[torch.Tensor], *, training: bool) -> list[torch.Tensor]:
    """Of x and weight, for upstream gradients that lie as x does."""
    x, weight = x.clone().requires_grad_(), operands[2].requires_grad_()
    dy = torch.empty_like(x).copy_(torch.linspace(1, 2, x.numel()).view(x.shape))
    return list(torch.autograd.grad(batch_norm(x, *operands, training), (x, weight), dy))


def deviates(name: str, x: torch.Tensor, *, training: bool) -> bool:
    """Whether it matters to a gradient that one operand is strided."""
    values = [torch.linspace(0.5, 1.5, x.shape[1]) for _ in NAMES]
    as_views = [strided(own) if name == one else own.clone() for one, own in zip(NAMES, values)]
    expected = gradients(x, [own.clone() for own in values], training=training)
    got = gradients(x, as_views, training=training)
    differs = not all(torch.allclose(one, other, rtol=1e-4, atol=1e-5) for one, other in zip(got, expected))
    mode, lies = 'training' if training else 'evaluation', 'strides ' + str(x.stride())
    sys.stdout.write(f'{tuple(x.shape)}, {lies}, {mode}, strided {name}: {"differs" if differs else "same"}\n')
    return differs


def main() -> int:
    torch.manual_seed(0)
    inputs = [torch.rand(5, 3), torch.rand(5, 3, 1, 1), torch.rand(2, 3, 4, 4)]
    inputs.append(inputs[-1].to(memory_format=torch.channels_last))
    asked = [(name, x, training) for x in inputs for training in (False, True) for name in NAMES]
    found = [deviates(name, x, training=training) for name, x, training in asked]
    return int(any(found))


if __name__ == '__main__':
    sys.exit(main())
