"""How often an adapter asks its framework about one case: a test starts it, for each adapter.

    python count_questions.py FOLDER CLASS

Prints the first value of the input of each layer that is made, as JSON: of a case that says nothing of threads, then
of one that does (BN-NUM-04).
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any, Callable

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bn_protocol.adapter import Adapter
from bn_protocol.cases import Backward, Case, Config, Forward, RankData

RUNNERS = Path(__file__).resolve().parents[1]
CONFIG = Config(3, 1e-5, 0.1, affine=True, statistics='tracked', dtype='float32')
PROGRAM = (Forward('train', 0, (0,)), Backward(0, 0))


def case(threads: int) -> Case:
    x = np.arange(12, dtype='float32').reshape(4, 3)
    return Case('batchnorm1d', CONFIG, {}, [RankData([x], [x])], PROGRAM, threads=threads)


def watched(make: Callable[..., Any], made: list[float]) -> Callable[..., Any]:
    def making(asked: Case, data: RankData) -> Any:
        made.append(float(data.inputs[0][0, 0]))
        return make(asked, data)

    return making


def main(folder: str, name: str) -> None:
    sys.path.insert(0, str(RUNNERS / folder))
    adapter: Adapter = getattr(importlib.import_module('adapter'), name)()
    adapter.load(1, 'cpu')
    made: list[float] = []
    maker = 'construct' if hasattr(adapter, 'construct') else 'layer'
    setattr(adapter, maker, watched(getattr(adapter, maker), made))
    for threads in (0, 1):
        adapter.observe(case(threads))
        print(json.dumps(made), flush=True)
        made.clear()


if __name__ == '__main__':
    main(*sys.argv[1:])
    os._exit(0)  # some frameworks hang in their destructors at interpreter exit
