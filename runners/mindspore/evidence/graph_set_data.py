"""A gradient function that GRAPH mode has compiled does not see values that are set afterwards.

After its first call, ``set_data`` (and so a checkpoint that is loaded) changes what the parameters show, and nothing of
what the function computes; nor does its training move the moving statistics that they show. ``ops.assign`` is seen.
It keeps the mode of its first call as well. PyNative mode sees all of that.

Needs mindspore and numpy, nothing else. Exit code 1 while MindSpore behaves so, 0 once it does not.
"""

from __future__ import annotations

import os
import sys

os.environ.setdefault('GLOG_v', '3')

import mindspore
import numpy as np

X = mindspore.Tensor(np.arange(15, dtype='float32').reshape(5, 3))


def seen(mode: int, set_value: object) -> bool:
    """True when a compiled training pass uses γ and a running mean that are set between its first and second call."""
    mindspore.set_context(mode=mode)
    layer = mindspore.nn.BatchNorm1d(3).set_train()

    def weighted_sum(x: mindspore.Tensor) -> tuple:
        y = layer(x)
        return y.sum(), y

    run = mindspore.value_and_grad(weighted_sum, 0, (layer.gamma, layer.beta), has_aux=True)
    (_, before), _ = run(X)
    set_value(layer.gamma, mindspore.Tensor(np.full(3, 2, 'float32')))
    set_value(layer.moving_mean, mindspore.Tensor(np.full(3, 100, 'float32')))
    (_, after), _ = run(X)
    doubled = np.allclose(after.asnumpy(), 2 * before.asnumpy())
    mean = layer.moving_mean.asnumpy()[0]
    print(f'  y[0] {before.asnumpy()[0, 0]} then {after.asnumpy()[0, 0]}; running mean {mean}, expected 90.6')
    return bool(doubled and abs(mean - 90.6) < 1e-3)


def set_data(parameter: mindspore.Parameter, value: mindspore.Tensor) -> None:
    parameter.set_data(value)


def main() -> int:
    found = {}
    for name, mode in (('PyNative', mindspore.PYNATIVE_MODE), ('GRAPH', mindspore.GRAPH_MODE)):
        for setter in (set_data, mindspore.ops.assign):
            print(f'{name}, {getattr(setter, "__name__", "assign")}:')
            found[name, setter is set_data] = seen(mode, setter)
    print({f'{name} {"set_data" if by_set_data else "assign"}': right for (name, by_set_data), right in found.items()})
    return 0 if found['GRAPH', True] else 1


if __name__ == '__main__':
    sys.exit(main())
