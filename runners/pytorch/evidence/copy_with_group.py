"""Shows, without this harness, that a SyncBatchNorm that was given a process group cannot be copied deeply.

Exit code 1 while copy.deepcopy is refused, 0 once it gives a layer.
"""

from __future__ import annotations

import copy
import sys

import torch


def main() -> int:
    torch.distributed.init_process_group('gloo', store=torch.distributed.HashStore(), rank=0, world_size=1)
    layer = torch.nn.SyncBatchNorm(3, process_group=torch.distributed.new_group([0]))
    try:
        copied = copy.deepcopy(layer)
    except TypeError as error:
        sys.stdout.write(f'TypeError: {error}\n')
        return 1
    finally:
        torch.distributed.destroy_process_group()
    return int(not isinstance(copied, torch.nn.SyncBatchNorm))


if __name__ == '__main__':
    sys.exit(main())
