"""The floors under the harness: the same cases, already in memory, in one process and without the protocol.

    bare_loop.py ADAPTER BY_HAND CASES

``CASES`` holds run frames. Each command is one line on stdin, each answer one JSON line on stdout:

* ``compare FROM TO``: how many cases these are, after a look that both ways see the same bits in each
* ``adapter FROM TO``: seconds that ``adapter.observe`` takes over the cases from FROM, below TO
* ``by-hand FROM TO``: the same of the script that makes the same framework calls itself
"""

from __future__ import annotations

import gc
import importlib.util
import inspect
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Callable, Mapping, Sequence

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'runners' / 'protocol'))

from bn_protocol.adapter import Adapter, Observed
from bn_protocol.cases import Case, CaseError, decode_cases
from bn_protocol.frames import read_frame
from bn_protocol.streams import take_sink, take_source, write_fully
from bn_protocol.tensors import BFloat16


def read_module(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f'{path} is no Python file')
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(path.parent))  # a module beside it, as when it is run as a script
    spec.loader.exec_module(module)
    return module


def read_adapter(path: Path) -> Adapter:
    members = vars(read_module(path)).values()
    [adapter] = [one for one in members if inspect.isclass(one) and issubclass(one, Adapter) and one is not Adapter]
    return adapter()


def read_cases(path: Path) -> list[Case]:
    cases: list[Case] = []
    with path.open('rb') as source:
        frame = read_frame(source)
        while frame is not None:
            cases.extend(map(required, decode_cases(frame.header['cases'], frame.payload)))
            frame = read_frame(source)
    return cases


def required(case: Case | CaseError) -> Case:
    if isinstance(case, CaseError):
        raise case
    return case


def seconds_of(observe: Callable[[Case], Any], cases: Sequence[Case]) -> float:
    gc.collect()  # what the other pass left is not this one's to clear
    began = time.perf_counter()
    for case in cases:
        observe(case)
    return time.perf_counter() - began


def compare(adapter: Adapter, by_hand: Callable[[Case], Sequence[Mapping[str, Any]]], cases: Sequence[Case]) -> int:
    """:raises ValueError: the script does not do what the adapter does, so that their times say nothing"""
    for number, case in enumerate(cases):
        answer = adapter.observe(case)
        if not isinstance(answer, Observed):
            raise ValueError(f'case {number} is not supported: {answer.reason}')
        construct, steps = answer.ranks[0]
        seen, own = [printable(one) for one in (construct, *steps)], [printable(one) for one in by_hand(case)]
        if seen != own:
            raise ValueError(f'case {number}, {case}: the adapter sees\n{seen}\nthe script\n{own}')
    return len(cases)


def printable(observation: Mapping[str, Any]) -> dict[str, Any]:
    """What two observations must have in common, in a form that compares; how a result lies in memory the adapter alone looks at."""
    return {name: printable_value(value) for name, value in observation.items()}


def printable_value(value: Any) -> Any:
    bits = value.bits if isinstance(value, BFloat16) else value
    if isinstance(bits, np.ndarray):
        return str(bits.dtype), bits.shape, bits.tobytes().hex()
    return bits


def serve(adapter_file: str, by_hand_file: str, cases_file: str) -> None:
    sink, source = take_sink(), take_source()  # what a framework prints must not reach the answers
    adapter = read_adapter(Path(adapter_file))
    adapter.load(1, 'cpu')
    by_hand = read_module(Path(by_hand_file)).observe
    cases = read_cases(Path(cases_file))
    gc.freeze()  # as in the runner's own loop
    commands: dict[str, Callable[[Sequence[Case]], float]] = {
        'compare': lambda some: compare(adapter, by_hand, some),
        'adapter': lambda some: seconds_of(adapter.observe, some),
        'by-hand': lambda some: seconds_of(by_hand, some),
    }
    for line in source:
        command, *limits = line.decode().split()
        answer = commands[command](cases[slice(*map(int, limits))])
        write_fully(sink, f'{json.dumps(answer)}\n'.encode())
    sys.stderr.flush()
    os._exit(0)  # some frameworks hang in their destructors


if __name__ == '__main__':
    serve(*sys.argv[1:])
