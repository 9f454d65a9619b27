"""Shows, without this harness, that the gradient of an evaluation uses the running statistics of its backward pass.

An evaluation, then a training step of the same layer, then the backward pass of the evaluation: dx is multiplied by
γ/√(rv + ε) of the state that the training step left, not of the one that y came from, and autograd does not object.
Exit code 1 while that is so, 0 once the gradient is that of y or the backward pass is refused.
"""

from __future__ import annotations

import sys

import torch


def gradient_of_evaluation(*, train_between: bool) -> float:
    """dx of one value; running variance 1 before, and 0.9·1 + 0.1·50 = 5.9 after a batch of unbiased variance 50."""
    layer = torch.nn.BatchNorm1d(1, eps=0.0001).eval()
    x = torch.tensor([[2.0]], requires_grad=True)
    y = layer(x)
    if train_between:
        layer.train()(torch.tensor([[-5.0], [5.0]]))
    return float(torch.autograd.grad(y, x, torch.ones_like(y))[0])


def main() -> int:
    """dx is 1/√(1 + ε) = 0.99995 whatever happened later; 1/√(5.9 + ε) = 0.41169 is that of the later state."""
    at_once = gradient_of_evaluation(train_between=False)
    try:
        later = gradient_of_evaluation(train_between=True)
    except RuntimeError as error:
        sys.stdout.write(f'the backward pass is refused: {error}\n')
        return 0
    sys.stdout.write(f'dx with nothing in between: {at_once:.6f}, after a training step: {later:.6f}\n')
    return 1 if later != at_once else 0


if __name__ == '__main__':
    sys.exit(main())
