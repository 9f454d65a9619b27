import type { Plan, PlannedCase } from '../cases/plan.ts';
import { select } from '../cases/select.ts';
import { UserError } from '../spec/user-error.ts';
import { listSuites, loadPlan } from './load-plan.ts';

/** The cases that a pattern names, in the suite named, else in the first one that has some: an id stands for itself.
 *
 * @throws {UserError} SELECT_EMPTY, SUITE_UNKNOWN
 */
export function findCases(pattern: string, suite: string | undefined, seed: number | undefined): { plan: Plan; cases: readonly PlannedCase[] } {
  const plans = (suite === undefined ? ['core', ...listSuites()] : [suite]).map((name) => loadPlan(name, seed));
  const literal = plans.find((plan) => plan.cases.some(({ id }) => id === pattern));
  if (literal !== undefined) return { plan: literal, cases: literal.cases.filter(({ id }) => id === pattern) };
  const plan = plans.find((candidate) => matchesSome(candidate, pattern)) ?? plans[0];
  if (plan === undefined) throw new UserError('SUITE_UNKNOWN', 'there is no suite', 'restore cases/suites');
  return { plan, cases: select(plan.cases, [pattern]) };
}

function matchesSome(plan: Plan, pattern: string): boolean {
  try {
    return select(plan.cases, [pattern]).length > 0;
  } catch {
    return false;
  }
}
