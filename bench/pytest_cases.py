"""The same cases as people check a layer: one parametrised pytest each, expected values by NumPy, compared with assert_allclose.

    pytest_cases.py BY_HAND CASES

``CASES`` holds run frames. Lines on stdin, each answered by one JSON line:

* ``choose COUNT``: positions of so many cases that pass, evenly spread, so that no time goes into messages of failed ones
* ``run``: seconds that pytest takes over them, junit.xml included
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Sequence

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bare_loop import read_cases, read_module
from bn_protocol.cases import Backward, Case, Forward
from bn_protocol.streams import take_sink, take_source, write_fully

TOLERANCE = {'float32': 1e-4, 'float64': 1e-8, 'float16': 2e-2}

#: what the collected module reads: pytest is given no other way to it
CHOSEN: list[Case] = []
BY_HAND: list[Any] = []


def expected(case: Case) -> list[dict[str, np.ndarray]]:
    """One entry per step: the textbook formulas in float64."""
    config = case.config
    inputs, upstream = case.ranks[0]
    initial = {name: np.asarray(value, np.float64) for name, value in case.initial.items()}
    gamma = initial.get('gamma', np.ones(config.num_features))
    beta = initial.get('beta', np.zeros(config.num_features))
    mean = initial.get('running_mean', np.zeros(config.num_features))
    variance = initial.get('running_var', np.ones(config.num_features))
    tapes: dict[int, Any] = {}
    moved, steps = 0, []
    for position, step in enumerate(case.program):
        if isinstance(step, Forward):
            x = np.asarray(inputs[step.input], np.float64)
            axes, wide = (0, *range(2, x.ndim)), (1, -1, *[1] * (x.ndim - 2))
            trains = config.statistics in ('untracked', 'batch') or (config.statistics == 'tracked' and step.mode != 'eval')
            mu, sigma2 = (x.mean(axes), x.var(axes)) if trains else (mean, variance)
            s = np.sqrt(sigma2 + config.eps)
            normalised = (x - mu.reshape(wide)) / s.reshape(wide)
            tapes[position] = normalised, s, axes, wide, trains
            if trains and config.statistics != 'untracked':
                moved += 1
                m = 1 / moved if config.momentum is None else config.momentum
                n = x.size / config.num_features
                mean = (1 - m) * mean + m * mu
                variance = (1 - m) * variance + m * sigma2 * n / (n - 1)
            seen = {'y': gamma.reshape(wide) * normalised + beta.reshape(wide)}
        elif isinstance(step, Backward):
            forward = case.program[step.of]
            dy = np.asarray(upstream[forward.grads[step.nth]], np.float64)  # type: ignore[union-attr]
            normalised, s, axes, wide, trains = tapes[step.of]
            dgamma, dbeta = (dy * normalised).sum(axes), dy.sum(axes)
            dx = dy
            if trains:
                n = dy.size / config.num_features
                dx = dy - (dbeta / n).reshape(wide) - normalised * (dgamma / n).reshape(wide)
            seen = {'dx': (gamma / s).reshape(wide) * dx, 'dgamma': dgamma, 'dbeta': dbeta}
        steps.append({**seen, 'running_mean': mean, 'running_var': variance})
    return steps


def check(case: Case) -> None:
    seen = BY_HAND[0](case)[1:]
    wanted = expected(case)
    assert len(seen) == len(wanted)
    for got, want in zip(seen, wanted):
        for name, value in want.items():
            if name in got:
                assert got[name].shape == value.shape
                np.testing.assert_allclose(got[name], value, rtol=TOLERANCE[case.config.dtype], atol=TOLERANCE[case.config.dtype])


def pytest_generate_tests(metafunc: Any) -> None:
    metafunc.parametrize('case', CHOSEN, ids=[f'{one.layer}-{number}' for number, one in enumerate(CHOSEN)])


def test_case(case: Case) -> None:
    check(case)


def passes(case: Case) -> bool:
    try:
        check(case)
    except Exception:
        return False
    return True


def seconds_of(cases: Sequence[Case], module: Any) -> float:
    module.CHOSEN[:] = cases
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        code = pytest.main(['-q', '-p', 'no:cacheprovider', '--rootdir', folder, f'--junitxml={folder}/junit.xml', __file__])
        seconds = time.perf_counter() - began
    if code != 0:
        raise RuntimeError(f'pytest left with {code}')
    return seconds


def serve(by_hand_file: str, cases_file: str) -> None:
    sink, source = take_sink(), take_source()
    module = importlib.import_module('pytest_cases')  # the one that pytest will collect
    module.BY_HAND.append(read_module(Path(by_hand_file)).observe)
    cases = read_cases(Path(cases_file))
    kept: list[int] = []
    for line in source:
        command, *words = line.decode().split()
        if command == 'choose':
            passing = [number for number, case in enumerate(cases) if module.passes(case)]
            count = min(int(words[0]), len(passing))
            kept = [passing[place * len(passing) // count] for place in range(count)]
            answer: Any = kept
        else:
            answer = seconds_of([cases[number] for number in kept], module)
        write_fully(sink, f'{json.dumps(answer)}\n'.encode())
    sys.stderr.flush()
    os._exit(0)


if __name__ == '__main__':
    serve(*sys.argv[1:])
