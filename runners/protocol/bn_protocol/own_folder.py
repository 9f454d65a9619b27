"""A folder for as long as a process needs it, which others remove where that process was killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator


@contextmanager
def own_folder(purpose: str) -> Iterator[Path]:
    """A new folder in the system's own for such, whose path is short enough for a socket."""
    remove_abandoned(purpose)
    folder = Path(tempfile.mkdtemp(prefix=f'bn-{purpose}-{namespace()}-{os.getpid()}-'))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned(purpose: str) -> None:
    """The number of a process says nothing in another namespace, such as that of another container."""
    start = f'bn-{purpose}-{namespace()}-'
    for folder in Path(tempfile.gettempdir()).glob(f'{start}*'):
        if not is_alive(folder.name[len(start) :].split('-')[0]):
            shutil.rmtree(folder, ignore_errors=True)


def is_alive(number: str) -> bool:
    """Also of one that is somebody else's, or that is none."""
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except (OSError, ValueError):
        return True
    return True


def namespace() -> str:
    """Of the numbers of processes."""
    try:
        return str(Path('/proc/self/ns/pid').stat().st_ino)
    except OSError:
        return '0'
