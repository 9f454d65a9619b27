"""Whether a backward pass can be differentiated once more; a second process asks, since the framework may end it."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Mapping

from bn_protocol.adapter import AdapterFault
from bn_protocol.cases import Case, twice_differentiated
from bn_protocol.probes import Experiment, Probe

SCRIPT = Path(__file__).resolve().parent / 'evidence' / 'double_backward.py'
#: the harness gives a case 60 s
LIMIT_S = 50
#: shapes of the layers that it takes for the ranks 2 and 3, and for 4 and 5
SMALL, LARGE = '5x3', '2x3x2x3'


def call_of(shape: str) -> str:
    return f'runners/mindspore/evidence/double_backward.py {shape} train'


def probe_of(shape: str) -> Probe:
    return Probe(
        'no differentiated backward pass: the kernel answers the same call differently, refuses it or ends the process',
        'mindspore/ops/kernel/cpu/native/batch_norm_grad_grad_cpu_kernel.cc: reserve_space_1, reserve_space_2',
        call_of(shape),
    )


def doubts_of_second_order(case: Case) -> list[Probe]:
    if not twice_differentiated(case):
        return []
    return [probe_of(SMALL if len(case.ranks[0].inputs[0].shape) < len(LARGE.split('x')) else LARGE)]


def second_order_experiments() -> dict[str, Experiment]:
    return {call_of(shape): partial(refusal_of, shape) for shape in (SMALL, LARGE)}


def refusal_of(shape: str) -> Mapping[str, str] | None:
    """What a process showed that was asked the same many times; None where it gave one answer.

    :raises AdapterFault: the process did not answer in time
    """
    try:
        command = [sys.executable, str(SCRIPT), shape, 'train']
        ended = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)  # noqa: S603 - our own script
    except subprocess.TimeoutExpired as error:
        raise AdapterFault(f'{SCRIPT.name} did not end in {LIMIT_S} s') from error
    if ended.returncode == 0:
        return None
    if ended.returncode < 0:
        return {'class': 'Signal', 'message': f'the process was ended by signal {-ended.returncode}'}
    said = ended.stdout.decode(errors='replace').strip()
    if not said:
        told = ended.stderr.decode(errors='replace')[-600:]
        raise AdapterFault(f'{SCRIPT.name} ended with {ended.returncode}: {told}')
    return {'class': 'Unsteady', 'message': said}
