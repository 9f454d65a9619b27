import { roundTo } from '../../tensor/round.ts';
import type { PrintedCheck } from '../../spec/generated/claims.ts';
import type { CaseResult } from '../run.ts';
import { agrees, type Answer, answerSelected, differs, isAnswer, missingText, resultOf, type Stage, unanswered } from './answer.ts';
import { type ShownValues, valuesOf } from './observed-values.ts';

/** Whether y of the first step is what an example prints, digit by digit. */
export function checkPrinted(check: PrintedCheck, stage: Stage): readonly Answer[] {
  return answerSelected(stage, check.select, (id) => {
    const result = resultOf(stage, check.runner, id);
    if (isAnswer(result)) return result;
    if (result.found === 'unsupported') return unanswered(id, missingText(result, check.runner));
    const [first] = valuesOf(result, 'y');
    return first === undefined ? unanswered(id, 'no y to look at') : compareDigits(result, first, check);
  });
}

function compareDigits(result: CaseResult, shown: ShownValues, { digits, rounding }: PrintedCheck): Answer {
  if (shown.values.length !== digits.length) return differs(result, `${String(shown.values.length)} values, not ${String(digits.length)}`);
  const other = digits.map((text, at) => ({ text, value: shown.values[at] ?? NaN })).filter(({ text, value }) => !printsAs(value, text, rounding, shown));
  const [first] = other;
  if (first === undefined) return agrees(result, `all ${String(digits.length)} values print so`);
  const furthest = Math.max(...other.map(({ text, value }) => Math.abs(value - named(text, rounding, shown))));
  return differs(result, `${String(other.length)} of ${String(digits.length)} values print otherwise, ${String(first.value)} for ${first.text}; at most ${furthest.toExponential(1)} apart`);
}

/** `shortest` digits name one number of the type, the nearest; `fixed` ones are the value rounded to so many decimals. */
function printsAs(value: number, text: string, rounding: PrintedCheck['rounding'], shown: ShownValues): boolean {
  return rounding === 'shortest' ? Object.is(value, named(text, rounding, shown)) : value.toFixed(text.split('.')[1]?.length ?? 0) === text;
}

/** The number that the digits name. */
function named(text: string, rounding: PrintedCheck['rounding'], { dtype }: ShownValues): number {
  return rounding === 'shortest' ? roundTo(Number(text), dtype) : Number(text);
}
