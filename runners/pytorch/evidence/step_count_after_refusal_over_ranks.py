"""Shows, without this harness, that a training call which torch.nn.SyncBatchNorm refuses for its device is a step.

One process that has joined a group, of itself alone, on the CPU. Exit code 1 while num_batches_tracked moves, 0 once
a refused call leaves it alone.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import torch


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        torch.distributed.init_process_group('gloo', init_method=Path(folder, 'store').as_uri(), rank=0, world_size=1)
        layer = torch.nn.SyncBatchNorm(3)
        try:
            layer(torch.ones(4, 3))
        except ValueError as error:
            sys.stdout.write(f'{error}\n')
        else:
            raise AssertionError('the call was not refused')
        finally:
            torch.distributed.destroy_process_group()
    steps = int(layer.num_batches_tracked)
    sys.stdout.write(f'num_batches_tracked after the refused call: {steps}, expected 0\n')
    return int(steps > 0)


if __name__ == '__main__':
    sys.exit(main())
