import type { CasesCheck, Tensor } from '../../spec/generated/claims.ts';
import type { CaseResult, RunDeviation } from '../run.ts';
import { agrees, type Answer, answerSelected, differs, isAnswer, missingText, refusalIn, refusalText, resultOf, type Stage, unanswered } from './answer.ts';
import { valuesOf } from './observed-values.ts';

const everyTensor: readonly Tensor[] = ['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var'];

/** Whether every selected case of one framework shows what is expected. */
export function checkCases(check: CasesCheck, stage: Stage): readonly Answer[] {
  return answerSelected(stage, check.select, (id) => {
    const result = resultOf(stage, check.runner, id);
    if (isAnswer(result)) return result;
    if (check.expect === 'unsupported') return checkMissing(result, check);
    if (result.found === 'unsupported') return unanswered(id, missingText(result, check.runner));
    if (check.expect === 'refused' || check.expect === 'computes') return checkRefusal(result, check.expect);
    return expectations[check.expect](result, check.observables ?? everyTensor);
  });
}

function checkMissing(result: CaseResult, { runner }: CasesCheck): Answer {
  return result.found === 'unsupported' ? agrees(result, missingText(result, runner)) : differs(result, 'it is offered, and answered');
}

function checkRefusal(result: CaseResult, expected: 'refused' | 'computes'): Answer {
  const refusal = refusalIn(result);
  if (refusal === undefined) return expected === 'computes' ? agrees(result, 'it computes') : differs(result, 'it computes');
  return expected === 'refused' ? agrees(result, refusalText(refusal)) : differs(result, refusalText(refusal));
}

type Expectation = (result: CaseResult, observables: readonly Tensor[]) => Answer;

const expectations: Readonly<Record<Exclude<CasesCheck['expect'], 'unsupported' | 'refused' | 'computes'>, Expectation>> = {
  conforms: (result, observables) => {
    const deviation = hardDeviation(result, observables);
    if (deviation !== undefined) return differs(result, deviationText(deviation));
    return refusedUnasked(result) ?? (isJudged(result) ? agrees(result, 'as the rules say') : unanswered(result.id, result.reason ?? result.found));
  },
  deviates: (result, observables) => {
    const deviation = hardDeviation(result, observables);
    if (deviation !== undefined) return agrees(result, deviationText(deviation));
    return refusedUnasked(result) ?? differs(result, `${observables.join(', ')} as the rules say`);
  },
  moves: (result, observables) => refusedUnasked(result) ?? compareState(result, observables, 'moves'),
  keeps: (result, observables) => refusedUnasked(result) ?? compareState(result, observables, 'keeps'),
  zero: (result, observables) => {
    const shown = observables.flatMap((name) => valuesOf(result, name));
    for (const { observable, values } of shown) {
      const element = values.findIndex((value) => value !== 0);
      if (element >= 0) return differs(result, `${observable}[${String(element)}] is ${String(values[element])}`);
    }
    return refusedUnasked(result) ?? agrees(result, 'zero or absent');
  },
};

/** No answer where a call failed, as its documentation says that it does. */
function refusedUnasked(result: CaseResult): Answer | null {
  const refusal = refusalIn(result);
  return refusal === undefined ? null : unanswered(result.id, refusalText(refusal));
}

/** Bit patterns of the last step against those after construction, on every rank. */
function compareState(result: CaseResult, observables: readonly Tensor[], expected: 'moves' | 'keeps'): Answer {
  for (const { construct, steps } of result.observed ?? []) {
    for (const name of observables) {
      const [before, after] = [construct[name]?.hex, steps.at(-1)?.[name]?.hex];
      if (before === undefined || after === undefined) return unanswered(result.id, `no ${name} to look at`);
      if ((before === after) !== (expected === 'keeps')) return differs(result, before === after ? `${name} stays as it was` : `${name} has moved`);
    }
  }
  return agrees(result, expected === 'keeps' ? 'the state stays' : 'the state moves');
}

/** A deviation outside the must bound of one of the observables, or a call that failed. */
function hardDeviation({ deviations }: CaseResult, observables: readonly string[]): RunDeviation | undefined {
  return deviations.find(({ level, observable }) => level === 'must' && (observable === 'error' || observables.includes(observable)));
}

function isJudged({ found }: CaseResult): boolean {
  return found !== 'ungradable' && found !== 'mistrusted';
}

export function deviationText({ observable, element, got, expected }: Pick<RunDeviation, 'observable' | 'element' | 'got' | 'expected'>): string {
  return `${observable}${element === null ? '' : `[${String(element)}]`} is ${String(got)}, by the rules ${String(expected)}`;
}
