"""What every adapter reports about where it runs."""

from __future__ import annotations

import json
import os
import platform
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator


def language() -> str:
    return f'{platform.python_implementation()} {platform.python_version()}'


def cpu_model() -> str:
    """The processor's own name for itself, or 'unknown'."""
    try:
        lines = Path('/proc/cpuinfo').read_text(encoding='utf-8', errors='replace').splitlines()
    except OSError:
        lines = []
    names = [line.split(':', 1)[1].strip() for line in lines if line.startswith('model name')]
    return names[0] if names else platform.processor() or 'unknown'


def described_layers(adapter_file: str) -> list[str]:
    """The layers of the runner description beside an adapter, so that they are said once."""
    description: dict[str, Any] = json.loads(Path(adapter_file).with_name('runner.json').read_text(encoding='utf-8'))
    return list(description['layers'])


def limit_threads(threads: int) -> None:
    """Tell the OpenMP runtimes, which read it when they are loaded. What the user set is left alone."""
    os.environ.setdefault('OMP_NUM_THREADS', str(threads))


@contextmanager
def few_processors(threads: int) -> Iterator[None]:
    """As many processors as threads, while a framework starts its pools; the caller gets all of them back afterwards.

    Threads started inside stay on those few: idle ones that spin would take from the harness a processor that no
    result needs.
    """
    if not hasattr(os, 'sched_setaffinity'):  # macOS
        yield
        return
    offered = os.sched_getaffinity(0)
    first = os.getpid() % len(offered)  # two runners that start at once do not share one
    ordered = sorted(offered)
    os.sched_setaffinity(0, set((ordered[first:] + ordered[:first])[:threads]))
    try:
        yield
    finally:
        os.sched_setaffinity(0, offered)
