import type { AcceptedObservation, AcceptedStep, AcceptedValues } from '../../accept/accepted.ts';
import type { Expectation } from '../../diff/judge.ts';
import type { Status } from '../../diff/verdict.ts';
import { largestFinite } from '../../tensor/formats.ts';
import type { Dialogue } from './dialogue.ts';
import { hexFloat, pythonNumbers } from './python.ts';
import { mindsporeDialogue } from './script-mindspore.ts';
import { pytorchDialogue } from './script-pytorch.ts';

/** What a script says of the deviation that it shows. */
export interface Story {
  /** `inaccurate` is held to the stable bound, everything else to the naive one. */
  readonly status: Status;
  readonly cause: string | null;
  readonly rule: string | null;
  /** Of the cause. */
  readonly title: string | null;
  /** Where the case comes from, one sentence. */
  readonly from: string;
}

/**
 * A program that shows the deviation with the framework and numpy alone; null for a framework or a case that has no spelling here.
 *
 * It prints expected and got of every observable that is judged, and exits with 1 while one of them deviates.
 */
export function standAloneScript(framework: string, expectation: Expectation, story: Story): string | null {
  const dialogue = dialogueOf(framework, expectation);
  if (dialogue === null) return null;
  return [
    heading(dialogue, story), ...dialogue.imports, '', 'WRONG = []', 'GOT = {}', '', '', dialogue.helpers.trim(), '', '', shared(story).trim(), '', '',
    'def main() -> int:', '    """The case, step by step."""', ...body(dialogue, expectation, story).map((line) => (line === '' ? '' : `    ${line}`)),
    '    if len(sys.argv) > 1:', '        np.savez(sys.argv[1], **GOT)', '    return int(bool(WRONG))', '', '', "if __name__ == '__main__':", '    sys.exit(main())', '',
  ].join('\n');
}

/** More input elements would make a script that nobody reads. */
export const largestScript = 3000;

/** One rank, the module form, and data that fit into a text. */
function dialogueOf(framework: string, { case: question }: Expectation): Dialogue | null {
  const elements = question.ranks.reduce((total, { inputs }) => inputs.reduce((sum, { data }) => sum + data.length, total), 0);
  if (question.ranks.length > 1 || question.route === 'functional' || elements > largestScript) return null;
  if (framework === 'pytorch') return pytorchDialogue(question);
  return framework === 'mindspore' ? mindsporeDialogue(question) : null;
}

function heading({ needs }: Dialogue, { cause, rule, title, from }: Story): string {
  const name = cause === null ? 'One case of Batch Normalization' : `${cause}${rule === null || rule === '' ? '' : ` (${rule})`}: ${title ?? 'no known cause explains it'}`;
  return [
    `"""${name}.`, '', from,
    `Needs ${needs} and numpy, nothing else. Exit code 1 while the framework deviates from the rule, 0 once it does not.`,
    'A path of an .npz file as argument saves what was observed.', '"""', '',
    'from __future__ import annotations', '', 'import sys', '', 'import numpy as np',
  ].join('\n');
}

const numbersFunction = `
def numbers(text: str) -> np.ndarray:
    """Hexadecimal floats, exactly."""
    return np.array([float.fromhex(word) for word in text.split()], 'float64')
`.trim();

const acceptedFunction = `
def accepted(got: float, expected: float, low: float, bound: float, other: float, largest: float) -> bool:
    """Within BOUND of expected + low; another accepted result is the overflowed one."""
    if np.isnan(expected) or np.isnan(got):
        return bool(np.isnan(expected) and np.isnan(got))
    if got in (expected, other):
        return True
    if np.isinf(expected):
        return False
    if np.isinf(got):
        return bool(expected * np.sign(got) + (bound if np.isfinite(bound) else 0.0) > largest)
    return abs(got - expected - low) <= bound
`.trim();

