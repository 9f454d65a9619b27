"""Shows, without this harness, that moving statistics which were given as views of a larger tensor never move.

The layer normalises by the batch as it should; moving_mean and moving_variance stay what they were, in the parameter
and in the tensor behind it. Exit code 1 while they do, 0 once they move as those of a layer whose values lie by
themselves.
"""

from __future__ import annotations

import sys

import mindspore
import numpy as np


def moved(*, views: str) -> list[float]:
    """moving_mean after one training step, from values that lie `apart`, or as `rows` or `columns` of one tensor."""
    values = np.array([[0.5, 1.0, 1.5], [2.0, 1.0, 0.5]], 'float32')
    layer = mindspore.nn.BatchNorm1d(3).set_train()
    if views == 'apart':
        mean, variance = mindspore.Tensor(values[0]), mindspore.Tensor(values[1])
    elif views == 'rows':
        together = mindspore.Tensor(values)
        mean, variance = together[0], together[1]
    else:
        together = mindspore.Tensor(np.ascontiguousarray(values.T))
        mean, variance = together[:, 0], together[:, 1]
    layer.moving_mean.set_data(mean)
    layer.moving_variance.set_data(variance)
    layer(mindspore.Tensor(np.arange(15, dtype='float32').reshape(5, 3))).asnumpy()
    return [float(number) for number in layer.moving_mean.asnumpy()]


def main() -> int:
    mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target='CPU')
    means = {views: moved(views=views) for views in ('apart', 'rows', 'columns')}
    for views, mean in means.items():
        sys.stdout.write(f'moving_mean after a training step, {views}: {mean}\n')
    return int(any(mean != means['apart'] for mean in means.values()))


if __name__ == '__main__':
    sys.exit(main())
