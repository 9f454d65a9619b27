"""narrow-layer-arithmetic (BN-NUM-01): a layer of float16 or bfloat16 computes in that type throughout.

Found in mindspore@2.10.0 by random cases, then made as simple as it gets: batchnorm1d/num/found/data=864e67e557c2.
Needs mindspore and numpy, nothing else. Exit code 1 while the framework deviates from the rule, 0 once it does not.
A path of an .npz file as argument saves what was observed.
"""

from __future__ import annotations

import sys

import numpy as np
import mindspore

WRONG = []
GOT = {}


def tensor(text: str, shape: tuple, dtype: str) -> mindspore.Tensor:
    """Hexadecimal floats as a tensor."""
    return mindspore.Tensor(numbers(text).astype(dtype).reshape(shape))


def numpy_of(value: mindspore.Tensor) -> np.ndarray:
    """A copy in float64."""
    return value.asnumpy().astype('float64')


def holder(layer: mindspore.nn.Cell) -> mindspore.nn.Cell:
    """BatchNorm3d is a BatchNorm2d in a wrapper."""
    return getattr(layer, 'bn2d', layer)


def numbers(text: str) -> np.ndarray:
    """Hexadecimal floats, exactly."""
    return np.array([float.fromhex(word) for word in text.split()], 'float64')


def accepted(got: float, expected: float, low: float, bound: float, other: float, largest: float) -> bool:
    """Within what the working precision may lose of expected + low; another accepted result is the overflowed one."""
    if np.isnan(expected) or np.isnan(got):
        return bool(np.isnan(expected) and np.isnan(got))
    if got in (expected, other):
        return True
    if np.isinf(expected):
        return False
    if np.isinf(got):
        return bool(expected * np.sign(got) + (bound if np.isfinite(bound) else 0.0) > largest)
    return abs(got - expected - low) <= bound


def check(name: str, value: object, expected: str, bound: str, largest: float, low: str = '', other: str = '') -> None:
    """Prints one observable, and keeps it in mind where it deviates."""
    got = GOT[name] = numpy_of(value).ravel()
    exact, bounds = numbers(expected), numbers(bound)
    others = numbers(other) if other else np.full(exact.shape, np.nan)
    lows = numbers(low) if low else np.zeros(exact.shape)
    same_size = got.size == exact.size
    right = [accepted(*each, largest) for each in zip(got, exact, lows, bounds, others)] if same_size else [False]
    bad = [i for i, fine in enumerate(right) if not fine]
    print(f'{name}: {"DEVIATES" if bad else "ok"}')
    for i in bad[:8] or range(min(exact.size, 4)):
        print(f'  [{i}] expected {float(exact[i])!r} within {bounds[i]:.3g}, got {float(got[i]) if same_size else got!r}')
    if bad:
        WRONG.append(name)


def check_same(name: str, got: object, expected: object) -> None:
    """Prints something that is one value."""
    GOT[name] = np.array(got)
    print(f'{name}: {"ok" if got == expected else "DEVIATES"}: expected {expected!r}, got {got!r}')
    if got != expected:
        WRONG.append(name)


def main() -> int:
    """The case, step by step."""
    mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
    layer = mindspore.nn.BatchNorm1d(
        1,
        eps=0.00001,
        momentum=1.0 - 0.0,  # theirs is the weight of the old state
        affine=True,
        use_batch_statistics=None,
        dtype=mindspore.float16,
    )

    # step 0: forward, train
    layer.set_train(True)
    x0 = tensor('0x0p+0 0x1.9ecp+0', (1, 1, 2), 'float16')
    dy0 = tensor('0x0p+0 0x1p+0', (1, 1, 2), 'float16')

    def weighted0(x: mindspore.Tensor) -> tuple:
        y = layer(x)
        return (y * dy0).sum(), y

    (_, y0), gradients = mindspore.value_and_grad(weighted0, 0, (holder(layer).gamma, holder(layer).beta), has_aux=True)(x0)
    dx_of_0, (dgamma_of_0, dbeta_of_0) = gradients
    check(
        'step 0: y',
        y0,
        '-0x1.ffff00542266cp-1 0x1.ffff00542266cp-1',
        '0x1.01bbe0518ad78p-11 0x1.01fbe831915d2p-11',
        float.fromhex('0x1.ffcp+15'),
    )
    check(
        'step 0: running_mean',
        holder(layer).moving_mean,
        '0x0p+0',
        '0x1.002p-25',
        float.fromhex('0x1.ffcp+15'),
    )
    check(
        'step 0: running_var',
        holder(layer).moving_variance,
        '0x1p+0',
        '0x1.0044088p-11',
        float.fromhex('0x1.ffcp+15'),
    )

    # step 1: backward of step 0
    dx1 = dx_of_0
    dgamma1 = dgamma_of_0
    dbeta1 = dbeta_of_0
    check(
        'step 1: dx',
        dx1,
        '-0x1.3b9e010a03563p-17 0x1.3b9e010a03563p-17',
        '0x1.049e0ebef6016p-17 0x1.562ec2cddfb67p-17',
        float.fromhex('0x1.ffcp+15'),
    )
    check(
        'step 1: dgamma',
        dgamma1,
        '0x1.ffff00542266cp-1',
        '0x1.02bbffd1a4eep-11',
        float.fromhex('0x1.ffcp+15'),
    )
    check(
        'step 1: dbeta',
        dbeta1,
        '0x1p+0',
        '0x1.00a414p-11',
        float.fromhex('0x1.ffcp+15'),
    )
    check(
        'step 1: running_mean',
        holder(layer).moving_mean,
        '0x0p+0',
        '0x1.002p-25',
        float.fromhex('0x1.ffcp+15'),
    )
    check(
        'step 1: running_var',
        holder(layer).moving_variance,
        '0x1p+0',
        '0x1.0044088p-11',
        float.fromhex('0x1.ffcp+15'),
    )
    if len(sys.argv) > 1:
        np.savez(sys.argv[1], **GOT)
    return int(bool(WRONG))


if __name__ == '__main__':
    sys.exit(main())
