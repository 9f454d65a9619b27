"""Shows, without this harness, that SyncBatchNorm counts in the type of its running statistics, float16 included.

Its operators are implemented for CUDA alone; here they get CPU implementations, and the one that pools the ranks only
notes the counts that it is handed. Exit code 1 while 90,000 values per channel arrive as infinity, 0 once they arrive
as a number.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from torch.nn.modules._functions import SyncBatchNorm

COUNT = 300 * 300


def main() -> int:
    seen: list[float] = []

    def stats(x: Any, eps: float) -> tuple[Any, Any]:
        values = x.float().transpose(0, 1).flatten(1)
        return values.mean(1), (values.var(1, unbiased=False) + eps).rsqrt()

    def gather(*given: Any) -> tuple[Any, Any]:
        _, means, invstds, *_, counts = given
        seen.extend(counts.tolist())
        return means[0], invstds[0]

    library = torch.library.Library('aten', 'IMPL')
    library.impl('batch_norm_stats', stats, 'CPU')
    library.impl('batch_norm_gather_stats_with_counts', gather, 'CPU')
    library.impl('batch_norm_elemt', lambda *given: torch.empty_like(given[0]), 'CPU')
    torch.distributed.init_process_group('gloo', store=torch.distributed.HashStore(), rank=0, world_size=1)
    layer = torch.nn.SyncBatchNorm(1, dtype=torch.float16)
    x = torch.ones(1, 1, 300, 300, dtype=torch.float16)
    group = torch.distributed.group.WORLD
    state = (layer.running_mean, layer.running_var)
    SyncBatchNorm.apply(x, layer.weight, layer.bias, *state, layer.eps, layer.momentum, group, 1)
    torch.distributed.destroy_process_group()
    sys.stdout.write(f'{COUNT} values per channel are counted as {seen[0]}\n')
    return int(seen[0] == float('inf'))


if __name__ == '__main__':
    sys.exit(main())