const checkFunctions = `
def check(name: str, value: object, expected: str, bound: str, largest: float, low: str = '', other: str = '') -> None:
    """Prints one observable, and keeps it in mind where it deviates."""
    got = GOT[name] = numpy_of(value).ravel()
    exact, bounds = numbers(expected), numbers(bound)
    others = numbers(other) if other else np.full(exact.shape, np.nan)
    lows = numbers(low) if low else np.zeros(exact.shape)
    same_size = got.size == exact.size
    right = [accepted(*each, largest) for each in zip(got, exact, lows, bounds, others)] if same_size else [False]
    bad = [i for i, fine in enumerate(right) if not fine]
    print(f'{name}: {"DEVIATES" if bad else "ok"}')
    for i in bad[:8] or range(min(exact.size, 4)):
        print(f'  [{i}] expected {float(exact[i])!r} within {bounds[i]:.3g}, got {float(got[i]) if same_size else got!r}')
    if bad:
        WRONG.append(name)


def check_same(name: str, got: object, expected: object) -> None:
    """Prints something that is one value."""
    GOT[name] = np.array(got)
    print(f'{name}: {"ok" if got == expected else "DEVIATES"}: expected {expected!r}, got {got!r}')
    if got != expected:
        WRONG.append(name)
`.trim();

/** Comparison as the harness judges: within the bound, NaN equal to NaN, the overflowed result where that is allowed. */
function shared({ status }: Story): string {
  return [numbersFunction, acceptedFunction.replace('BOUND', status === 'inaccurate' ? 'what a stable summation may lose' : 'what the working precision may lose'), checkFunctions].join('\n\n\n');
}

function body(dialogue: Dialogue, { case: question, accepted }: Expectation, story: Story): readonly string[] {
  const [rank] = accepted.ranks;
  const steps = rank?.steps ?? [];
  return [
    ...dialogue.construct,
    ...steps.flatMap((step, index) => ['', `# step ${String(index)}: ${describeStep(question.program[index])}`, ...linesOf(dialogue, step, index, story)]),
  ];
}

function describeStep(step: Expectation['case']['program'][number] | undefined): string {
  if (step?.op === 'forward') return `forward, ${step.mode === 'fresh' ? 'the mode that the constructor left' : step.mode}`;
  return step?.op === 'backward' ? `backward of step ${String(step.of)}` : 'saved, and loaded into a new layer';
}

function linesOf(dialogue: Dialogue, step: AcceptedStep, index: number, story: Story): readonly string[] {
  const lines = dialogue.step(index);
  if (step.kind === 'values') return [...lines, ...checksOf(dialogue, step, index, story)];
  const attempt = ['error = None', 'try:', ...lines.map((line) => `    ${line}`), 'except Exception as refusal:', '    error = refusal', '    print(f\'refused: {type(error).__name__}: {error}\')'];
  if (!step.orFinite) return [...attempt, `check_same('step ${String(index)}: refused', error is not None, True)`, ...checksOf(dialogue, step.state, index, story)];
  const finite = `all(np.isfinite(numpy_of(value)).all() for value in (${dialogue.state.running_mean}, ${dialogue.state.running_var}))`;
  const kept = checksOf(dialogue, step.state, index, story).map((line) => line.split('\n').map((part) => `    ${part}`).join('\n'));
  return [...attempt, 'if error is None:', `    check_same('step ${String(index)}: a finite state', ${finite}, True)`, ...(kept.length === 0 ? [] : ['else:', ...kept])];
}

function checksOf(dialogue: Dialogue, { values, count }: AcceptedObservation, index: number, story: Story): readonly string[] {
  const checks = values.map((one) => checkOf(dialogue, one, index, story));
  if (count === null || dialogue.stepCount === null) return checks;
  return [...checks, `check_same('step ${String(index)}: step count', ${dialogue.stepCount}, ${String(count.value)})`];
}

function checkOf(dialogue: Dialogue, { observable, value, low, stable, naive, alternative, dtype }: AcceptedValues, index: number, { status }: Story): string {
  const got = observable === 'running_mean' || observable === 'running_var' ? dialogue.state[observable] : `${observable}${String(index)}`;
  const text = (numbers: ArrayLike<number>) => pythonNumbers(numbers, '        ').replaceAll('\n', '\n    ');
  const optional = (name: string, numbers: ArrayLike<number> | null | undefined) => (numbers === null || numbers === undefined ? [] : [`    ${name}=${text(numbers)},`]);
  return [
    'check(', `    'step ${String(index)}: ${observable}',`, `    ${got},`, `    ${text(value)},`, `    ${text(status === 'inaccurate' ? stable : naive)},`,
    `    float.fromhex('${hexFloat(largestFinite(dtype))}'),`, ...optional('low', low), ...optional('other', alternative), ')',
  ].join('\n    ');
}
