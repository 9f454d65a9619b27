"""Shows, without this harness, that a mindspore.nn.BatchNorm of dtype float16 never moves its statistics on the CPU.

Exit code 1 while moving_mean and moving_variance stay at 0 and 1 after a training step, 0 once they move.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault('GLOG_v', '3')

import mindspore
import numpy as np


def state_after_training(dtype: mindspore.dtype) -> tuple[np.ndarray, np.ndarray]:
    """moving_mean and moving_variance after one training forward of [[1, 2], [3, 6], [5, 1]]."""
    layer = mindspore.nn.BatchNorm1d(2, dtype=dtype).set_train()
    layer(mindspore.Tensor(np.array([[1, 2], [3, 6], [5, 1]], 'float16'))).asnumpy()
    return layer.moving_mean.asnumpy().copy(), layer.moving_variance.asnumpy().copy()


def main() -> int:
    """The float32 layer takes the same float16 input and moves."""
    mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
    mean, variance = state_after_training(mindspore.float16)
    moved, _ = state_after_training(mindspore.float32)
    sys.stdout.write(f'float16 layer: mean {mean}, variance {variance}, expected [0.3 0.3] and [1.3 1.6]\n')
    sys.stdout.write(f'float32 layer: moving_mean {moved}\n')
    return int(not mean.any())


if __name__ == '__main__':
    sys.exit(main())
