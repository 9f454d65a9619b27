"""Shows, without this harness, that a mindspore.nn.BatchNorm in training moves its state by a batch without values.

Mean and variance shrink by momentum at each such call, as if the batch had mean 0 and variance 0.
Exit code 1 while an empty batch changes moving_mean or moving_variance.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault('GLOG_v', '3')

import mindspore
import numpy as np


def moved(layer: mindspore.nn.Cell, shape: tuple[int, ...]) -> bool:
    """Whether one training forward of an empty input changes the state of a layer that has seen a batch."""
    layer.set_train()
    full = np.random.RandomState(0).randn(*(extent or 4 for extent in shape)).astype('float32') + 3
    for _ in range(8):
        layer(mindspore.Tensor(full)).asnumpy()
    before = layer.moving_mean.asnumpy().copy(), layer.moving_variance.asnumpy().copy()
    layer(mindspore.Tensor(np.zeros(shape, 'float32'))).asnumpy()
    after = layer.moving_mean.asnumpy().copy(), layer.moving_variance.asnumpy().copy()
    sys.stdout.write(f'{shape}: mean {before[0]} -> {after[0]}, variance {before[1]} -> {after[1]}\n')
    return any((one != other).any() for one, other in zip(before, after))


def main() -> int:
    mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
    flat, image = mindspore.nn.BatchNorm1d, mindspore.nn.BatchNorm2d
    seen = [moved(layer(3), shape) for shape, layer in (((0, 3), flat), ((0, 3, 2, 2), image), ((2, 3, 0, 2), image))]
    return int(any(seen))


if __name__ == '__main__':
    sys.exit(main())
