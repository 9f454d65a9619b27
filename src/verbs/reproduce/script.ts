import type { AcceptedObservation, AcceptedRefusal, AcceptedStep, AcceptedValues } from '../../accept/accepted.ts';
import type { Case, Route } from '../../cases/case.ts';
import type { Expectation } from '../../diff/judge.ts';
import type { Status } from '../../diff/verdict.ts';
import { largestFinite } from '../../tensor/formats.ts';
import type { Dialogue } from './dialogue.ts';
import { hexFloat, pythonNumbers, pythonShape } from './python.ts';
import { mindsporeDialogue, mindsporeRoutes } from './script-mindspore.ts';
import { pytorchDialogue, pytorchRoutes } from './script-pytorch.ts';

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
    heading(dialogue, story), ...dialogue.imports, '', 'WRONG = []', 'GOT = {}', 'KEPT = {}', '', '', dialogue.helpers.trim(), '', '', shared(story).trim(), '', '',
    'def main() -> int:', '    """The case, step by step."""', ...body(dialogue, expectation, story).map((line) => (line === '' ? '' : `    ${line}`)),
    '    if len(sys.argv) > 1:', '        np.savez(sys.argv[1], **GOT)', '    return int(bool(WRONG))', '', '', "if __name__ == '__main__':", '    sys.exit(main())', '',
  ].join('\n');
}

/** More input elements would make a script that nobody reads. */
const largestScript = 3000;

/** Why no script is written of a case for a framework; null where one is. */
export function whyNoScript(framework: string, question: Case): string | null {
  const { ranks, program, route = 'module' } = question;
  if (framework !== 'pytorch' && framework !== 'mindspore') return `scripts are written for pytorch and mindspore, not for ${framework}`;
  if (ranks.length > 1) return 'a case of several ranks needs as many processes';
  if (program.some(({ op }) => op === 'describe')) return 'the layer is asked to describe itself, which no number shows';
  if (!routesOf[framework].includes(route)) return `route ${route} has no spelling in a script for ${framework}`;
  const elements = ranks.reduce((total, { inputs }) => inputs.reduce((sum, { data }) => sum + data.length, total), 0);
  if (elements > largestScript) return `${String(elements)} input elements are more than the ${String(largestScript)} that a script holds`;
  const twice = framework === 'mindspore' && program.some((step, index) => step.op === 'backward' && program.slice(0, index).some((other) => other.op === 'backward' && other.of === step.of));
  return twice ? 'two backward passes of one forward: in PyNative mode the second would run the forward again' : null;
}

const routesOf: Readonly<Record<'pytorch' | 'mindspore', readonly Route[]>> = { pytorch: pytorchRoutes, mindspore: mindsporeRoutes };

function dialogueOf(framework: string, { case: question }: Expectation): Dialogue | null {
  if (whyNoScript(framework, question) !== null) return null;
  return framework === 'pytorch' ? pytorchDialogue(question) : mindsporeDialogue(question);
}

function heading({ needs, standard = [] }: Dialogue, { cause, rule, title, from }: Story): string {
  const name = cause === null ? 'One case of Batch Normalization' : `${cause}${rule === null || rule === '' ? '' : ` (${rule})`}: ${title ?? 'no known cause explains it'}`;
  return [
    `"""${name}.`, '', from,
    `Needs ${needs} and numpy, nothing else. Exit code 1 while the framework deviates from the rule, 0 once it does not.`,
    'A path of an .npz file as argument saves what was observed.', '"""', '',
    'from __future__ import annotations', '', ...standard.map((name) => `import ${name}`), 'import sys', '', 'import numpy as np',
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
def check(
    name: str, value: object, form: str, expected: str, bound: str, largest: float, low: str = '', other: str = ''
) -> None:
    """Prints one observable, and keeps it in mind where it deviates."""
    got = GOT[name] = numpy_of(value).ravel()
    exact, bounds = numbers(expected), numbers(bound)
    others = numbers(other) if other else np.full(exact.shape, np.nan)
    lows = numbers(low) if low else np.zeros(exact.shape)
    same_size = got.size == exact.size
    right = [accepted(*each, largest) for each in zip(got, exact, lows, bounds, others)] if same_size else [False]
    bad = [i for i, fine in enumerate(right) if not fine]
    given = f'{str(value.dtype).split(".")[-1].lower()} {tuple(value.shape)}'
    print(f'{name}: {"DEVIATES" if bad or given != form else "ok"}')
    if given != form:
        print(f'  expected {form}, got {given}')
    for i in bad[:8] or range(min(exact.size, 4)):
        print(f'  [{i}] expected {float(exact[i])!r} within {bounds[i]:.3g}, got {float(got[i]) if same_size else got!r}')
    if bad or given != form:
        WRONG.append(name)


def keep(name: str, value: object) -> object:
    """The operand, whose values no call may change."""
    KEPT[name] = numpy_of(value)
    return value


def check_kept(step: str, name: str, value: object) -> None:
    """Prints an operand that a call has changed."""
    if not np.array_equal(KEPT[name], numpy_of(value), equal_nan=True):
        print(f'{step}: {name}: DEVIATES: the call has changed its operand')
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
    ...(rank?.construct.kind === 'refusal' ? attemptOf(dialogue.construct, 'construction', rank.construct) : dialogue.construct),
    ...steps.flatMap((step, index) => ['', `# step ${String(index)}: ${describeStep(question.program[index])}`, ...linesOf(dialogue, step, index, story)]),
  ];
}

