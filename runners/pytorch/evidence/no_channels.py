"""Shows, without this harness, that a layer of no channels, which can be made, refuses the only input that fits it.

The refusal is that of an index inside: 'select(): index 0 out of range'. Exit code 1 while it is refused, 0 once it
gives an output as empty as its input.
"""

from __future__ import annotations

import sys

import torch


def is_refused(*, training: bool) -> bool:
    layer = torch.nn.BatchNorm1d(0).train(training)
    try:
        y = layer(torch.ones(4, 0))
    except IndexError as error:
        sys.stdout.write(f'{"training" if training else "evaluation"}: IndexError: {error}\n')
        return True
    return y.shape != (4, 0)


def main() -> int:
    without = torch.nn.BatchNorm1d(0, affine=False, track_running_stats=False)(torch.ones(4, 0))
    sys.stdout.write(f'without parameters and statistics: shape {tuple(without.shape)}\n')
    refused = [is_refused(training=training) for training in (True, False)]
    return int(any(refused))


if __name__ == '__main__':
    sys.exit(main())
