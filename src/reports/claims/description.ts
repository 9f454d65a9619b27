import type { DescribedCheck, Shown } from '../../spec/generated/claims.ts';
import type { CaseResult } from '../run.ts';
import { agrees, type Answer, answerSelected, differs, isAnswer, missingText, refusalIn, refusalText, resultOf, type Stage, unanswered } from './answer.ts';

export type Description = NonNullable<NonNullable<CaseResult['observed']>[number]['construct']['described']>;

/** What the first rank's layer says of itself; undefined where it was not asked. */
export function descriptionOf({ observed }: CaseResult): Description | undefined {
  return observed?.[0]?.steps.find(({ described }) => described !== undefined)?.described;
}

/** Whether every selected layer of one framework describes itself so. */
export function checkDescription({ runner, select, shows }: DescribedCheck, stage: Stage): readonly Answer[] {
  return answerSelected(stage, select, (id) => {
    const result = resultOf(stage, runner, id);
    if (isAnswer(result)) return result;
    if (result.found === 'unsupported') return unanswered(id, missingText(result, runner));
    const described = descriptionOf(result);
    if (described === undefined) return unanswered(id, refusedText(result));
    const [seen, stated] = shownIn(described, shows);
    return seen === stated ? agrees(result, seen) : differs(result, `${seen}, not ${stated}`);
  });
}

function refusedText(result: CaseResult): string {
  const refusal = refusalIn(result);
  return refusal === undefined ? 'the case asks no layer what it is' : `the layer cannot be constructed here: ${refusalText(refusal)}`;
}

/** What is seen and what is stated, in the same words. */
function shownIn(described: Description, shown: Shown): readonly [seen: string, stated: string] {
  if ('arguments' in shown) return [described.arguments.map(({ name }) => name).join(', '), shown.arguments.join(', ')];
  if ('argument' in shown) return [defaultText(described, shown.argument), JSON.stringify(shown.default)];
  if ('noArgument' in shown) return [argumentIn(described, shown.noArgument) === undefined ? 'absent' : 'present', 'absent'];
  if ('inputs' in shown) return [described.inputs.join(', '), shown.inputs.join(', ')];
  if ('training' in shown) return [modeText(described.training), modeText(shown.training)];
  return [oneLine(described.repr), oneLine(shown.text)];
}

function argumentIn(described: Description, name: string): Description['arguments'][number] | undefined {
  return described.arguments.find((argument) => argument.name === name);
}

function defaultText(described: Description, name: string): string {
  const argument = argumentIn(described, name);
  if (argument === undefined) return `no argument ${name}`;
  return argument.default === undefined ? 'no default' : JSON.stringify(argument.default);
}

function modeText(training: boolean): string {
  return training ? 'training mode' : 'evaluation mode';
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
