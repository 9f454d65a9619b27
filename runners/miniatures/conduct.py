"""The misbehaviours: the numbers are honest, the process or its stream is not."""

from __future__ import annotations

import os
import signal
import time

from bn_protocol.frames import pack_frame
from bn_protocol.loop import RawCase, Session
from bn_protocol.streams import write_fully

TRIGGER_EPS = 1e-3
NOBODY_ASKED = 1_000_000_007


def is_trigger(raw: RawCase) -> bool:
    """Only some cases are hit, so that the harness has a culprit to isolate and others that must go on."""
    return raw['config']['eps'] == TRIGGER_EPS and any(step['op'] == 'backward' for step in raw['program'])


class WrongSeq(Session):
    def answer(self, seq: int, raw: RawCase, payload: bytes) -> None:
        super().answer(seq + NOBODY_ASKED, raw, payload)


class PrintsToStdout(Session):
    def answer(self, seq: int, raw: RawCase, payload: bytes) -> None:
        print('a line from Python', flush=True)
        os.write(1, b'a line through descriptor 1\n')
        super().answer(seq, raw, payload)


class Triggered(Session):
    """Answers honestly but for the cases that trigger it."""

    def answer(self, seq: int, raw: RawCase, payload: bytes) -> None:
        if is_trigger(raw):
            self.misbehave(seq, raw, payload)
        else:
            super().answer(seq, raw, payload)

    def misbehave(self, seq: int, raw: RawCase, payload: bytes) -> None:
        raise NotImplementedError

    def honest_frame(self, seq: int, raw: RawCase, payload: bytes) -> bytes:
        return pack_frame(*self.ask(seq, raw, payload))


class Hangs(Triggered):
    def misbehave(self, seq: int, raw: RawCase, payload: bytes) -> None:
        while True:
            time.sleep(3600)


class Dies(Triggered):
    def misbehave(self, seq: int, raw: RawCase, payload: bytes) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)


class TruncatedFrame(Triggered):
    def misbehave(self, seq: int, raw: RawCase, payload: bytes) -> None:
        frame = self.honest_frame(seq, raw, payload)
        write_fully(self.sink, frame[: len(frame) // 2])
        os._exit(0)


class CorruptedFrame(Triggered):
    def misbehave(self, seq: int, raw: RawCase, payload: bytes) -> None:
        frame = bytearray(self.honest_frame(seq, raw, payload))
        frame[-1] ^= 1
        write_fully(self.sink, bytes(frame))


class ExitsEarly(Triggered):
    def misbehave(self, seq: int, raw: RawCase, payload: bytes) -> None:
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