function describeStep(step: Expectation['case']['program'][number] | undefined): string {
  if (step?.op === 'forward') return `forward, ${step.mode === 'fresh' ? 'the mode that the constructor left' : step.mode}`;
  if (step?.op === 'backward') return `backward of step ${String(step.of)}`;
  return step?.op === 'reload' && step.by === 'copy' ? 'a deep copy takes over' : 'saved, and loaded into a new layer';
}

function linesOf(dialogue: Dialogue, step: AcceptedStep, index: number, story: Story): readonly string[] {
  const lines = dialogue.step(index);
  if (step.kind === 'values') return [...lines, ...dialogue.kept(index).map((name) => `check_kept('step ${String(index)}', '${name}', ${name})`), ...checksOf(dialogue, step, index, story)];
  if (!step.orFinite || (step.errors ?? []).length > 0) return [...attemptOf(lines, `step ${String(index)}`, step), ...checksOf(dialogue, step.state, index, story)];
  const finite = `all(np.isfinite(numpy_of(value)).all() for value in (${dialogue.state.running_mean}, ${dialogue.state.running_var}))`;
  const kept = checksOf(dialogue, step.state, index, story).map((line) => line.split('\n').map((part) => `    ${part}`).join('\n'));
  return [...attemptLines(lines), 'if error is None:', `    check_same('step ${String(index)}: a finite state', ${finite}, True)`, ...(kept.length === 0 ? [] : ['else:', ...kept])];
}

/** Lines that must be refused, and by which class of error where the framework's contract says so (BN-ERR-02). */
function attemptOf(lines: readonly string[], where: string, { errors = [] }: AcceptedRefusal): readonly string[] {
  const classes = [...new Set(errors.map((entry) => `'${entry.class}'`))];
  const named = classes.length === 0 ? [] : [`check_same('${where}: class of the error', type(error).__name__ in (${classes.join(', ')},), True)`];
  return [...attemptLines(lines), `check_same('${where}: refused', error is not None, True)`, ...named];
}

function attemptLines(lines: readonly string[]): readonly string[] {
  return ['error = None', 'try:', ...lines.map((line) => `    ${line}`), 'except Exception as refusal:', '    error = refusal', '    print(f\'refused: {type(error).__name__}: {error}\')'];
}

function checksOf(dialogue: Dialogue, { values, count }: AcceptedObservation, index: number, story: Story): readonly string[] {
  const checks = values.map((one) => checkOf(dialogue, one, index, story));
  if (count === null || dialogue.stepCount === null) return checks;
  return [...checks, `check_same('step ${String(index)}: step count', ${dialogue.stepCount}, ${String(count.value)})`];
}

function checkOf(dialogue: Dialogue, { observable, value, low, stable, naive, alternative, dtype, shape }: AcceptedValues, index: number, { status }: Story): string {
  const got = observable === 'running_mean' || observable === 'running_var' ? dialogue.state[observable] : `${observable}${String(index)}`;
  const text = (numbers: ArrayLike<number>) => pythonNumbers(numbers, '        ').replaceAll('\n', '\n    ');
  const optional = (name: string, numbers: ArrayLike<number> | null | undefined) => (numbers === null || numbers === undefined ? [] : [`    ${name}=${text(numbers)},`]);
  return [
    'check(', `    'step ${String(index)}: ${observable}',`, `    ${got},`, `    '${dtype} ${pythonShape(shape)}',`, `    ${text(value)},`, `    ${text(status === 'inaccurate' ? stable : naive)},`,
    `    float.fromhex('${hexFloat(largestFinite(dtype))}'),`, ...optional('low', low), ...optional('other', alternative), ')',
  ].join('\n    ');
}
