import { accept } from '../../accept/accept.ts';
import { type AccuracyClass, naive } from '../../accept/accuracy.ts';
import { observables } from '../../cases/case.ts';
import { compare } from '../../diff/compare.ts';
import { type Expectation, judge } from '../../diff/judge.ts';
import type { Verdict } from '../../diff/verdict.ts';
import { simulate } from '../../reference/simulate.ts';
import type { Answer } from '../../runners/answer.ts';
import type { Observation } from '../../runners/observation.ts';
import type { Dialect } from '../../spec/dialect.ts';
import { unitRoundoff } from '../../tensor/formats.ts';

/** Sums and products in the layer's own narrow type; bfloat16 has the exponents of float32 and only its roundings grow. */
const ownType: Readonly<Record<'float16' | 'bfloat16', { readonly cause: string; readonly accuracy: AccuracyClass }>> = {
  float16: { cause: 'half-precision-inside', accuracy: { ...naive, half: true } },
  bfloat16: { cause: 'bfloat16-inside', accuracy: { ...naive, summation: (n) => naive.summation(n) * (unitRoundoff('bfloat16') / unitRoundoff('float32')) } },
};

/**
 * The verdict of the harness. In a layer of float16 or bfloat16 arithmetic in that very type is a further candidate: its roundings are so
 * coarse that single cases look like any formula, and only all cases together say which cause explains them.
 */
export function judgeDrawn(expectation: Expectation, answer: Answer, dialect: Dialect): Verdict {
  const verdict = judge(expectation, answer, dialect);
  const { dtype } = expectation.case.config;
  if (answer.kind !== 'observed' || (dtype !== 'float16' && dtype !== 'bfloat16')) return verdict;
  if (verdict.deviations.length === 0 || verdict.deviations.some(({ kind }) => kind !== 'value')) return verdict;
  const { cause, accuracy } = ownType[dtype];
  if (!liesWithin(expectation, answer.observation, accuracy, dialect)) return verdict;
  if (verdict.cause === null || verdict.cause === 'unexplained') return { ...verdict, cause, candidates: [] };
  const candidates = verdict.candidates.length > 0 ? verdict.candidates : [verdict.cause];
  return { ...verdict, candidates: [...new Set([...candidates, cause])] };
}

function liesWithin({ case: question }: Expectation, observation: Observation, accuracy: AccuracyClass, dialect: Dialect): boolean {
  const offered = new Set(observables.filter((observable) => dialect.observables[observable].offered));
  const accepted = accept(question, simulate(question), { stable: accuracy, naive: accuracy });
  return compare(accepted, observation, offered).deviations.every(({ level }) => level === 'should');
}
