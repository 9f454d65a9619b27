"""The runner's side of a conversation: start → started, run → one result per case, stop."""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from typing import Any, BinaryIO, Callable, Mapping

from bn_protocol.adapter import Adapter, AdapterFault, Observed, describe
from bn_protocol.answers import compact, encode_failed, encode_observed, encode_unsupported
from bn_protocol.cases import CaseError, decode_case
from bn_protocol.frames import Frame, FrameError, pack_frame, read_frame
from bn_protocol.streams import take_sink, take_source, write_fully

PROTOCOL_VERSION = 1
SCHEMA_VERSION = 1
EXIT_BROKEN = 2

RawCase = Mapping[str, Any]


class Session:
    """One conversation over a private pair of streams."""

    def __init__(self, adapter: Adapter, source: BinaryIO, sink: int) -> None:
        self.adapter = adapter
        self.source = source
        self.sink = sink
        self.loaded = False

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
        threads, device = header.get('threads'), header.get('device')
        if type(threads) is not int or type(device) is not str:
            raise FrameError(f'start message with threads {threads!r} and device {device!r}')
        self.adapter.load(threads, device)
        identity = self.adapter.identify()
        gc.freeze()  # what the import left is never garbage; scanning it again would cost each case
        versions = {'type': 'started', 'protocolVersion': PROTOCOL_VERSION, 'schemaVersion': SCHEMA_VERSION}
        self.send(compact({**versions, **identity}), b'')
        self.loaded = True

    def run_batch(self, frame: Frame) -> None:
        cases = frame.header.get('cases')
        if not isinstance(cases, list):
            raise FrameError('run message without a list of cases')
        for raw in cases:
            seq = raw.get('seq') if isinstance(raw, dict) else None
            if type(seq) is not int:
                raise FrameError(f'case without a whole seq: {str(raw)[:80]}')
            self.answer(seq, raw, frame.payload)

    def answer(self, seq: int, raw: RawCase, payload: bytes) -> None:
        """One result frame, at once: after a crash or a hang the first unanswered case is the culprit."""
        header, tensors = self.ask(seq, raw, payload)
        self.send(header, tensors)

    def ask(self, seq: int, raw: RawCase, payload: bytes) -> tuple[bytes, bytes]:
        """Header and payload of the result."""
        began = time.perf_counter()
        try:
            answer = self.adapter.observe(decode_case(raw, payload))
            if isinstance(answer, Observed):
                return encode_observed(seq, answer, (time.perf_counter() - began) * 1e6)
            return encode_unsupported(seq, answer), b''
        except (AdapterFault, CaseError) as error:
            return encode_failed(seq, describe(error)), b''
        except Exception as error:
            traceback.print_exc()  # a bug of ours: its place belongs into the runner's log
            return encode_failed(seq, describe(error)), b''

    def send(self, header: bytes, payload: bytes) -> None:
        write_fully(self.sink, pack_frame(header, payload))


def serve(adapter: Adapter, session: Callable[[Adapter, BinaryIO, int], Session] = Session) -> None:
    """Take the streams, serve, and leave the process: 0 after stop or end of input, 2 when the conversation broke.

    Leaves with ``os._exit``: some frameworks hang in their destructors at interpreter exit.
    """
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
