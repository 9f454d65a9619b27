"""What lets SyncBatchNorm run on CPU processes: its five ATen kernels, and its check of the device.

``torch.nn.SyncBatchNorm.forward`` and ``torch.nn.modules._functions.SyncBatchNorm`` are the framework's own, unchanged:
the choice of group, the gathering of means and counts, the ranks that are left out, the counts that weigh, reduction
of the gradient sums. They call five operators that PyTorch implements for CUDA alone, and refuse a tensor that is on no
accelerator. Here those operators get CPU implementations, and the check is told that ``cpu`` is one.

The implementations follow aten/src/ATen/native/cuda/Normalization.cu: the same quantities cross between the ranks (1/s,
not the variance), in the same types, and a type that the CUDA kernel refuses is refused. Inside they compute in float64
and round once, so what a run judges is the framework's Python path; it says nothing of the accuracy of CUDA kernels.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Callable, Iterator


@contextmanager
def cpu_taken_for_an_accelerator(torch: Any) -> Iterator[None]:
    """``SyncBatchNorm.forward`` takes CUDA, HPU, XPU, and the device that this function names."""
    own = torch._C._get_privateuse1_backend_name
    torch._C._get_privateuse1_backend_name = lambda: 'cpu'
    try:
        yield
    finally:
        torch._C._get_privateuse1_backend_name = own


def register(torch: Any) -> Any:
    """CPU implementations of the five operators, for as long as the returned library lives."""
    library = torch.library.Library('aten', 'IMPL')
    for kernel in Kernels(torch).all():
        library.impl(kernel.__name__, kernel, 'CPU')
    return library


class Kernels:
    """x is [N, C, …spatial]; means, invstd = 1/√(σ² + ε) and sums are [C], or [ranks, C] before they are pooled."""

    def __init__(self, torch: Any) -> None:
        self.torch = torch
        self.narrow = (torch.float16, torch.bfloat16)

    def all(self) -> tuple[Callable[..., Any], ...]:
        return (
            self.batch_norm_stats,
            self.batch_norm_gather_stats_with_counts,
            self.batch_norm_elemt,
            self.batch_norm_backward_reduce,
            self.batch_norm_backward_elemt,
        )

    def batch_norm_stats(self, x: Any, eps: float) -> tuple[Any, Any]:
        """Mean and invstd of one rank's own samples."""
        rows = self.rows(x)
        mean = rows.mean(1)
        variance = (rows - mean[:, None]).square().mean(1)
        wide = self.accumulating(x.dtype)
        return mean.to(wide), self.inverse_deviation(variance, eps).to(wide)

    def batch_norm_gather_stats_with_counts(
        self,
        x: Any,
        means: Any,
        invstds: Any,
        running_mean: Any,
        running_var: Any,
        momentum: float,
        eps: float,
        counts: Any,
    ) -> tuple[Any, Any]:
        """Pooled mean and invstd over the ranks, and the new running statistics in place."""
        stored = x.dtype if running_mean is None else running_mean.dtype
        wide = self.accumulating(stored)
        expect('counts', counts, stored)
        expect('mean', means, wide)
        expect('invstd', invstds, wide)
        n = counts.double()[:, None]
        total = n.sum()
        mean = (n * means.double()).sum(0) / total
        variances = invstds.double().pow(-2) - eps
        squares = (n * (variances + (means.double() - mean).square())).sum(0)
        if running_mean is not None:
            running_mean.copy_((1 - momentum) * running_mean.double() + momentum * mean)
            running_var.copy_((1 - momentum) * running_var.double() + momentum * squares / (total - 1))
        return mean.to(wide), self.inverse_deviation(squares / total, eps).to(wide)

    def batch_norm_elemt(self, x: Any, weight: Any, bias: Any, mean: Any, invstd: Any, eps: float) -> Any:
        """γ·(x − μ)·invstd + β in the type of x; ε is in invstd already."""
        y = (x.double() - self.column(mean, x)) * self.column(invstd, x)
        if weight is not None:
            y = y * self.column(weight, x)
        if bias is not None:
            y = y + self.column(bias, x)
        return y.to(x.dtype)

    def batch_norm_backward_reduce(
        self, dy: Any, x: Any, mean: Any, invstd: Any, weight: Any, *asked: bool
    ) -> tuple[Any, Any, Any, Any]:
        """Σdy, Σdy·(x − μ), dγ and dβ of one rank's own samples; what nobody asked for is undefined.

        :param asked: whether the gradients of x, γ and β are needed
        """
        dx_asked, dgamma_asked, dbeta_asked = asked
        sum_dy = self.rows(dy).sum(1)
        sum_dy_xmu = (self.rows(dy) * (self.rows(x) - mean.double()[:, None])).sum(1)
        return (
            sum_dy.to(mean.dtype) if dx_asked else None,
            sum_dy_xmu.to(mean.dtype) if dx_asked else None,
            (sum_dy_xmu * invstd.double()).to(weight.dtype) if dgamma_asked else None,
            sum_dy.to(weight.dtype) if dbeta_asked else None,
        )

    def batch_norm_backward_elemt(
        self, dy: Any, x: Any, mean: Any, invstd: Any, weight: Any, sum_dy: Any, sum_dy_xmu: Any, counts: Any
    ) -> Any:
        """γ·invstd·(dy − Σdy/T − (x − μ)·invstd²·Σdy·(x − μ)/T), the sums over all ranks, T = Σ counts."""
        expect('count', counts, self.torch.int32)
        total = counts.sum().double()
        projection = invstd.double().square() * sum_dy_xmu.double() / total
        dx = dy.double() - self.column(sum_dy.double() / total, x)
        dx = (dx - (x.double() - self.column(mean, x)) * self.column(projection, x)) * self.column(invstd, x)
        return (dx if weight is None else dx * self.column(weight, x)).to(x.dtype)

    def accumulating(self, dtype: Any) -> Any:
        """The type in which CUDA kernels accumulate."""
        return self.torch.float32 if dtype in self.narrow else dtype

    def inverse_deviation(self, variance: Any, eps: float) -> Any:
        return (variance + eps).rsqrt()

    def rows(self, x: Any) -> Any:
        """[C, n] in float64."""
        return x.double().movedim(1, 0).reshape(x.shape[1], -1)

    def column(self, vector: Any, x: Any) -> Any:
        """[C] in float64, to be broadcast over x."""
        return vector.double().reshape(1, -1, *(1,) * (x.dim() - 2))


def expect(name: str, tensor: Any, dtype: Any) -> None:
    """What ``packed_accessor_or_dummy`` asks of an operand (aten/src/ATen/native/cuda/Normalization.cuh)."""
    if tensor.dtype != dtype:
        raise RuntimeError(f'Expected {name} to have type {dtype} but got {tensor.dtype}')
