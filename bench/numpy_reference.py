"""The formulas of reference and bounds as one writes them with NumPy, in float64: what the reference is timed against.

    numpy_reference.py X DY N C SPATIAL…

Each line on stdin is one pass, answered by its seconds and by sums of what it computed. It leaves out the terms of products that
may be flushed to zero, compensated sums, and the look for exact data: less work than the reference does.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np

EPS, MOMENTUM, SAFETY = 1e-5, 0.1, 2.0
U = 2.0**-24


def compute(x: np.ndarray, dy: np.ndarray) -> dict[str, np.ndarray]:
    axes = (0, *range(2, x.ndim))
    channels = x.shape[1]
    n = x.size // channels

    def wide(values: np.ndarray) -> np.ndarray:
        return values.reshape(1, channels, *[1] * (x.ndim - 2))

    gamma, beta = np.ones(channels), np.zeros(channels)
    mean = x.mean(axes)
    centred = x - wide(mean)
    variance = (centred * centred).mean(axes)
    s = np.sqrt(variance + EPS)
    normalised = centred / wide(s)
    y = wide(gamma) * normalised + wide(beta)
    running = MOMENTUM * mean, (1 - MOMENTUM) + MOMENTUM * variance * n / (n - 1)
    dbeta, dgamma = dy.sum(axes), (dy * normalised).sum(axes)
    dx = wide(gamma / s) * (dy - wide(dbeta / n) - normalised * wide(dgamma / n))
    result = {'y value': y, 'dx value': dx, 'running': np.stack(running)}
    size, z, upstream, height = np.abs(x), np.abs(normalised), np.abs(dy), np.abs(y)
    mean_abs = size.mean(axes)
    d1, d2 = upstream.sum(axes) / n, (upstream * z).sum(axes) / n
    for name, terms in (('stable', np.log2(n) + 8), ('naive', max(n, np.log2(n) + 8))):
        of_mean = U * ((terms + 1) * mean_abs + np.abs(mean))
        of_variance = U * (terms + 4) * variance + of_mean**2
        if name == 'naive':
            of_variance = of_variance + U * (n + 1.5) / np.sqrt(3) * np.abs(mean) * np.sqrt(variance)
        of_s = of_variance / (s * s) / 2 + 3 * U
        of_x = (wide(of_mean) + U * (3 * wide(np.abs(mean)) + 2 * size)) / wide(s) + z * wide(of_s + 2 * U)
        result[f'y {name}'] = SAFETY * (wide(gamma) * of_x + 2 * U * wide(np.abs(beta)) + U * height)
        d3 = (upstream * of_x).sum(axes) / n
        whole = upstream + wide(d1) + z * wide(d2)
        arithmetic = U * (4 * upstream + (terms + 3) * wide(d1) + (terms + 6) * z * wide(d2))
        arithmetic = arithmetic + of_x * wide(d2) + z * wide(d3) + wide(of_s) * whole
        result[f'dx {name}'] = SAFETY * wide(gamma / s) * arithmetic
        result[f'dbeta {name}'] = SAFETY * U * (terms + 1) * d1 * n
        result[f'dgamma {name}'] = SAFETY * (U * (terms + 4) * d2 + d3) * n
    return result


def serve(x_file: str, dy_file: str, *extents: str) -> None:
    shape = tuple(map(int, extents))
    x, dy = (np.fromfile(path).reshape(shape) for path in (x_file, dy_file))
    for _ in sys.stdin:
        began = time.perf_counter()
        result = compute(x, dy)
        seconds = time.perf_counter() - began
        sums = {name: float(np.abs(values).sum()) for name, values in result.items()}
        print(json.dumps({'seconds': seconds, 'sums': sums}), flush=True)


if __name__ == '__main__':
    serve(*sys.argv[1:])
