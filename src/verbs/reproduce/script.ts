import type { AcceptedObservation, AcceptedRefusal, AcceptedStep, AcceptedValues } from '../../accept/accepted.ts';
import { settingsText } from '../../cases/case.ts';
import type { Expectation } from '../../diff/judge.ts';
import type { Status } from '../../diff/verdict.ts';
import { largestFinite } from '../../tensor/formats.ts';
import type { Dialogue } from './dialogue.ts';
import { type LargeNumbers, largeNumbers } from './large-numbers.ts';
import { miniatureModel } from './miniature-model.ts';
import { docstringText, hexFloat, pythonNumbers, pythonShape } from './python.ts';
import { sharedFunctions } from './script-functions.ts';
import { mindsporeDialogue } from './script-mindspore.ts';
import { miniatureDialogues } from './script-miniature.ts';
import { pytorchDialogue } from './script-pytorch.ts';
import { elementsOf, largestInline, type Subject, whyNoScript } from './why-no-script.ts';

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

/** A script, and the numbers that belong into the file of its name that ends with `.npy`; null where all stand in the script. */
export interface Script {
  readonly text: string;
  readonly numbers: Float64Array<ArrayBuffer> | null;
}

/** A script that is one file; null where {@link scriptOf} writes none, or one with numbers beside it. */
export function standAloneScript(framework: string, expectation: Expectation, story: Story): string | null {
  const script = elementsOf(expectation.case) > largestInline ? null : scriptOf({ framework }, expectation, story);
  return script?.text ?? null;
}

/**
 * A program that shows the deviation with the framework and numpy alone; null for a framework or a case that has no spelling here.
 *
 * It prints expected and got of every observable that is judged, and exits with 1 while one of them deviates.
 */
export function scriptOf(subject: Subject, expectation: Expectation, story: Story): Script | null {
  const large = elementsOf(expectation.case) > largestInline ? largeNumbers() : undefined;
  const dialogues = dialoguesOf(subject, expectation, large);
  const [dialogue] = dialogues;
  if (dialogue === undefined) return null;
  const text = [
    heading(dialogue, story, large), ...dialogue.imports, '', 'WRONG = []', 'GOT = {}', 'KEPT = {}', ...(large === undefined ? [] : [largeLine]), '', '', dialogue.helpers.trim(), '', '', sharedFunctions(story.status, large !== undefined), '', '',
    'def main() -> int:', '    """The case, step by step."""', ...body(dialogues, expectation, { story, large }).map((line) => (line === '' ? '' : `    ${line}`)),
    '    if len(sys.argv) > 1:', '        np.savez(sys.argv[1], **GOT)', '    return int(bool(WRONG))', '', '', ...ending, '',
  ].join('\n');
  return { text, numbers: large?.all() ?? null };
}

const largeLine = "LARGE = np.load(Path(__file__).with_suffix('.npy'))";
const ending = [
  "if __name__ == '__main__':", '    try:', '        CODE = main()', '    except Exception as refusal:', '        traceback.print_exc()',
  "        print(f'DEVIATES: expected a result, got {type(refusal).__name__}: {refusal}')", '        CODE = 1', '    sys.exit(CODE)',
];

/** One for each rank that a script can play; none where it cannot be written. */
function dialoguesOf(subject: Subject, { case: question }: Expectation, large: LargeNumbers | undefined): readonly Dialogue[] {
  if (whyNoScript(subject, question) !== null) return [];
  const model = subject.framework === 'miniature' ? miniatureModel(subject.variant ?? '') : null;
  if (model !== null) return miniatureDialogues(question, model, large);
  const asked = { ...question, large };
  return [subject.framework === 'pytorch' ? pytorchDialogue(asked) : mindsporeDialogue(asked)];
}

function heading({ needs, standard = [] }: Dialogue, { cause, rule, title, from }: Story, large: LargeNumbers | undefined): string {
  const name = cause === null ? 'One case of Batch Normalization' : `${cause}${rule === null || rule === '' ? '' : ` (${rule})`}: ${title ?? 'no known cause explains it'}`;
  const beside = large === undefined ? 'nothing else' : 'and the .npy file of its name beside it';
  return [
    `"""${docstringText(name)}.`, '', docstringText(from),
    `Needs ${needs === '' ? 'numpy' : `${needs} and numpy`}, ${beside}. Exit code 1 while the ${needs === '' ? 'model below' : 'framework'} deviates from the rule, 0 once it does not.`,
    'A path of an .npz file as argument saves what was observed.', '"""', '',
    'from __future__ import annotations', '', ...[...standard, 'sys', 'traceback'].sort().map((one) => `import ${one}`), ...(large === undefined ? [] : ['from pathlib import Path']), '', 'import numpy as np',
  ].join('\n');
}

