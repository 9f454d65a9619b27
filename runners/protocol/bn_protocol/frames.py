"""Frames: ``u32 header length, u32 payload length, u32 CRC-32 of both``, little-endian; JSON header; raw payload."""

from __future__ import annotations

import json
import struct
import zlib
from typing import Any, BinaryIO, Dict, NamedTuple

MAX_HEADER_BYTES = 64 << 20
MAX_PAYLOAD_BYTES = 2 << 30

_PREFIX = struct.Struct('<III')

Header = Dict[str, Any]


class FrameError(Exception):
    """The other side broke the protocol; nothing after this byte can be trusted."""


class Frame(NamedTuple):
    header: Header
    payload: bytes


def pack_frame(header: bytes, payload: bytes) -> bytes:
    """One frame as bytes; the checksum runs over the header, then over the payload."""
    checksum = zlib.crc32(payload, zlib.crc32(header))
    return b''.join((_PREFIX.pack(len(header), len(payload), checksum), header, payload))


def read_frame(source: BinaryIO) -> Frame | None:
    """The next frame, or None at an end of file between two frames.

    :raises FrameError: a length over its limit, a wrong checksum, a cut frame, or a header that is no object
    """
    prefix = source.read(_PREFIX.size)
    if not prefix:
        return None
    if len(prefix) < _PREFIX.size:
        raise FrameError(f'end of file after {len(prefix)} of {_PREFIX.size} bytes of a frame prefix')
    header_length, payload_length, expected = _PREFIX.unpack(prefix)
    _check_limit('header', header_length, MAX_HEADER_BYTES)
    _check_limit('payload', payload_length, MAX_PAYLOAD_BYTES)
    header = _read_exactly(source, header_length, 'header')
    payload = _read_exactly(source, payload_length, 'payload')
    checksum = zlib.crc32(payload, zlib.crc32(header))
    if checksum != expected:
        raise FrameError(f'CRC-32 of header and payload is {checksum:08x}, the frame says {expected:08x}')
    return Frame(parse_header(header), payload)


def parse_header(raw: bytes) -> Header:
    """The header as an object.

    :raises FrameError: it is no UTF-8, no JSON, or no object
    """
    try:
        header = json.loads(raw.decode('utf-8'))
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError and JSONDecodeError are both ValueErrors
        raise FrameError(f'header is no UTF-8 JSON: {error}') from error
    if not isinstance(header, dict):
        raise FrameError(f'header is {type(header).__name__}, not an object')
    return header


def _check_limit(part: str, length: int, limit: int) -> None:
    if length > limit:
        raise FrameError(f'{part} of {length} bytes, the limit is {limit}')


def _read_exactly(source: BinaryIO, length: int, part: str) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise FrameError(f'end of file after {len(data)} of {length} bytes of a {part}')
    return data
