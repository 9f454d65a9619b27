"""Shows, without this harness, that torch.nn.BatchNorm without weight, bias and buffers takes any num_features.

Exit code 1 while layers of -1, 0 and 2.5 features normalise 3 channels, 0 once each of them is refused.
"""

from __future__ import annotations

import sys
from typing import Any

import torch


def takes(features: Any, **arguments: bool) -> bool:
    """Whether a layer of so many features can be constructed and normalises 3 channels."""
    x = torch.arange(12.0).reshape(4, 3)
    try:
        y = torch.nn.BatchNorm1d(features, **arguments)(x)
    except (ValueError, RuntimeError, TypeError) as error:
        sys.stdout.write(f'num_features={features}, {arguments}: {type(error).__name__}: {error}\n')
        return False
    sys.stdout.write(f'num_features={features}, {arguments}: an output of shape {tuple(y.shape)}\n')
    return True


def main() -> int:
    """The same three numbers with and without parameters and buffers; 3 features are the control."""
    bare = {'affine': False, 'track_running_stats': False}
    if not takes(3) or not takes(3, **bare):
        raise AssertionError('the control was refused')
    checked = [takes(features) for features in (-1, 0, 2.5)]
    unchecked = [takes(features, **bare) for features in (-1, 0, 2.5)]
    sys.stdout.write(f'accepted with weight and buffers: {sum(checked)} of 3, expected 0\n')
    sys.stdout.write(f'accepted without them: {sum(unchecked)} of 3, expected 0\n')
    return int(any(checked) or any(unchecked))


if __name__ == '__main__':
    sys.exit(main())
