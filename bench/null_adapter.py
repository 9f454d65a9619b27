"""A runner without a framework: it hands back what it is given, at once. What it takes to ask it is what the transport takes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'runners' / 'protocol'))

from bn_protocol.adapter import Adapter, Answer, Observed, RankObservation
from bn_protocol.cases import LAYERS, Backward, Case, Forward, RankData
from bn_protocol.loop import serve
from bn_protocol.machine import cpu_model, language, limit_threads


class NullAdapter(Adapter):
    """x for y, dy for dx, fresh state for every state."""

    def load(self, threads: int, device: str) -> None:
        limit_threads(threads)

    def identify(self) -> dict[str, Any]:
        return {
            'framework': 'null', 'version': '1.0', 'build': f'numpy {np.__version__}', 'language': language(), 'device': 'cpu',
            'cpu': {'model': cpu_model(), 'capability': 'unknown'}, 'threads': 1, 'layers': sorted(LAYERS), 'capabilities': [],
        }

    def observe(self, case: Case) -> Answer:
        return Observed([hand_back(case, data) for data in case.ranks])


def hand_back(case: Case, data: RankData) -> RankObservation:
    channels = case.config.num_features
    state = {'running_mean': np.zeros(channels, np.float32), 'running_var': np.ones(channels, np.float32), 'step_count': 0}
    steps: list[dict[str, Any]] = []
    for step in case.program:
        if isinstance(step, Forward):
            steps.append({'y': data.inputs[step.input], **state})
        elif isinstance(step, Backward):
            forward = case.program[step.of]
            given = {'dx': data.grads[forward.grads[step.nth]]} if isinstance(forward, Forward) else {}
            steps.append({**given, 'dgamma': state['running_mean'], 'dbeta': state['running_mean'], **state})
        else:
            steps.append(dict(state))
    return RankObservation(state, steps)


if __name__ == '__main__':
    serve(NullAdapter())
