"""One process per rank, joined by gloo over the loopback interface, for cases with several ranks.

The runner forks a supervisor as soon as torch is imported: autograd forbids forks after the first backward pass. The
supervisor sleeps on a pipe until the first case with several ranks, forks the ranks, and forks them anew when they have
come apart. A rank's whole conversation with the others is the framework's own.

No process here has a descriptor of the protocol; each leaves at the end of its pipe, and ends with whoever forked
it; all of them are in the runner's process group.
"""

from __future__ import annotations

import os
import signal
import socket
import traceback
from contextlib import suppress
from datetime import timedelta
from functools import partial
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Callable, NamedTuple, Sequence, Union

from bn_protocol.adapter import AdapterFault, Layer, RankObservation, observe_rank
from bn_protocol.cases import Case, RankData
from bn_protocol.own_folder import own_folder
from bn_protocol.parent import end_with_parent
from substituted_kernels import register

MOST_RANKS = 4
#: key of the group of two ranks beside another such group
PAIRED = 0
#: how long the others may still take when the first rank has finished a case
GRACE_S = 5.0
#: the same when they start, since one that cannot join leaves the others waiting for it
START_GRACE_S = 20.0
#: how long a rank may wait in a collective; only a rank whose supervisor was killed comes to its end
COLLECTIVE_S = 120.0
STANDARD_ERROR = 2

#: construct(case, data, group): a layer that is synchronised over the process group
Construct = Callable[[Case, RankData, Any], Layer]
#: what a process sends: its result, or the text of its failure
Answer = Union[Sequence[RankObservation], RankObservation, None, str]


class Rank(NamedTuple):
    pid: int
    connection: Connection


class RanksFailed(Exception):
    """The ranks answered nothing that could be judged, and must not be asked again."""


class RankPool:
    """The runner's end."""

    def __init__(self, torch: Any, construct: Construct) -> None:
        """Fork the supervisor. Until here no backward pass may have run, and none may run in the supervisor."""
        self._supervisor = fork(lambda connection: supervise(connection, torch, construct)).connection

    def observe(self, case: Case) -> Sequence[RankObservation]:
        """What each rank showed.

        :raises AdapterFault: the ranks did not start, one died, or they came apart
        """
        if len(case.ranks) > MOST_RANKS:
            raise AdapterFault(f'{len(case.ranks)} ranks; this adapter starts {MOST_RANKS}')
        try:
            self._supervisor.send(case)
            answer = self._supervisor.recv()
        except (EOFError, OSError) as error:
            raise AdapterFault(f'the supervisor of the ranks has gone: {error!r}') from error
        if isinstance(answer, str):
            raise AdapterFault(answer)
        return list(answer)


def supervise(connection: Connection, torch: Any, construct: Construct) -> None:
    """Answer cases until the runner has gone. The ranks start with the first case."""
    ranks: list[Rank] = []
    try:
        while True:
            case = connection.recv()
            try:
                ranks = ranks or start(torch, construct)
                answer: Answer = gather(ranks[: len(case.ranks)], case)
            except RanksFailed as failure:
                stop(ranks)
                ranks, answer = [], str(failure)
            connection.send(answer)
    except (EOFError, OSError):
        stop(ranks)


def start(torch: Any, construct: Construct) -> list[Rank]:
    ranks: list[Rank] = []
    with own_folder('ranks') as folder:  # until they have met
        try:
            ranks.extend(fork(partial(serve_rank, n, folder / 'store', torch, construct)) for n in range(MOST_RANKS))
            gather_ready(ranks)
        except RanksFailed:
            stop(ranks)
            raise
    return ranks


def gather_ready(ranks: Sequence[Rank]) -> None:
    failures = [answer for answer in answers_of(ranks, START_GRACE_S) if isinstance(answer, str)]
    if failures:
        raise RanksFailed(f'the ranks did not start: {failures[0]}')


def gather(ranks: Sequence[Rank], case: Case) -> list[RankObservation]:
    for number, rank in enumerate(ranks):
        hand(rank, case, f'rank {number} died after its last case')
    answers = answers_of(ranks, GRACE_S)
    failures = [f'rank {number}: {answer}' for number, answer in enumerate(answers) if isinstance(answer, str)]
    if failures:
        raise RanksFailed('; '.join(failures))
    return answers


def hand(rank: Rank, case: Case, otherwise: str) -> None:
    try:
        rank.connection.send(case)
    except OSError as error:
        raise RanksFailed(otherwise) from error


