"""The private descriptors of the protocol.

The protocol owns its stream. What a framework, its C++ side or its child processes print would break the frames, so
descriptor 1 becomes a second name of descriptor 2, and descriptor 0 is empty; both before the framework is imported.
"""

from __future__ import annotations

import os
import socket
import stat
from typing import BinaryIO

_READ_BUFFER_BYTES = 1 << 18
#: What may wait in the stream while the harness judges a case that takes it long; the system may grant less
_WAITING_BYTES = 1 << 20


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
    _let_wait(sink)
    return sink


def _let_wait(sink: int) -> None:
    """Give a socket more room: the framework stands still while an answer does not fit in."""
    if not stat.S_ISSOCK(os.fstat(sink).st_mode):
        return  # a pipe or a file, under another harness
    with socket.socket(fileno=os.dup(sink)) as stream:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _WAITING_BYTES)


def write_fully(descriptor: int, data: bytes) -> None:
    """Write all of data; a pipe takes a large frame in several bites."""
    written = os.write(descriptor, data)
    if written < len(data):
        rest = memoryview(data)
        while written < len(data):
            written += os.write(descriptor, rest[written:])
