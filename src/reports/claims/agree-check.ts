import type { AgreeCheck, Framework } from '../../spec/generated/claims.ts';
import type { CaseResult, RunDeviation } from '../run.ts';
import { agrees, type Answer, answerSelected, differs, frameworkTitles, isAnswer, missingText, refusalIn, refusalText, resultOf, type Stage, unanswered } from './answer.ts';
import { deviationText } from './cases-check.ts';
import { descriptionOf } from './description.ts';

/** What both frameworks answered to one case. */
interface Pair {
  readonly pytorch: CaseResult;
  readonly mindspore: CaseResult;
}

/**
 * Whether both frameworks show the same on every selected case, or on every one do not.
 *
 * They do where both lie inside the bound around the reference; where both lie outside, their numbers must be equal within it.
 */
export function checkAgreement(check: AgreeCheck, stage: Stage): readonly Answer[] {
  return answerSelected(stage, check.select, (id) => {
    const [pytorch, mindspore] = [resultOf(stage, 'pytorch', id), resultOf(stage, 'mindspore', id)];
    if (isAnswer(pytorch)) return pytorch;
    if (isAnswer(mindspore)) return mindspore;
    const answer = compareAnswers({ pytorch, mindspore }, check);
    return check.expect === 'same' ? answer : inverse(answer);
  });
}

function inverse(answer: Answer): Answer {
  if (answer.outcome === 'unanswered') return answer;
  return { ...answer, outcome: answer.outcome === 'agrees' ? 'differs' : 'agrees' };
}

function compareAnswers(pair: Pair, check: AgreeCheck): Answer {
  return compareOffers(pair) ?? compareRefusals(pair) ?? compareParameters(pair, check) ?? compareNumbers(pair, check);
}

/** An answer where at least one of them does not offer the case. */
function compareOffers({ pytorch, mindspore }: Pair): Answer | null {
  const lacking = (['pytorch', 'mindspore'] as const).filter((name) => ({ pytorch, mindspore })[name].found === 'unsupported');
  const [first, second] = lacking;
  if (first === undefined) return null;
  if (second !== undefined) return unanswered(pytorch.id, 'neither offers it');
  return differs(pytorch, missingText(first === 'pytorch' ? pytorch : mindspore, first));
}

function compareRefusals({ pytorch, mindspore }: Pair): Answer | null {
  const [one, other] = [refusalIn(pytorch), refusalIn(mindspore)];
  if (one === undefined && other === undefined) return null;
  if (one !== undefined && other !== undefined) return agrees(pytorch, 'both refuse');
  return differs(pytorch, one === undefined ? refusedAlone('mindspore', other) : refusedAlone('pytorch', one));
}

function refusedAlone(framework: Framework, refusal: Parameters<typeof refusalText>[0] | undefined): string {
  return `${frameworkTitles[framework]} alone refuses: ${refusal === undefined ? '' : refusalText(refusal)}`;
}

function compareParameters({ pytorch, mindspore }: Pair, { observables }: AgreeCheck): Answer | null {
  if (!observables.includes('parameters')) return null;
  const [one, other] = [parametersText(pytorch), parametersText(mindspore)];
  if (one === null || other === null) return unanswered(pytorch.id, 'the case asks no layer what it is');
  return one === other ? agrees(pytorch, `both: ${one}`) : differs(pytorch, `PyTorch: ${one}; MindSpore: ${other}`);
}

function parametersText(result: CaseResult): string | null {
  const described = descriptionOf(result);
  if (described === undefined) return null;
  const training = described.parameters.filter(({ trainable }) => trainable).length;
  return `${String(described.parameters.length)} parameters, ${String(training)} of them trained`;
}

function compareNumbers({ pytorch, mindspore }: Pair, { observables }: AgreeCheck): Answer {
  const mine = deviationsAt(pytorch, observables);
  const theirs = deviationsAt(mindspore, observables);
  for (const place of new Set([...mine.keys(), ...theirs.keys()])) {
    const [one, other] = [mine.get(place), theirs.get(place)];
    if (!areEqual(one, other)) return differs(pytorch, sideText('pytorch', one) ?? sideText('mindspore', other) ?? '');
  }
  return agrees(pytorch, 'equal within the bound');
}

function sideText(framework: Framework, deviation: RunDeviation | undefined): string | null {
  return deviation === undefined ? null : `${frameworkTitles[framework]}: ${deviationText(deviation)}`;
}

/** Deviations outside the must bound, by rank, step and observable. */
function deviationsAt({ deviations }: CaseResult, observables: readonly string[]): ReadonlyMap<string, RunDeviation> {
  const hard = deviations.filter(({ level, observable }) => level === 'must' && observables.includes(observable));
  return new Map(hard.map((deviation) => [`${String(deviation.rank)}/${String(deviation.step)}/${deviation.observable}`, deviation]));
}

function areEqual(one: RunDeviation | undefined, other: RunDeviation | undefined): boolean {
  if (one === undefined || other === undefined) return false;
  if (one.element !== other.element) return false;
  if (typeof one.got !== 'number' || typeof other.got !== 'number') return one.got === other.got;
  return Object.is(one.got, other.got) || Math.abs(one.got - other.got) <= one.bound + other.bound;
}
