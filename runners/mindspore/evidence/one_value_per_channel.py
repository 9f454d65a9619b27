"""Shows, without this harness, that one value per channel in training makes MindSpore's moving variance NaN.

Exit code 1 while the state is not finite, 0 once the call is refused or leaves a finite state.
"""

from __future__ import annotations

import sys

import mindspore as ms
import numpy as np
from mindspore import nn


def main() -> int:
    """Trains on one sample, then evaluates on another."""
    layer = nn.BatchNorm1d(2)
    layer.set_train()
    try:
        layer(ms.Tensor(np.array([[1, 2]], np.float32))).asnumpy()
    except (ValueError, RuntimeError) as error:
        sys.stdout.write(f'refused: {type(error).__name__}\n')
        return 0
    variance = layer.moving_variance.asnumpy()
    layer.set_train(False)
    later = layer(ms.Tensor(np.array([[1, 2], [3, 4]], np.float32))).asnumpy()
    sys.stdout.write(f'moving_variance {variance}, a later evaluation {later.tolist()}\n')
    return int(not np.isfinite(variance).all())


if __name__ == '__main__':
    sys.exit(main())
