"""Answers as result frames. The header is written by hand: json.dumps alone would cost as much as the rest together."""

from __future__ import annotations

import json

from bn_protocol.adapter import Observation, Observed, RankObservation, Unsupported
from bn_protocol.tensors import Payload


def encode_observed(seq: int, answer: Observed, duration_us: float) -> tuple[bytes, bytes]:
    """Header and payload of an observed result."""
    payload = Payload()
    ranks = ','.join([_rank(rank, payload) for rank in answer.ranks])
    head = f'{{"type":"result","seq":{seq},"outcome":"observed","durationUs":{duration_us:.1f},"ranks":[{ranks}]}}'
    return head.encode(), payload.to_bytes()


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


def _rank(rank: RankObservation, payload: Payload) -> str:
    steps = ','.join([_observation(step, payload) for step in rank.steps])
    return f'{{"construct":{_observation(rank.construct, payload)},"steps":[{steps}]}}'


def _observation(seen: Observation, payload: Payload) -> str:
    fields = []
    for name, value in seen.items():
        if name == 'step_count':
            text = str(value)
        elif name in ('error', 'described'):
            text = json.dumps(value)
        elif name == 'changed':
            text = json.dumps(list(value))
        else:
            text = payload.add(value)
        fields.append(f'"{name}":{text}')
    return f'{{{",".join(fields)}}}'