def answers_of(ranks: Sequence[Rank], grace_s: float) -> list[Any]:
    """One answer per rank. The first may take as long as the harness lets the case run, the others ``grace_s`` more.

    :raises RanksFailed: a rank died, or the others wait for one that has finished
    """
    waiting = {rank.connection: number for number, rank in enumerate(ranks)}
    answers: dict[int, Answer] = {}
    while waiting:
        ready = wait(list(waiting), grace_s if answers else None)
        if not ready:
            raise RanksFailed(apart(answers, list(waiting.values())))
        for connection in ready:
            number = waiting.pop(connection)
            answers[number] = received(connection, f'rank {number} of {len(ranks)} died')
    return [answers[number] for number in range(len(ranks))]


def received(connection: Any, otherwise: str) -> Answer:
    try:
        return connection.recv()
    except (EOFError, OSError) as error:
        raise RanksFailed(otherwise) from error


def apart(answers: dict[int, Answer], waiting: list[int]) -> str:
    """Why one rank was done while others were not: most likely the call that it refused and they did not."""
    endings = [f'rank {number} {ending(answer)}' for number, answer in sorted(answers.items())]
    return f'the ranks came apart: {", ".join(endings)}, while {waiting} still waited after {GRACE_S:g} s'


def ending(answer: Answer) -> str:
    if isinstance(answer, str):
        return f'failed with {answer}'
    seen = [*answer.steps, answer.construct] if isinstance(answer, RankObservation) else []
    errors = [observation['error'] for observation in seen if 'error' in observation]
    return f'was refused with {errors[0]["class"]}: {errors[0]["message"]}' if errors else 'finished'


def stop(ranks: Sequence[Rank]) -> None:
    """Kill at once: ranks that have come apart wait for each other."""
    for rank in ranks:
        rank.connection.close()
        os.kill(rank.pid, signal.SIGKILL)  # not reaped yet, so the number is still its own
    for rank in ranks:
        os.waitpid(rank.pid, 0)


def serve_rank(number: int, store: Path, torch: Any, construct: Construct, connection: Connection) -> None:
    """Join the others, say so, and answer cases until the supervisor has gone."""
    try:
        groups = join(torch, number, store)
        _registered = register(torch)  # lasts as long as this name
    except Exception as error:
        connection.send(f'{type(error).__name__}: {error}')
        return
    connection.send(None)
    while True:
        try:
            case = connection.recv()
        except EOFError:
            return
        group = groups[PAIRED if case.config.option == 'groups-pairs' else len(case.ranks)]
        connection.send(answer_case(case, number, partial(construct, group=group)))


def answer_case(case: Case, number: int, construct: Callable[[Case, RankData], Layer]) -> Answer:
    try:
        return observe_rank(case, case.ranks[number], construct)
    except Exception as error:
        traceback.print_exc()  # no refusal of the framework: its place belongs into the runner's log
        return f'{type(error).__name__}: {error}'


def join(torch: Any, number: int, store: Path) -> dict[int, Any]:
    """The group for each number of ranks, and that of the rank's pair; all make each, as ``new_group`` demands."""
    os.environ.setdefault('GLOO_SOCKET_IFNAME', loopback())
    torch.distributed.init_process_group(
        'gloo', init_method=store.as_uri(), rank=number, world_size=MOST_RANKS, timeout=timedelta(seconds=COLLECTIVE_S)
    )
    groups = {size: torch.distributed.new_group(list(range(size))) for size in range(1, MOST_RANKS + 1)}
    pairs = [torch.distributed.new_group([first, first + 1]) for first in range(0, MOST_RANKS, 2)]
    return {**groups, PAIRED: pairs[number // 2]}


def loopback() -> str:
    """Name of the interface; ``lo`` where none looks like it, so that gloo says what is missing."""
    names = [name for _, name in socket.if_nameindex()]
    return next((name for name in names if name in ('lo', 'lo0')), 'lo')


def fork(serve: Callable[[Connection], None]) -> Rank:
    """A child that has no descriptor but the standard ones and its end of a pipe, and leaves when ``serve`` returns."""
    ours, its = Pipe()
    pid = os.fork()
    if pid:
        its.close()
        return Rank(pid, ours)
    try:
        end_with_parent()
        keep_only(its)
        serve(its)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


def keep_only(connection: Connection) -> None:
    """Close what was inherited: a pipe has an end only when nobody holds its other side."""
    descriptors = [int(entry.name) for entry in Path('/dev/fd').iterdir()]
    for descriptor in descriptors:
        if descriptor > STANDARD_ERROR and descriptor != connection.fileno():
            with suppress(OSError):  # that of the listing itself
                os.close(descriptor)
