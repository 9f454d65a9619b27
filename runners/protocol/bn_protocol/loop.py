"""The runner's side of a conversation: start → started, run → one result per case, stop."""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from typing import Any, BinaryIO, Callable, Mapping, NamedTuple, Union

from bn_protocol.adapter import Adapter, AdapterFault, Answer, Observed, describe
from bn_protocol.answers import compact, encode_failed, encode_observed, encode_unsupported
from bn_protocol.cases import Case, CaseError, decode_cases
from bn_protocol.exchange import Exchange
from bn_protocol.frames import Frame, FrameError, pack_frame, read_frame
from bn_protocol.parent import end_with_parent
from bn_protocol.streams import take_sink, take_source, write_fully

PROTOCOL_VERSION = 1
SCHEMA_VERSION = 1
EXIT_BROKEN = 2

#: Answers in one write, and how long the first of them may wait for the others
MOST_WAITING = 32
LONGEST_WAIT_S = 0.05

Asked = Union[Case, CaseError]


class Failed(NamedTuple):
    """The runner, not the framework, failed on a case."""

    error: dict[str, str]


class Session:
    """One conversation over a private pair of streams."""

    def __init__(self, adapter: Adapter, source: BinaryIO, sink: int) -> None:
        self.adapter = adapter
        self.source = source
        self.sink = sink
        self.loaded = False
        self.exchange: Exchange | None = None
        self.waiting: list[tuple[int, Answer | Failed, float]] = []
        self.flushed = 0.0

    def run(self) -> None:
        """Serve until stop or the end of the input.

        :raises FrameError: the harness broke the protocol
        """
        while True:
            frame = read_frame(self.source)
            if frame is None or not self.handle(frame):
                return

    def handle(self, frame: Frame) -> bool:
        """Act on one message; False ends the conversation."""
        kind = frame.header.get('type')
        if kind == 'stop':
            return False
        if kind == 'start':
            self.start(frame.header)
        elif kind == 'run' and self.loaded:
            self.run_batch(frame)
        else:
            raise FrameError(f'unexpected message of type {kind!r}' + ('' if self.loaded else ' before start'))
        return True

    def start(self, header: Mapping[str, Any]) -> None:
        threads, device, folder = header.get('threads'), header.get('device'), header.get('exchange')
        if type(threads) is not int or type(device) is not str or not isinstance(folder, (str, type(None))):
            raise FrameError(f'start message with threads {threads!r}, device {device!r} and exchange {folder!r}')
        self.exchange = None if folder is None else Exchange(folder)
        self.adapter.load(threads, device)
        identity = self.adapter.identify()
        gc.freeze()  # what the import left is never garbage; scanning it again would cost each case
        versions = {'type': 'started', 'protocolVersion': PROTOCOL_VERSION, 'schemaVersion': SCHEMA_VERSION}
        self.send(compact({**versions, **identity, 'readsFiles': True}), b'')
        self.loaded = True

    def run_batch(self, frame: Frame) -> None:
        cases = frame.header.get('cases')
        if not isinstance(cases, list):
            raise FrameError('run message without a list of cases')
        seqs = [read_seq(raw) for raw in cases]
        for seq, asked in zip(seqs, decode_cases(cases, frame.payload)):
            self.answer(seq, asked)
        self.flush()

    def answer(self, seq: int, asked: Asked) -> None:
        """Answers of quick cases wait for each other, for 50 ms at most; that of a slow case goes at once.

        Encoding several in a row takes half the time: a framework call drives this loop out of the processor's caches.
        And the harness is woken less often: it shares its processor with the framework's own threads.
        """
        self.waiting.append((seq, *self.observe(asked)))
        if len(self.waiting) == MOST_WAITING or time.perf_counter() - self.flushed > LONGEST_WAIT_S:
            self.flush()

    def flush(self) -> None:
        frames = [pack_frame(*encode_answer(*one, self.exchange)) for one in self.waiting]
        self.waiting.clear()
        if frames:
            write_fully(self.sink, b''.join(frames))
        self.flushed = time.perf_counter()

    def ask(self, seq: int, asked: Asked) -> tuple[bytes, bytes]:
        """Header and payload of the result."""
        return encode_answer(seq, *self.observe(asked), self.exchange)

    def observe(self, asked: Asked) -> tuple[Answer | Failed, float]:
        """The answer, and the time that it took in microseconds."""
        began = time.perf_counter()
        try:
            if isinstance(asked, CaseError):
                raise asked
            answer: Answer | Failed = self.adapter.observe(asked)
        except (AdapterFault, CaseError) as error:
            answer = Failed(describe(error))
        except Exception as error:
            traceback.print_exc()  # a bug of ours: its place belongs into the runner's log
            answer = Failed(describe(error))
        return answer, (time.perf_counter() - began) * 1e6

    def send(self, header: bytes, payload: bytes) -> None:
        write_fully(self.sink, pack_frame(header, payload))


def read_seq(raw: Any) -> int:
    """:raises FrameError: nobody could be told the answer"""
    seq = raw.get('seq') if isinstance(raw, dict) else None
    if type(seq) is not int:
        raise FrameError(f'case without a whole seq: {str(raw)[:80]}')
    return seq


def encode_answer(
    seq: int, answer: Answer | Failed, duration_us: float, exchange: Exchange | None
) -> tuple[bytes, bytes]:
    """Header and payload of the result."""
    try:
        if isinstance(answer, Observed):
            return encode_observed(seq, answer, duration_us, exchange)
        if isinstance(answer, Failed):
            return encode_failed(seq, answer.error), b''
        return encode_unsupported(seq, answer), b''
    except Exception as error:
        traceback.print_exc()
        return encode_failed(seq, describe(error)), b''


def serve(adapter: Adapter, session: Callable[[Adapter, BinaryIO, int], Session] = Session) -> None:
    """Take the streams, serve, and leave the process: 0 after stop or end of input, 2 when the conversation broke.

    Leaves with ``os._exit``: some frameworks hang in their destructors at interpreter exit.
    """
    end_with_parent()  # a case may hold it for long, or forever
    sink = take_sink()  # before anything of the framework is imported
    source = take_source()
    code = 0
    try:
        session(adapter, source, sink).run()
    except FrameError as error:
        complain(f'bad frame: {error}')
        code = EXIT_BROKEN
    except BrokenPipeError:
        pass  # the harness has gone; nobody is left to tell
    except AdapterFault as error:
        complain(f'cannot start: {error}')
        code = EXIT_BROKEN
    except Exception as error:
        traceback.print_exc()
        complain(f'cannot go on: {type(error).__name__}: {error}')
        code = EXIT_BROKEN
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def complain(message: str) -> None:
    print(f'bn_protocol: {message}', file=sys.stderr)
