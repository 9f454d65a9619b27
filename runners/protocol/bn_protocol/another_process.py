"""Cases for a second process of the same adapter, since a process says once how it launches kernels, and on what."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Callable, Mapping, Sequence, Union

from bn_protocol.adapter import AdapterFault, Answer, Observed
from bn_protocol.cases import Case
from bn_protocol.parent import end_with_parent

#: how often an error may come back after it was read
MOST_ECHOES = 8

#: an answer and whether the process may be asked again, or the text of its failure
Reply = Union['tuple[Answer, bool]', str]


class AnotherProcess:
    """The runner's end. The process starts with the first case, in the runner's process group, and ends with it."""

    def __init__(self, script: str, words: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """
        :param words: arguments of the script; the descriptor of its end of the stream follows them
        :param environment: variables that it has besides those of the runner
        """
        self.script = script
        self.words = tuple(words)
        self.environment = {**os.environ, **(environment or {})}
        self.connection: Connection | None = None

    def observe(self, case: Case) -> Answer:
        """:raises AdapterFault: the process failed, and not the framework"""
        if self.connection is None:
            self.connection = self.start()
        try:
            self.connection.send(case)
            reply: Reply = self.connection.recv()
        except (EOFError, OSError) as error:
            self.leave()
            raise AdapterFault(f'the second process has gone: {error!r}') from error
        if isinstance(reply, str):
            raise AdapterFault(reply)
        answer, goes_on = reply
        if not goes_on:
            self.leave()
        return answer

    def start(self) -> Connection:
        ours, theirs = socket.socketpair()
        end = theirs.fileno()
        command = [sys.executable, self.script, *self.words, str(end)]
        subprocess.Popen(  # noqa: S603 - our own script
            command, stdin=subprocess.DEVNULL, pass_fds=[end], env=self.environment
        )
        theirs.close()
        return Connection(ours.detach())

    def leave(self) -> None:
        """The process leaves at the end of its stream; the next case starts another."""
        if self.connection is not None:
            self.connection.close()
        self.connection = None


def answer_cases(end: int, observe: Callable[[Case], Observed], attempt: Callable[[], None]) -> None:
    """Serve the other end until the runner has gone.

    :param attempt: an operation that is right, and is read
    """
    end_with_parent()
    connection = Connection(end)
    try:
        while True:
            connection.send(reply_to(connection.recv(), observe, attempt))
    except (EOFError, OSError):
        os._exit(0)


def reply_to(case: Case, observe: Callable[[Case], Observed], attempt: Callable[[], None]) -> Reply:
    try:
        answer = observe(case)
    except Exception as error:
        traceback.print_exc()
        return f'{type(error).__name__}: {error}'
    failed = any('error' in step for rank in answer.ranks for step in (rank.construct, *rank.steps))
    return answer, not failed or is_settled(attempt)


def is_settled(attempt: Callable[[], None]) -> bool:
    """True once two results in a row are read: an error of an earlier operation can come back at a later one."""
    right = 0
    for _ in range(MOST_ECHOES):
        try:
            attempt()
        except Exception:
            right = 0
            continue
        right += 1
        if right == 2:
            return True
    return False