/** How the lines of a script are written. */
interface Writing {
  readonly story: Story;
  readonly large: LargeNumbers | undefined;
}

/** A step at its place in the script. */
interface Placed extends Writing {
  readonly index: number;
  /** Begins each printed line. */
  readonly where: string;
}

function body(dialogues: readonly Dialogue[], { case: question, accepted }: Expectation, writing: Writing): readonly string[] {
  return dialogues.flatMap((dialogue, rank) => {
    const { construct, steps } = accepted.ranks[rank] ?? { construct: null, steps: [] };
    const prefix = dialogues.length === 1 ? '' : `rank ${String(rank)}, `;
    return [
      ...(rank === 0 ? [] : ['']), ...constructionOf(dialogue, construct, { ...writing, index: -1, where: `${prefix}construction` }),
      ...steps.flatMap((step, index) => ['', `# ${prefix}step ${String(index)}: ${describeStep(question.program[index])}`, ...linesOf(dialogue, step, { ...writing, index, where: `${prefix}step ${String(index)}` })]),
    ];
  });
}

function constructionOf(dialogue: Dialogue, construct: AcceptedStep | null, placed: Placed): readonly string[] {
  if (construct?.kind === 'refusal') return attemptOf(dialogue.construct, placed.where, construct);
  return dialogue.further === undefined || construct === null ? dialogue.construct : [...dialogue.construct, ...checksOf(dialogue, construct, placed)];
}

const successors = { checkpoint: 'saved, and loaded into a new layer', copy: 'a deep copy takes over', conversion: 'converted into a synchronised layer inside a network' } as const;

function describeStep(step: Expectation['case']['program'][number] | undefined): string {
  if (step?.op === 'forward') return `forward, ${step.mode === 'fresh' ? 'the mode that the constructor left' : `${step.mode}${step.stays === true ? ', which it is in by itself' : ''}`}`;
  if (step?.op === 'configure') return `set on the live layer: ${settingsText(step.set)}`;
  if (step?.op !== 'backward') return step?.op === 'reload' ? successors[step.by ?? 'checkpoint'] : '';
  return `${step.direction === undefined ? 'backward' : 'backward, differentiated once more,'} of step ${String(step.of)}${step.accumulates === true ? ', added up in the parameters' : ''}`;
}

function linesOf(dialogue: Dialogue, step: AcceptedStep, placed: Placed): readonly string[] {
  const { index, where } = placed;
  const lines = dialogue.step(index);
  if (step.kind === 'values') return [...lines, ...dialogue.kept(index).map((name) => `check_kept('${where}', '${name}', ${name})`), ...checksOf(dialogue, step, placed)];
  if (!step.orFinite || (step.errors ?? []).length > 0) return [...attemptOf(lines, where, step), ...checksOf(dialogue, step.state, placed)];
  const finite = `all(np.isfinite(numpy_of(value)).all() for value in (${dialogue.state.running_mean}, ${dialogue.state.running_var}))`;
  const kept = checksOf(dialogue, step.state, placed).map((line) => line.split('\n').map((part) => `    ${part}`).join('\n'));
  return [...attemptLines(lines), 'if error is None:', `    check_same('${where}: a finite state', ${finite}, True)`, ...(kept.length === 0 ? [] : ['else:', ...kept])];
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

function checksOf(dialogue: Dialogue, accepted: AcceptedObservation, placed: Placed): readonly string[] {
  const { values, count } = accepted;
  return [
    ...values.map((one) => checkOf(dialogue, one, placed)), ...(dialogue.further?.(placed.where, accepted) ?? []),
    ...(count === null || dialogue.stepCount === null ? [] : [`check_same('${placed.where}: step count', ${dialogue.stepCount}, ${String(count.value)})`]),
  ];
}

function checkOf(dialogue: Dialogue, { observable, value, low, stable, naive, alternative, dtype, shape }: AcceptedValues, { index, where, story, large }: Placed): string {
  const got = observable === 'running_mean' || observable === 'running_var' ? dialogue.state[observable] : `${observable}${String(index)}`;
  const text = (numbers: ArrayLike<number>) => pythonNumbers(numbers, '        ', large).replaceAll('\n', '\n    ');
  const optional = (name: string, numbers: ArrayLike<number> | null | undefined) => (numbers === null || numbers === undefined ? [] : [`    ${name}=${text(numbers)},`]);
  return [
    'check(', `    '${where}: ${observable}',`, `    ${got},`, `    '${dtype} ${pythonShape(shape)}',`, `    ${text(value)},`, `    ${text(story.status === 'inaccurate' ? stable : naive)},`,
    `    float.fromhex('${hexFloat(largestFinite(dtype))}'),`, ...optional('low', low), ...optional('other', alternative), ')',
  ].join('\n    ');
}
