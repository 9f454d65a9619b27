import type { Accepted } from '../../accept/accepted.ts';
import type { Case } from '../../cases/case.ts';
import { exactError } from '../../reference/oracle/error.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Rational } from '../../reference/oracle/rational.ts';
import { toNumber } from '../../reference/oracle/to-number.ts';
import { exactTrajectory } from '../../reference/oracle/trajectory.ts';

/** What the exact oracle says of the expected values of a case. */
export type OracleWord = 'agrees' | 'disagrees' | 'says nothing';

/** So much of the stable bound may the reference itself be off. */
const share = 1e-2;
/** Exact rational numbers are slow. */
const largestCase = 3000;

/** Holds the expected values of a case against exact arithmetic. It says nothing of data that are not finite, refusals, and large cases. */
export function oracleOn(question: Case, accepted: Accepted): OracleWord {
  const steps = accepted.ranks[0]?.steps ?? [];
  const elements = question.ranks.reduce((total, { inputs }) => inputs.reduce((sum, { data }) => sum + data.length, total), 0);
  if (elements > largestCase || steps.some(({ kind }) => kind === 'refusal') || !isFinite(question)) return 'says nothing';
  const [exact] = exactTrajectory(question);
  for (const [index, step] of steps.entries()) {
    if (step.kind === 'refusal') continue;
    for (const { observable, value, low, stable } of step.values) {
      const truth = exact?.steps[index]?.[observable];
      if (truth?.length !== value.length) return 'disagrees';
      if (truth.some((rational, i) => !isNear(value[i]!, low?.[i] ?? 0, rational, share * stable[i]!))) return 'disagrees';
    }
  }
  return 'agrees';
}

/** A reference value that has overflowed, or a bound that is no number, is near nothing. */
function isNear(value: number, low: number, exact: Rational, allowed: number): boolean {
  return Number.isFinite(value) && toNumber(exactError(value, exact, low)) <= allowed;
}

function isFinite({ ranks, initial }: Case): boolean {
  const tensors = [...ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads]), ...(Object.values(initial) as Tensor[])];
  return tensors.every(({ data }) => data.every(Number.isFinite));
}
