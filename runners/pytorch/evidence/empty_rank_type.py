"""Shows, without this harness, that a rank without samples gathers tensors of another type than its peers.

torch.nn.modules._functions.SyncBatchNorm hands all_gather the statistics of a rank in the type in which they were
accumulated, float32 for a float16 input; a rank without samples hands it zeros in the type of its input. Tensors of
two sizes then meet: gloo ends the process by an abort. Here one process looks at what it hands over, with and without
samples; the operator that computes the statistics exists for CUDA alone and gets a CPU implementation of the same
types. Exit code 1 while the two types differ, 0 once they agree.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch.nn.modules._functions import SyncBatchNorm


class Seen(Exception):
    """What was to be gathered."""


def gathered_type(x: torch.Tensor) -> torch.dtype:
    layer = torch.nn.SyncBatchNorm(3, dtype=x.dtype)
    group = torch.distributed.group.WORLD
    state = (layer.running_mean, layer.running_var)
    try:
        SyncBatchNorm.apply(x, layer.weight, layer.bias, *state, layer.eps, layer.momentum, group, 2)
    except Seen as seen:
        return seen.args[0]
    raise AssertionError('nothing was gathered')


def main() -> int:
    def stats(x: Any, eps: float) -> tuple[Any, Any]:
        return x.float().mean(0), (x.float().var(0, unbiased=False) + eps).rsqrt()

    def look(_gathered: Any, own: Any, *_others: Any, **_options: Any) -> None:
        raise Seen(own.dtype)

    library = torch.library.Library('aten', 'IMPL')
    library.impl('batch_norm_stats', stats, 'CPU')
    torch.distributed.init_process_group('gloo', store=torch.distributed.HashStore(), rank=0, world_size=1)
    torch.distributed.all_gather = look
    types = {count: gathered_type(torch.ones(count, 3, dtype=torch.float16)) for count in (2, 0)}
    torch.distributed.destroy_process_group()
    for count, dtype in types.items():
        sys.stdout.write(f'a rank of {count} samples gathers {dtype}\n')
    return int(types[0] != types[2])


if __name__ == '__main__':
    sys.exit(main())
