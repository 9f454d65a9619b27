"""Asks the readers of the protocol many damaged inputs: each is refused in the protocol's own words, or read.

Prints one JSON object per reader of frames, cases and files: inputs tried, refused, read, and the longest time for one
in milliseconds. Exit code 1 where a reader raised anything else.

    python3 hostile_inputs.py COUNT SEED FOLDER
"""

from __future__ import annotations

import copy
import io
import json
import random
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any, Callable

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from bn_protocol.cases import CaseError, decode_cases
from bn_protocol.frames import FrameError, pack_frame, read_frame
from bn_protocol.loop import read_seq
from bn_protocol.tensors import BFloat16, Value, place_of, tensor_at

TENSOR = {'dtype': 'float32', 'shape': [2, 1], 'offset': 0}
CASE = {
    'seq': 3,
    'at': 0,
    'layer': 'batchnorm1d',
    'config': {
        'numFeatures': 1,
        'eps': 1e-5,
        'momentum': 0.1,
        'affine': True,
        'statistics': 'tracked',
        'dtype': 'float32',
    },
    'initial': {'gamma': {'dtype': 'float32', 'shape': [1], 'offset': 8}},
    'ranks': [{'inputs': [TENSOR], 'grads': [{'dtype': 'bfloat16', 'shape': [2, 1], 'offset': 16}]}],
    'program': [
        {'op': 'forward', 'mode': 'train', 'input': 0},
        {'op': 'backward', 'of': 0, 'grad': 0},
        {'op': 'reload', 'by': 'copy'},
    ],
    'route': 'module',
    'layout': 'contiguous',
}
BATCH = [CASE, {'seq': 4, 'at': 8, 'config': CASE['config'], 'like': 0}]
PAYLOAD = bytes(range(40))
VALUES: list[Any] = [
    None, True, False, 0, -1, 0.5, 1e308, 10**400, -(2**63), 2**64, float('nan'), '', '__proto__', '../../x', '\0',
    '\ud800', 'x' * 5000, [], {}, [[]], [None],
    {'dtype': 'float32'}, [10**9, 10**9], [-1], 'object', 'O', '|O', 'float64', 'int64', 'bool',
]  # fmt: skip


def slots_of(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document: the list or map that holds it, and its index or name there."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else []
    return [slot for key in keys for slot in [(value, key), *slots_of(value[key])]]


def mutate(document: Any, draw: random.Random) -> Any:
    """The document with one to three places dropped, renamed, retyped or exchanged."""
    root = {'root': copy.deepcopy(document)}
    for _ in range(draw.randint(1, 3)):
        places = slots_of(root)
        if not places:
            break
        holder, key = draw.choice(places)
        other, name = draw.choice(places)
        kind = draw.randrange(4)
        if kind == 0:
            del holder[key]
        elif kind == 1:
            holder[key] = copy.deepcopy(draw.choice(VALUES))
        elif kind == 2:
            holder[key] = copy.deepcopy(other[name])
        elif isinstance(holder, dict):
            holder[draw.choice(['', 'constructor', 'file', 'offset', 'op'])] = holder.pop(key)
        else:
            holder.insert(key, copy.deepcopy(holder[key]))
    return root.get('root')


def mutate_bytes(data: bytes, draw: random.Random) -> bytes:
    """Bytes cut, flipped, put in, or set to the ends of their range."""
    for _ in range(draw.randint(1, 3)):
        place = draw.randrange(len(data) + 1)
        kind = draw.randrange(4)
        if kind == 0:
            data = data[:place]
        elif kind == 1:
            data = data[:place] + bytes([draw.randrange(256)]) + data[place + 1 :]
        elif kind == 2:
            word = draw.choice([b'\xff\xff\xff\xff', b'\0\0\0\0', b'[' * 5000, b'{"a":' * 5000, b"'|O'"])
            data = data[:place] + word + data[place:]
        else:
            data = data[:place] + data[place + draw.randint(1, 9) :]
    return data


def ask_frame(draw: random.Random) -> None:
    header = json.dumps(mutate({'type': 'run', 'batch': 1, 'cases': BATCH}, draw)).encode('utf-8', 'surrogatepass')
    valid = pack_frame(mutate_bytes(header, draw) if draw.random() < 0.5 else header, PAYLOAD)
    source = io.BytesIO(mutate_bytes(valid, draw) if draw.random() < 0.5 else valid)
    frame = read_frame(source)
    if frame is None or not isinstance(frame.header.get('cases'), list):
        return
    for raw in frame.header['cases']:
        read_seq(raw)


def ask_case(draw: random.Random) -> None:
    raw = mutate(BATCH, draw)
    answers = decode_cases(raw if isinstance(raw, list) else [raw], PAYLOAD)
    for asked in answers:
        if isinstance(asked, CaseError):
            raise asked
        if any(array_of(value).nbytes > len(PAYLOAD) for rank in asked.ranks for value in (*rank.inputs, *rank.grads)):
            raise AssertionError('a tensor that is larger than what was sent')


def array_of(value: Value) -> np.ndarray:
    return value.bits if isinstance(value, BFloat16) else value


def asker_of_files(folder: str) -> Callable[[random.Random], None]:
    path = Path(folder) / 'hostile.npy'
    stored = io.BytesIO()
    np.save(stored, np.arange(2, dtype='<f4').reshape(2, 1))
    pickled = io.BytesIO()
    np.save(pickled, np.array([{'x': 1}, None], dtype=object), allow_pickle=True)
    archive = io.BytesIO()
    np.savez(archive, x=np.zeros(2))
    originals = [stored.getvalue()] * 6 + [pickled.getvalue(), archive.getvalue()]

    def ask(draw: random.Random) -> None:
        original = draw.choice(originals)
        path.write_bytes(original if draw.random() < 0.1 else mutate_bytes(original, draw))
        array = array_of(tensor_at(place_of({'dtype': 'float32', 'shape': [2, 1], 'file': str(path)}), b'', 0))
        if array.dtype != np.dtype('<f4') or array.shape != (2, 1):
            raise AssertionError('another array than the header says')

    return ask


def survey(
    name: str, ask: Callable[[random.Random], None], refusals: tuple[type[Exception], ...], count: int, seed: int
) -> bool:
    """Whether a reader refused or read every input."""
    refused, worst, start = 0, 0.0, time.process_time()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for index in range(count):
        draw = random.Random(f'{seed} {index}')  # noqa: S311 - drawn again from its seed
        began = time.process_time()
        try:
            ask(draw)
        except refusals as error:
            refused += 1
            if not str(error):
                raise AssertionError(f'{name}, input {index}: an error without words') from error
        except Exception:
            traceback.print_exc()
            print(f'{name}: input {index} of seed {seed}', file=sys.stderr)
            return False
        worst = max(worst, 1000 * (time.process_time() - began))
    total = 1000 * (time.process_time() - start)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    counts = {'tried': count, 'refused': refused, 'read': count - refused}
    print(json.dumps({'parser': name, **counts, 'worstMs': worst, 'totalMs': total, 'grownMib': grown}))
    return True


def main() -> int:
    count, seed, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    sound = [
        survey('Python: frames', ask_frame, (FrameError,), count, seed),
        survey('Python: cases', ask_case, (CaseError,), count, seed),
        survey('Python: .npy files', asker_of_files(folder), (ValueError,), count, seed),
    ]
    return int(not all(sound))


if __name__ == '__main__':
    sys.exit(main())
