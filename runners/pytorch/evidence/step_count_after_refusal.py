"""Shows, without this harness, that a refused training call of torch.nn.BatchNorm counts as a step.

Exit code 1 while num_batches_tracked moves, 0 once a refused call leaves it alone.
"""

from __future__ import annotations

import sys

import torch


def refused_steps(layer: torch.nn.Module, x: torch.Tensor) -> int:
    """Step count after one call that raises ValueError, RuntimeError or TypeError."""
    try:
        layer(x)
    except (ValueError, RuntimeError, TypeError) as error:  # NotImplementedError is a RuntimeError
        sys.stdout.write(f'{type(error).__name__}: {error}\n')
    else:
        raise AssertionError('the call was not refused')
    return int(layer.num_batches_tracked)


def main() -> int:
    """Runs eight refusals and a consequence: the cumulative average then starts at 1/2."""
    refusals = {
        'one value per channel': (torch.nn.BatchNorm1d(3), torch.ones(1, 3)),
        'wrong channels': (torch.nn.BatchNorm1d(3), torch.ones(4, 4)),
        'num_features=0': (torch.nn.BatchNorm1d(0), torch.ones(4, 3)),
        'eps=0': (torch.nn.BatchNorm1d(3, eps=0.0), torch.ones(4, 3)),
        'int64 input': (torch.nn.BatchNorm1d(3), torch.ones(4, 3, dtype=torch.int64)),
        'float64 input': (torch.nn.BatchNorm1d(3), torch.ones(4, 3, dtype=torch.float64)),
        'eps of another type': (torch.nn.BatchNorm1d(3, eps='x'), torch.ones(4, 3)),
        'momentum of another type': (torch.nn.BatchNorm1d(3, momentum='x'), torch.ones(4, 3)),
    }
    counts = {name: refused_steps(layer, x) for name, (layer, x) in refusals.items()}
    for name, count in counts.items():
        sys.stdout.write(f'num_batches_tracked after a refused call, {name}: {count}, expected 0\n')

    layer = torch.nn.BatchNorm1d(1, momentum=None)
    refused_steps(layer, torch.ones(1, 1))
    layer(torch.tensor([[1.0], [3.0]]))
    mean = float(layer.running_mean)
    sys.stdout.write(f'cumulative mean of the batch [1, 3] after one refused call: {mean}, expected 2.0\n')
    return int(sum(counts.values()) > 0 or mean != 2.0)


if __name__ == '__main__':
    sys.exit(main())
