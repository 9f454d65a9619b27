import { createHash } from 'node:crypto';
import type { Case } from '../../cases/case.ts';
import { canonicalJson } from '../../cases/canonical-json.ts';
import type { PlannedCase } from '../../cases/plan.ts';
import { type Expectation, expectationOf } from '../../diff/judge.ts';
import { readRules } from '../../spec/rules.ts';
import type { RuleId } from '../../spec/rule-id.ts';
import { literalOf } from './literal.ts';

let cited: readonly RuleId[] | undefined;

/** A drawn case as if a suite had planned it: it asks about every rule at once. */
export function expectationFor(question: Case): Expectation {
  cited ??= readRules().filter(({ level }) => level !== 'unspecified').map(({ id }) => id as RuleId);
  const planned: PlannedCase = {
    id: question.id, layer: question.layer, behaviour: 'fuzz', rules: cited, axes: {}, expectsConstant: false, repeats: false, literal: question,
  };
  return expectationOf(planned, question);
}

/** SHA-256 of the canonical JSON of the literal data, hexadecimal. */
export function hashOf(question: Case): string {
  return createHash('sha256').update(canonicalJson(literalOf(question))).digest('hex');
}

/** The case under the id that names its data by content. */
export function named(question: Case): Case {
  return { ...question, id: `${question.layer}/num/found/data=${hashOf(question).slice(0, 12)}` };
}

/** Input elements over all steps. */
export function elementsOf({ ranks }: Case): number {
  return ranks.reduce((total, { inputs }) => inputs.reduce((sum, { data }) => sum + data.length, total), 0);
}
