import type { Plan } from '../../cases/plan.ts';
import type { Rule } from '../../spec/generated/rules.ts';

/** One rule for a person: level, formula, sources, and how many cases of the suite cite it. */
export function formatRule(rule: Rule, plan: Plan): string {
  const citing = plan.cases.filter(({ rules }) => (rules as readonly string[]).includes(rule.id));
  const behaviours = [...new Set(citing.map(({ behaviour }) => behaviour))];
  return [
    `${rule.id} (${rule.level}) ${rule.title}`,
    `  formula  ${rule.formula}`,
    ...rule.sources.map((source) => `  source   ${source}`),
    `  cases    ${String(citing.length)} in suite ${plan.suite}${behaviours.length > 0 ? `: ${behaviours.join(', ')}` : ''}`,
    ...citing.slice(0, 1).map(({ id }) => `  such as  ${id}`),
    '',
  ].join('\n');
}
