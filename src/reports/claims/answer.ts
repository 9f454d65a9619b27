import { matchesPattern } from '../../cases/select.ts';
import type { Framework } from '../../spec/generated/claims.ts';
import type { CaseResult, Run, RunnerResults } from '../run.ts';

/** What one case, or the whole check where `case` is null, says of a claim. */
export interface Answer {
  readonly outcome: 'agrees' | 'differs' | 'unanswered';
  readonly case: string | null;
  /** Input elements of the case: the smallest is shown first. */
  readonly elements: number;
  /** What was seen, or why there is no answer. */
  readonly saw: string;
}

/** Who speaks for each framework. */
export type Cast = Readonly<Partial<Record<Framework, RunnerResults>>>;

/** A run with who speaks in it. */
export interface Stage {
  readonly run: Pick<Run, 'header'>;
  readonly cast: Cast;
}

export const frameworkTitles: Readonly<Record<Framework, string>> = { pytorch: 'PyTorch', mindspore: 'MindSpore' };

export function agrees({ id, elements }: CaseResult, saw: string): Answer {
  return { outcome: 'agrees', case: id, elements, saw };
}

export function differs({ id, elements }: CaseResult, saw: string): Answer {
  return { outcome: 'differs', case: id, elements, saw };
}

export function unanswered(id: string | null, saw: string): Answer {
  return { outcome: 'unanswered', case: id, elements: 0, saw };
}

/** An answer per planned case that one of the patterns matches; one that says so where none is. */
export function answerSelected(stage: Stage, select: readonly string[], answer: (id: string) => Answer): readonly Answer[] {
  const matchers = select.map((pattern) => matchesPattern(pattern));
  const ids = [...stage.run.header.cases].filter((id) => matchers.some((matches) => matches(id)));
  return ids.length === 0 ? [unanswered(null, 'this run asks none of its cases')] : ids.map((id) => answer(id));
}

/** A case of the framework that was answered in numbers or by a refusal of its own, or why there is none. */
export function resultOf({ cast }: Stage, framework: Framework, id: string): CaseResult | Answer {
  const title = frameworkTitles[framework];
  const results = cast[framework];
  if (results === undefined) return unanswered(null, `${title} is not in this run`);
  const result = results.cases.find((one) => one.id === id);
  if (result === undefined) return unanswered(id, `the runner of ${title} does not speak ${id.slice(0, id.indexOf('/'))}`);
  const asked = result.found === 'unsupported' || result.observed !== undefined;
  return asked ? result : unanswered(id, `${title}: ${result.found}, ${result.reason ?? 'and what was observed is not in the run'}`);
}

export function isAnswer(value: CaseResult | Answer): value is Answer {
  return 'outcome' in value;
}

/** Why a framework does not offer a case, without the probe. */
export function missingText({ reason }: CaseResult, framework: Framework): string {
  return `${frameworkTitles[framework]} has ${(reason ?? 'no such thing').split(' (')[0] ?? ''}`;
}

/** The refusal in an answer, or undefined. */
export function refusalIn({ observed }: CaseResult): { readonly class: string; readonly message: string } | undefined {
  return observed?.flatMap(({ construct, steps }) => [construct, ...steps]).find(({ error }) => error !== undefined)?.error;
}

export function refusalText({ class: name, message }: { readonly class: string; readonly message: string }): string {
  return `${name}: ${message.trimStart().split('\n', 1)[0]?.trimEnd() ?? ''}`;
}
