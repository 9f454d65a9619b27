"""Asynchronous cases: a second process, since a process says before its first tensor how its kernels are launched."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Callable, Union

from bn_protocol.adapter import AdapterFault, Answer, Observed
from bn_protocol.cases import Case

FLAG = '--asynchronous'
#: how often an error may come back after it was read
MOST_ECHOES = 8

#: an answer and whether the process may be asked again, or the text of its failure
Reply = Union['tuple[Answer, bool]', str]


class AsynchronousProcess:
    """The runner's end. The process starts with the first case, in the runner's process group, and ends with it."""

    def __init__(self, script: str, threads: int) -> None:
        self.script = script
        self.threads = threads
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
            raise AdapterFault(f'the asynchronous process has gone: {error!r}') from error
        if isinstance(reply, str):
            raise AdapterFault(reply)
        answer, goes_on = reply
        if not goes_on:
            self.leave()
        return answer

    def start(self) -> Connection:
        ours, theirs = socket.socketpair()
        end = theirs.fileno()
        command = [sys.executable, self.script, FLAG, str(end), str(self.threads)]
        subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[end])  # noqa: S603 - our own script
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
