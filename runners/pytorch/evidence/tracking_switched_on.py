"""Shows, without this harness, that tracking switched on for a layer made without state breaks SyncBatchNorm alone.

Exit code 1 while SyncBatchNorm raises AssertionError where BatchNorm1d trains on, 0 once both do the same.
"""

from __future__ import annotations

import sys

import torch


def trains(layer: torch.nn.Module) -> bool:
    """Whether one training call succeeds after the switch; it must not make a state."""
    layer.track_running_stats = True
    try:
        layer(torch.tensor([[1.0], [3.0]]))
    except AssertionError as error:
        sys.stdout.write(f'{type(layer).__name__}: AssertionError: {error}\n')
        return False
    sys.stdout.write(f'{type(layer).__name__}: trains, running_mean is {layer.running_mean}\n')
    return True


def main() -> int:
    plain = trains(torch.nn.BatchNorm1d(1, track_running_stats=False))
    synchronised = trains(torch.nn.SyncBatchNorm(1, track_running_stats=False))
    return int(plain != synchronised)


if __name__ == '__main__':
    sys.exit(main())
