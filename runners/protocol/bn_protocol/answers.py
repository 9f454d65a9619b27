"""Answers as result frames. Headers are filled into templates: json.dumps would cost as much as the rest together."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from bn_protocol.adapter import Observation, Observed, RankObservation, Unsupported
from bn_protocol.exchange import SMALLEST_FILE_BYTES, Exchange
from bn_protocol.tensors import ALIGNMENT_BYTES, BFLOAT16, PADDING, BFloat16, Filed, Places, dtype_name


def encode_observed(
    seq: int, answer: Observed, duration_us: float, exchange: Exchange | None = None
) -> tuple[bytes, bytes]:
    """Header and payload of an observed result. Large arrays leave the answer for files of the exchange."""
    shape, values, chunks = _shape_of(answer, exchange)
    template = _templates.get(shape)
    if template is None:
        if len(_templates) >= MOST_TEMPLATES:
            _templates.clear()
        template = _templates[shape] = _write_template(answer)
    return (template % (seq, duration_us, *values)).encode(), b''.join(chunks)


#: what the answers of a suite look like repeats: names, types and shapes, so offsets too
_templates: dict[tuple[Any, ...], str] = {}
MOST_TEMPLATES = 4096
_COUNT = '%d'
_TEXT = '%s'


def _shape_of(answer: Observed, exchange: Exchange | None) -> tuple[tuple[Any, ...], list[Any], list[Any]]:
    """What the header's form depends on, then what it is filled with, and the parts of the payload."""
    shape: list[Any] = []
    values: list[Any] = []
    chunks: list[Any] = []
    for rank in answer.ranks:
        for seen in (rank.construct, *rank.steps):
            for name, value in seen.items():
                shape.append(name)
                if name in _WRITTEN:
                    values.append(value if name == 'step_count' else _text(name, value))
                    continue
                array = value
                if type(value) is BFloat16:
                    array = value.bits
                    shape.append(BFLOAT16)
                shape.append(array.dtype)
                shape.append(array.shape)
                size = array.nbytes
                if size >= SMALLEST_FILE_BYTES and exchange is not None:
                    path = exchange.put(array)
                    shape.append(path is None)
                    if path is not None:
                        seen[name] = Filed(dtype_name(value), value.shape)
                        values.append(json.dumps(path))
                        continue
                chunks.append(array.tobytes())
                if size % ALIGNMENT_BYTES:
                    chunks.append(PADDING[size % ALIGNMENT_BYTES])
            shape.append(None)  # the end of a step
        shape.append(len(rank.steps))
    return tuple(shape), values, chunks


def _text(name: str, value: Any) -> str:
    return _order(tuple(value.items())) if name == 'order' else json.dumps(value)


@lru_cache(maxsize=None)  # there are few, and nearly every step has one
def _order(orders: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    return json.dumps(dict(orders))


_WRITTEN = frozenset({'step_count', 'error', 'described', 'changed', 'order', 'unrepeated'})


def _write_template(answer: Observed) -> str:
    places = Places()
    ranks = ','.join([_rank(rank, places) for rank in answer.ranks])
    return f'{{"type":"result","seq":%d,"outcome":"observed","durationUs":%.1f,"ranks":[{ranks}]}}'


def encode_unsupported(seq: int, answer: Unsupported) -> bytes:
    probe = {'call': answer.call, 'error': answer.error}
    return compact({
        'type': 'result', 'seq': seq, 'outcome': 'unsupported',
        'reason': answer.reason, 'source': answer.source, 'probe': probe,
    })


def encode_failed(seq: int, error: dict[str, str]) -> bytes:
    return compact({'type': 'result', 'seq': seq, 'outcome': 'failed', 'error': error})


def compact(message: object) -> bytes:
    return json.dumps(message, separators=(',', ':')).encode()


def _rank(rank: RankObservation, places: Places) -> str:
    construct, *steps = [_observation(seen, places) for seen in (rank.construct, *rank.steps)]
    return f'{{"construct":{construct},"steps":[{",".join(steps)}]}}'


def _observation(seen: Observation, places: Places) -> str:
    fields = []
    for name, value in seen.items():
        text = (_COUNT if name == 'step_count' else _TEXT) if name in _WRITTEN else places.add(value)
        fields.append(f'"{name}":{text}')
    return f'{{{",".join(fields)}}}'
