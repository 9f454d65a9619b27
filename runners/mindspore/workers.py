"""What MindSpore's SyncBatchNorm answers to several processes: workers are started by msrun and really ask.

As a script it is one of the workers; msrun starts it, and it comes for its questions to a socket.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Mapping, Sequence, Tuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from bn_protocol import parent
from bn_protocol.adapter import AdapterFault, RankObservation, describe, observe_rank
from bn_protocol.cases import Case
from bn_protocol.own_folder import own_folder
from bn_protocol.tensors import BFloat16

#: the harness gives a case 60 s
LIMIT_S = 50
END_S = 5
#: how often is looked for a worker that comes
LOOK_S = 0.1
WORKERS = 2
X = 'mindspore.Tensor(numpy.ones((2, 2), "float32"))'
#: over all workers, as the layer does of itself, and over a group that is named
CALLS = (
    f'mindspore.nn.SyncBatchNorm(2).set_train()({X}).asnumpy()',
    f'mindspore.nn.SyncBatchNorm(2, process_groups=[[0, 1]]).set_train()({X}).asnumpy()',
)
REPORTED = f'msrun --worker_num={WORKERS} --local_worker_num={WORKERS}: {CALLS[1]}'
#: where the workers come for their questions
SOCKET = 'socket'
#: options whose cases are asked together, since it is to be started that takes msrun its time
TOGETHER = ('kernels-own', 'kernels-named')
#: cases, and calls of which the refusals are asked
Questions = Tuple[Sequence[Case], Sequence[str]]


class Workers:
    """Answers of workers, each question asked once."""

    def __init__(self) -> None:
        self._known: dict[str, Sequence[RankObservation]] = {}
        self._refusals: list[Mapping[str, str] | None] | None = None

    def refusal(self) -> Mapping[str, str] | None:
        """How the last of the calls was refused; None where a worker was answered.

        :raises AdapterFault: the workers could not be asked
        """
        if self._refusals is None:
            self._ask([], WORKERS)
        refusals = self._refusals or [None]
        return None if None in refusals else refusals[-1]

    def observe(self, case: Case) -> Sequence[RankObservation]:
        """What each rank of the case showed, a worker each.

        :raises AdapterFault: the workers could not be asked
        """
        if key_of(case) not in self._known:
            self._ask([case, *others_of(case)], len(case.ranks))
        return self._known[key_of(case)]

    def _ask(self, cases: Sequence[Case], workers: int) -> None:
        calls = CALLS if workers == WORKERS else ()
        with own_folder('msrun') as folder:
            answers = answers_of_workers(folder, workers, (cases, calls))
        observed = [ranks for ranks, _ in answers]
        failures = [rank for ranks in observed for rank in ranks if isinstance(rank, str)]
        if failures:
            raise AdapterFault(f'a worker of msrun failed: {failures[0]}')
        self._known.update((key_of(case), ranks) for case, *ranks in zip(cases, *observed))
        if calls:
            self._refusals = [refusal for _, refusals in answers for refusal in refusals]


def key_of(case: Case) -> str:
    """The same for the same question."""
    tensors = [*case.initial.values(), *(tensor for data in case.ranks for tensor in (*data.inputs, *data.grads))]
    shown = [(tensor.shape, (tensor.bits if isinstance(tensor, BFloat16) else tensor).tobytes()) for tensor in tensors]
    return repr((case._replace(initial={}, ranks=()), sorted(case.initial), shown))


def others_of(case: Case) -> list[Case]:
    """The same case with each other option that the same workers can be asked."""
    own = case.config.option
    others = [option for option in TOGETHER if own in TOGETHER and option != own]
    return [case._replace(config=case.config._replace(option=option)) for option in others]


def answers_of_workers(folder: Path, workers: int, questions: Questions) -> list[Any]:
    """One per worker, by rank. Once they have answered msrun need not come to its own end, which takes seconds."""
    log = folder / 'msrun.log'
    with closing(socket.socket(socket.AF_UNIX)) as meeting:
        meeting.bind(str(folder / SOCKET))
        meeting.listen()
        meeting.settimeout(LOOK_S)
        msrun = start(folder, workers, log)
        try:
            answers = gather(meeting, msrun, workers, questions)
        finally:
            end(msrun)
    if len(answers) != workers:
        said = log.read_text(encoding='utf-8', errors='replace')
        raise AdapterFault(f'{len(answers)} of {workers} workers of msrun answered; it ended: {said[-600:]}')
    return [answers[rank] for rank in sorted(answers)]


def gather(
    meeting: socket.socket, msrun: subprocess.Popen[bytes], workers: int, questions: Questions
) -> dict[int, Any]:
    """Answers by rank, of each worker that comes for the questions; fewer where msrun ends or the time is up."""
    until = time.monotonic() + LIMIT_S
    connections: list[Connection] = []
    answers: dict[int, Any] = {}
    while len(answers) < workers and msrun.poll() is None and time.monotonic() < until:
        with suppress(socket.timeout):
            connection = Connection(meeting.accept()[0].detach())
            connection.send(questions)
            connections.append(connection)
        for ready in wait(connections, 0):
            connections.remove(ready)
            with suppress(EOFError, OSError):  # a worker that died answers nothing
                rank, answer = ready.recv()
                answers[rank] = answer
    return answers


def start(folder: Path, workers: int, log: Path) -> subprocess.Popen[bytes]:
    own = Path(sys.executable).parent
    environment = {**os.environ, 'PATH': os.pathsep.join((str(own), os.environ.get('PATH', os.defpath)))}
    command = [
        sys.executable,
        parent.__file__,
        str(int(signal.SIGINT)),  # it then ends what it has started
        str(own / 'msrun'),
        f'--worker_num={workers}',
        f'--local_worker_num={workers}',
        f'--master_port={free_port()}',
        f'--log_dir={folder}',
        '--join=True',
        __file__,
        str(folder),
    ]
    try:
        with log.open('wb') as sink:
            return subprocess.Popen(  # noqa: S603 - our own constant command
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
            )
    except OSError as error:
        raise AdapterFault(f'msrun did not start: {error}') from error


def end(msrun: subprocess.Popen[bytes]) -> None:
    """On SIGINT it kills its workers, its scheduler and its readers of logs."""
    msrun.send_signal(signal.SIGINT)
    try:
        msrun.wait(END_S)
    except subprocess.TimeoutExpired:
        msrun.kill()
        msrun.wait()


def free_port() -> int:
    """:raises AdapterFault: there is no loopback interface, so the workers could not meet either"""
    try:
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            return int(probe.getsockname()[1])
    except OSError as error:
        raise AdapterFault(f'msrun needs the loopback interface: {error}') from error


def ask(calls: Sequence[str]) -> list[Mapping[str, str] | None]:
    """The refusal of each call, or None."""
    import mindspore
    import numpy

    return [refusal_of(call, {'mindspore': mindspore, 'numpy': numpy}) for call in calls]


def ask_case(case: Case, rank: int) -> RankObservation | str:
    """What the rank showed, or how the adapter failed."""
    import mindspore
    from adapter import MindSporeLayer

    try:
        return observe_rank(case, case.ranks[rank], lambda case, data: MindSporeLayer(mindspore, case, data))
    except Exception as error:
        return f'{type(error).__name__}: {error}'


def join() -> None:
    """Meet the other workers."""
    import mindspore
    from mindspore.communication import init

    mindspore.set_context(mode=mindspore.PYNATIVE_MODE)
    mindspore.set_device('CPU')
    mindspore.runtime.launch_blocking()
    init()


def refusal_of(call: str, names: dict[str, Any]) -> Mapping[str, str] | None:
    try:
        eval(call, names)  # noqa: S307 - our own constant text, so that the call reported is the call made
    except Exception as error:
        told = describe(error)
        words = [word for word in told['message'].split() if word.strip('-')]  # MindSpore's has many lines, and rules
        return {**told, 'message': ' '.join(words)}
    return None


def main() -> None:
    parent.end_with_parent()  # msrun gives its workers a session of their own, where nobody would find them
    signal.alarm(LIMIT_S)
    rank = int(os.environ['RANK_ID'])
    meeting = socket.socket(socket.AF_UNIX)
    meeting.connect(str(Path(sys.argv[1], SOCKET)))
    connection = Connection(meeting.detach())
    cases, calls = connection.recv()
    join()
    connection.send((rank, ([ask_case(case, rank) for case in cases], ask(calls))))


if __name__ == '__main__':
    main()
