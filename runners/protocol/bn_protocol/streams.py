"""The private descriptors of the protocol.

The protocol owns its stream. What a framework, its C++ side or its child processes print would break the frames, so
descriptor 1 becomes a second name of descriptor 2, and descriptor 0 is empty; both before the framework is imported.
"""

from __future__ import annotations

import os
from typing import BinaryIO

_READ_BUFFER_BYTES = 1 << 18


def take_source() -> BinaryIO:
    """Move descriptor 0 to a private one, so that nobody else consumes frames."""
    source = os.dup(0)  # not inheritable: a child process cannot keep the pipe open
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)
    return os.fdopen(source, 'rb', _READ_BUFFER_BYTES)


def take_sink() -> int:
    """Move descriptor 1 to a private one and point 1 at 2."""
    sink = os.dup(1)
    os.dup2(2, 1)
    return sink


def write_fully(descriptor: int, data: bytes) -> None:
    """Write all of data; a pipe takes a large frame in several bites."""
    written = os.write(descriptor, data)
    if written < len(data):
        rest = memoryview(data)
        while written < len(data):
            written += os.write(descriptor, rest[written:])
