"""What MindSpore's SyncBatchNorm answers to several processes: workers are started by msrun and really ask.

As a script it is one of the workers; msrun starts it, and it leaves its answer in a file.
"""

from __future__ import annotations

import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Mapping, Sequence

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / 'protocol'))

from bn_protocol.adapter import AdapterFault, RankObservation, describe, observe_rank
from bn_protocol.cases import Case

#: the harness gives a case 60 s
LIMIT_S = 50
END_S = 5
WORKERS = 2
X = 'mindspore.Tensor(numpy.ones((2, 2), "float32"))'
#: over all workers, as the layer does of itself, and over a group that is named
CALLS = (
    f'mindspore.nn.SyncBatchNorm(2).set_train()({X}).asnumpy()',
    f'mindspore.nn.SyncBatchNorm(2, process_groups=[[0, 1]]).set_train()({X}).asnumpy()',
)
REPORTED = f'msrun --worker_num={WORKERS} --local_worker_num={WORKERS}: {CALLS[1]}'
#: what the workers are asked, where it is a case
QUESTION = 'question.pickle'


def refusal_of_two_workers() -> Mapping[str, str] | None:
    """How the last of the calls was refused; None where a worker was answered.

    :raises AdapterFault: the workers could not be asked
    """
    with tempfile.TemporaryDirectory(prefix='bn-msrun-') as folder:
        answers = answers_of_workers(Path(folder), WORKERS)
    refusals = [refusal for answer in answers for refusal in answer]
    return None if None in refusals else refusals[-1]


def observe_by_workers(case: Case) -> Sequence[RankObservation]:
    """What each rank of the case showed, a worker each.

    :raises AdapterFault: the workers could not be asked
    """
    with tempfile.TemporaryDirectory(prefix='bn-msrun-') as folder:
        Path(folder, QUESTION).write_bytes(pickle.dumps(case))
        answers = answers_of_workers(Path(folder), len(case.ranks))
    failures = [answer for answer in answers if isinstance(answer, str)]
    if failures:
        raise AdapterFault(f'a worker of msrun failed: {failures[0]}')
    return answers


def answers_of_workers(folder: Path, workers: int) -> list[Any]:
    """One per worker, by rank."""
    output = start_and_wait(folder, workers)
    answers = answers_in(folder)
    if len(answers) != workers:
        raise AdapterFault(f'{len(answers)} of {workers} workers of msrun answered; it ended: {output[-600:]}')
    return [pickle.loads(file.read_bytes()) for file in answers]  # noqa: S301 - our own, in a folder of ours


def start_and_wait(folder: Path, workers: int) -> str:
    """What msrun printed. Once the workers have answered it need not come to its own end, which takes seconds."""
    own = Path(sys.executable).parent
    environment = {**os.environ, 'PATH': os.pathsep.join((str(own), os.environ.get('PATH', os.defpath)))}
    command = [
        str(own / 'msrun'),
        f'--worker_num={workers}',
        f'--local_worker_num={workers}',
        f'--master_port={free_port()}',
        f'--log_dir={folder}',
        '--join=True',
        __file__,
        str(folder),
    ]
    log = folder / 'msrun.log'
    try:
        with log.open('wb') as sink:
            msrun = subprocess.Popen(  # noqa: S603 - our own constant command
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=subprocess.STDOUT
            )
    except OSError as error:
        raise AdapterFault(f'msrun did not start: {error}') from error
    until = time.monotonic() + LIMIT_S
    while msrun.poll() is None and time.monotonic() < until and len(answers_in(folder)) < workers:
        time.sleep(0.1)
    end(msrun)
    return log.read_text(encoding='utf-8', errors='replace')


def answers_in(folder: Path) -> list[Path]:
    return sorted(folder.glob('answer-*.pickle'))


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
    signal.alarm(LIMIT_S)  # msrun gives its workers a session of their own, where nobody would find them
    folder, rank = Path(sys.argv[1]), int(os.environ['RANK_ID'])
    join()
    question = folder / QUESTION
    # what else lies there is msrun's
    answer = ask_case(pickle.loads(question.read_bytes()), rank) if question.exists() else ask(CALLS)  # noqa: S301
    unfinished = folder / f'worker-{rank}.pickle'
    unfinished.write_bytes(pickle.dumps(answer))
    unfinished.rename(folder / f'answer-{rank}.pickle')


if __name__ == '__main__':
    main()
