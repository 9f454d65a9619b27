import { basename } from 'node:path';
import { docstringText } from './python.ts';

/** One script of the case, and the framework that it asks. */
export interface Written {
  readonly framework: string;
  readonly path: string;
}

const functions = `
def observed(python: str, script: str, folder: str) -> dict:
    """What one script observed, by name."""
    saved = Path(folder) / f'{script}.npz'
    subprocess.run([python, str(Path(__file__).resolve().parent / script), str(saved)], stdout=subprocess.DEVNULL, check=False)
    with np.load(saved, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def compare(name: str, one: np.ndarray, other: np.ndarray) -> bool:
    """Prints one observable; true where the answers are the same."""
    if one.shape != other.shape:
        print(f'{name}: shapes differ, {one.shape} and {other.shape}')
        return False
    same = (one == other) | (np.isnan(one.astype(float)) & np.isnan(other.astype(float)))
    if same.all():
        print(f'{name}: the same')
        return True
    for i in np.flatnonzero(~same.ravel())[:8]:
        print(f'{name}[{i}]: {NAMES[0]} {one.ravel()[i]!r}, {NAMES[1]} {other.ravel()[i]!r}')
    return False


def main() -> int:
    """Both scripts, then their answers one by one."""
    if len(sys.argv) != 3:
        print(f'give two interpreters: one with {NAMES[0]}, one with {NAMES[1]}', file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        one, other = (observed(python, script, folder) for python, script in zip(sys.argv[1:], SCRIPTS))
    shared = [name for name in one if name in other]
    for name in [*one, *other]:
        if name not in shared:
            print(f'{name}: only {NAMES[0] if name in one else NAMES[1]} has it')
    return int(not all([compare(name, one[name], other[name]) for name in shared]))


if __name__ == '__main__':
    sys.exit(main())
`.trimStart();

/**
 * A program that runs two scripts of one case, each by its own interpreter, and prints every observable in which their answers differ.
 *
 * It says nothing of who is right: that is what the two scripts say.
 */
export function comparisonScript(id: string, [first, second]: readonly [Written, Written]): string {
  return `"""The answers of ${first.framework} and ${second.framework} to one case, side by side: ${docstringText(id)}.

Needs numpy, and for each framework a Python that has it:

    python3 SCRIPT ${first.framework.toUpperCase()}_PYTHON ${second.framework.toUpperCase()}_PYTHON

Exit code 1 where two answers differ by a single bit, 0 where none does. Which one is right, the two other scripts say.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

SCRIPTS = ('${basename(first.path)}', '${basename(second.path)}')
NAMES = ('${first.framework}', '${second.framework}')


${functions}`;
}
