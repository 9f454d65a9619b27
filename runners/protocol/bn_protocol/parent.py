"""A process that ends with the one that started it, even while native code holds it, where the system can do that.

As a script: ``parent.py SIGNAL PROGRAM [WORD …]`` becomes the program, which gets the signal at the end of its parent.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

#: of prctl(2); it lasts beyond an exec, not beyond a fork
_SET_SIGNAL_AT_END_OF_PARENT = 1


def end_with_parent(number: int = signal.SIGKILL) -> None:
    """Ask the system for a signal at the end of the thread that started this process; one that has gone sends none."""
    if sys.platform == 'linux':
        ctypes.CDLL(None).prctl(_SET_SIGNAL_AT_END_OF_PARENT, int(number), 0, 0, 0)


if __name__ == '__main__':
    end_with_parent(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell: our own constant command
