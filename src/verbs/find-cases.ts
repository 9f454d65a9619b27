import type { Plan, PlannedCase } from '../cases/plan.ts';
import { matchesPattern, select } from '../cases/select.ts';
import { loadPlan, plansInTurn } from './load-plan.ts';

/**
 * The cases that a pattern names, in the suite named, else in the first one that has some: an id stands for itself.
 *
 * @throws {UserError} SELECT_EMPTY, SUITE_UNKNOWN
 */
export function findCases(pattern: string, suite: string | undefined, seed: number | undefined): { plan: Plan; cases: readonly PlannedCase[] } {
  const match = matchesPattern(pattern);
  for (const plan of suite === undefined ? plansInTurn(undefined, seed) : [loadPlan(suite, seed)]) {
    const literal = plan.cases.filter(({ id }) => id === pattern);
    const cases = literal.length > 0 ? literal : plan.cases.filter(({ id }) => match(id));
    if (cases.length > 0) return { plan, cases };
  }
  const plan = loadPlan(suite ?? 'core', seed);
  return { plan, cases: select(plan.cases, [pattern]) };
}
