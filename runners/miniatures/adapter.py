"""Miniatures: one small Batch Normalization that can lie in exactly one way, to test the harness."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from bn_protocol.adapter import Adapter, AdapterFault, Answer, Observed, observe_rank
from bn_protocol.cases import Case
from bn_protocol.loop import Session, serve
from bn_protocol.machine import cpu_model, described_layers, language, limit_threads
from bn_protocol.probes import Probe, Probes
from bn_protocol.repetition import observe_again
from bn_protocol.tensors import BFLOAT16, dtype_name
from conduct import CONDUCT
from lies import JOINT, layer_named

VERSION = '1.0'
HONEST = 'honest'
NO_BFLOAT16 = Probe(
    'no bfloat16: numpy has no such type',
    'NumPy reference, scalars: sized floating-point types',
    f'numpy.dtype({BFLOAT16!r})',
)


class MiniatureAdapter(Adapter):
    def __init__(self, lie: str = HONEST) -> None:
        self.lie = lie
        self.layer = layer_named(HONEST if lie in CONDUCT else lie)

    def load(self, threads: int, device: str) -> None:
        if device != 'cpu':
            raise AdapterFault(f'this adapter speaks for the cpu only, not for {device!r}')
        limit_threads(threads)
        self.probes = Probes({'numpy': np})

    def identify(self) -> dict[str, Any]:
        return {
            'framework': 'miniature',
            'version': VERSION,
            'build': f'lie {self.lie}, numpy {np.__version__}',
            'language': language(),
            'device': 'cpu',
            'cpu': {'model': cpu_model(), 'capability': 'unknown'},
            'threads': 1,
            'layers': described_layers(__file__),
            'capabilities': [{'name': f'dtype={BFLOAT16}', 'offered': False, 'reason': NO_BFLOAT16.reason}],
        }

    def observe(self, case: Case) -> Answer:
        types = {dtype_name(x) for rank in case.ranks for x in (*rank.inputs, *rank.grads)}
        if BFLOAT16 in types or case.config.dtype == BFLOAT16:
            return self.probes.unsupported(NO_BFLOAT16)
        with np.errstate(all='ignore'):  # NaN and infinity are answers, not warnings
            observe = observe_again if case.threads and len(case.ranks) == 1 else observe_rank
            return Observed([observe(case, rank, self.layer) for rank in case.ranks])


def known_lie(name: str) -> str:
    if name not in CONDUCT:
        try:
            layer_named(name)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f'{error}; or a misbehaviour: {", ".join(CONDUCT)}') from error
    return name


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    what = f'a lie, or a pair of two numeric ones as a{JOINT}b'
    parser.add_argument('--lie', default=HONEST, type=known_lie, metavar='NAME', help=what)
    lie = parser.parse_args().lie
    serve(MiniatureAdapter(lie), CONDUCT.get(lie, Session))


if __name__ == '__main__':
    main()
