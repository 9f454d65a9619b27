"""The misbehaviours: the numbers are honest, the process or its stream is not."""

from __future__ import annotations

import os
import signal
import time

from bn_protocol.cases import Backward, CaseError
from bn_protocol.frames import pack_frame
from bn_protocol.loop import Asked, Session
from bn_protocol.streams import write_fully

TRIGGER_EPS = 1e-3
NOBODY_ASKED = 1_000_000_007


def is_trigger(asked: Asked) -> bool:
    """Only some cases are hit, so that the harness has a culprit to isolate and others that must go on."""
    if isinstance(asked, CaseError):
        return False
    return asked.config.eps == TRIGGER_EPS and any(isinstance(step, Backward) for step in asked.program)


class WrongSeq(Session):
    def answer(self, seq: int, asked: Asked) -> None:
        super().answer(seq + NOBODY_ASKED, asked)


class PrintsToStdout(Session):
    def answer(self, seq: int, asked: Asked) -> None:
        print('a line from Python', flush=True)
        os.write(1, b'a line through descriptor 1\n')
        super().answer(seq, asked)


class Triggered(Session):
    """Answers honestly but for the cases that trigger it."""

    def answer(self, seq: int, asked: Asked) -> None:
        if is_trigger(asked):
            self.misbehave(seq, asked)
        else:
            super().answer(seq, asked)

    def misbehave(self, seq: int, asked: Asked) -> None:
        raise NotImplementedError

    def honest_frame(self, seq: int, asked: Asked) -> bytes:
        return pack_frame(*self.ask(seq, asked))


class Hangs(Triggered):
    def misbehave(self, seq: int, asked: Asked) -> None:
        while True:
            time.sleep(3600)


class Dies(Triggered):
    def misbehave(self, seq: int, asked: Asked) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)


class TruncatedFrame(Triggered):
    def misbehave(self, seq: int, asked: Asked) -> None:
        frame = self.honest_frame(seq, asked)
        write_fully(self.sink, frame[: len(frame) // 2])
        os._exit(0)


class CorruptedFrame(Triggered):
    def misbehave(self, seq: int, asked: Asked) -> None:
        frame = bytearray(self.honest_frame(seq, asked))
        frame[-1] ^= 1
        write_fully(self.sink, bytes(frame))


class ExitsEarly(Triggered):
    def misbehave(self, seq: int, asked: Asked) -> None:
        os._exit(0)


CONDUCT: dict[str, type[Session]] = {
    'wrong-seq': WrongSeq,
    'hangs': Hangs,
    'dies': Dies,
    'prints-to-stdout': PrintsToStdout,
    'truncated-frame': TruncatedFrame,
    'corrupted-frame': CorruptedFrame,
    'exits-early': ExitsEarly,
}
