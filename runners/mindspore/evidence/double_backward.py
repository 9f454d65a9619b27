"""Shows, without this harness, that a differentiated backward pass of Batch Normalization is not to be had on the CPU.

    double_backward.py            asks layers of both kinds, in training and in evaluation, each in a process of its own
    double_backward.py 5x3 train  asks one: the same question 60 times, which must have one answer

Its kernel, BatchNormGradGrad, takes mean and variance from memory that another operation has given back.
One process prints different answers, or a refusal of a variance that is negative, or ends by a signal. Exit code 1
while one of them does, 0 once each process gives one answer.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any, Sequence

import numpy as np

TIMES = 60
QUESTIONS = [('5x3', 'train'), ('5x3', 'eval'), ('2x3x2x3', 'train'), ('2x3x2x3', 'eval')]
LIMIT_S = 40


def main(arguments: Sequence[str]) -> int:
    if arguments:
        shape = [int(size) for size in arguments[0].split('x')]
        return int(not ask_many_times(shape, training=arguments[1] == 'train'))
    codes = [ask_in_a_process(*question) for question in QUESTIONS]
    return int(any(codes))


def ask_in_a_process(shape: str, mode: str) -> int:
    command = [sys.executable, __file__, shape, mode]
    ended = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=False)  # noqa: S603 - this very script
    said = ended.stdout.decode(errors='replace').strip()
    by_signal = f'ended by signal {-ended.returncode}' if ended.returncode < 0 else ''
    sys.stdout.write(f'{shape} {mode}: {"; ".join(filter(None, (said, by_signal)))}\n')
    return ended.returncode


def ask_many_times(shape: Sequence[int], *, training: bool) -> bool:
    """Whether the answer was one and the same, and an answer at all."""
    import mindspore

    mindspore.set_context(mode=mindspore.PYNATIVE_MODE, device_target='CPU')
    answers = {ask(mindspore, shape, training=training) for _ in range(TIMES)}
    sys.stdout.write(f'{len(answers)} different answers, such as {sorted(answers)[-1][:120]}\n')
    sys.stdout.flush()
    return len(answers) == 1 and not any(answer.startswith('refused') for answer in answers)


def ask(mindspore: Any, shape: Sequence[int], *, training: bool) -> str:
    """The gradients of the sum of v·dx by x and dy."""
    kind = mindspore.nn.BatchNorm1d if len(shape) == 2 else mindspore.nn.BatchNorm2d
    layer = kind(shape[1]).set_train(training)
    count = int(np.prod(shape))
    x, dy, v = [mindspore.Tensor((np.arange(count) * k % 7).astype('float32').reshape(shape)) for k in (3, 4, 5)]

    def along(x: Any, dy: Any) -> Any:
        return (mindspore.grad(lambda x, dy: (layer(x) * dy).sum(), 0)(x, dy) * v).sum()

    try:
        return ' '.join(gradient.asnumpy().tobytes().hex()[:32] for gradient in mindspore.grad(along, (0, 1))(x, dy))
    except Exception as error:
        return f'refused: {type(error).__name__}: {str(error).splitlines()[0]}'


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
