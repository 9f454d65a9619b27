import { acceptCase } from '../../accept/accept.ts';
import type { AcceptedStep } from '../../accept/accepted.ts';
import type { Case } from '../../cases/case.ts';
import { causeNamed, variantCauses } from '../../diff/catalogue.ts';
import { isAccepted } from '../../diff/interval.ts';
import { type Expectation, judge } from '../../diff/judge.ts';
import type { Verdict } from '../../diff/verdict.ts';
import { coreFormulas, type Formulas } from '../../reference/formulas.ts';
import type { Answer } from '../../runners/answer.ts';
import type { Observation, StepObservation } from '../../runners/observation.ts';
import type { Dialect } from '../../spec/dialect.ts';
import { unitRoundoff } from '../../tensor/formats.ts';
import type { FloatType, Tensor } from '../../tensor/tensor.ts';

const ownTypeCauses: Readonly<Partial<Record<FloatType, string>>> = { float16: 'half-precision-inside', bfloat16: 'bfloat16-inside' };

/**
 * The verdict of the harness. In a layer of float16 or bfloat16 arithmetic in that very type is a further candidate: its roundings are so
 * coarse that single cases look like any formula, and only all cases together say which cause explains them.
 */
export function judgeDrawn(expectation: Expectation, answer: Answer, dialect: Dialect): Verdict {
  const verdict = judge(expectation, answer, dialect);
  const ownType = ownTypeCauses[expectation.case.config.dtype];
  if (ownType === undefined || answer.kind !== 'observed' || verdict.status !== 'violates' || verdict.deviations.some(({ kind }) => kind !== 'value')) return verdict;
  const further = explainInOwnType(expectation.case, answer.observation, ownType);
  const candidates = [...new Set([...verdict.candidates, verdict.cause ?? 'unexplained', ...further])].filter((id) => id !== 'ambiguous' && id !== 'unexplained');
  const [only] = candidates;
  if (candidates.length > 1) return { ...verdict, cause: verdict.cause === 'unexplained' ? 'ambiguous' : verdict.cause, candidates };
  return only === undefined ? verdict : { ...verdict, cause: only, rule: causeNamed(only)?.rule ?? verdict.rule, candidates: [] };
}

/** The causes that explain an observation once its arithmetic may be in the layer's own type: that arithmetic alone, else with other formulas. */
function explainInOwnType(question: Case, observation: Observation, ownType: string): readonly string[] {
  if (liesWithinOwnType(question, observation, coreFormulas)) return [ownType];
  return variantCauses.filter(({ formulas }) => liesWithinOwnType(question, observation, formulas)).map(({ id }) => id);
}

/**
 * Whether an observation is one of arithmetic in the layer's own narrow type: the class B bounds of float32 arithmetic on the same numbers,
 * which grow in proportion to the unit roundoff, and one rounding of the result.
 */
function liesWithinOwnType(question: Case, observation: Observation, formulas: Formulas): boolean {
  const { dtype } = question.config;
  const { ranks } = acceptCase(inFloat32(question), formulas);
  return ranks.every(({ steps }, rank) => steps.every((step, index) => stepLiesWithin(step, observation.ranks[rank]?.steps[index], dtype)));
}

function stepLiesWithin(step: AcceptedStep, observed: StepObservation | undefined, dtype: FloatType): boolean {
  const unit = unitRoundoff(dtype);
  const growth = unit / unitRoundoff('float32');
  const values = step.kind === 'values' ? step.values : step.state.values;
  return values.every(({ observable, value, naive, alternative }) => observed?.[observable]?.data.every((got, i) => (
    isAccepted(got, value[i]!, growth * naive[i]! + unit * Math.abs(value[i]!), alternative?.[i] ?? NaN, dtype)
  )) ?? true);
}

/** The same numbers in a layer of float32. */
function inFloat32(question: Case): Case {
  const widen = (tensor: Tensor): Tensor => ({ ...tensor, dtype: 'float32' });
  const initial = Object.fromEntries(Object.entries(question.initial).map(([name, tensor]) => [name, widen(tensor as Tensor)]));
  const ranks = question.ranks.map(({ inputs, grads }) => ({ inputs: inputs.map(widen), grads: grads.map(widen) }));
  return { ...question, config: { ...question.config, dtype: 'float32' }, initial, ranks };
}
