import { acceptCase } from '../accept/accept.ts';
import { simulate } from '../reference/simulate.ts';
import type { Case, Observable } from '../cases/case.ts';
import type { Observation } from '../runners/observation.ts';
import { accept } from '../accept/accept.ts';
import type { Cause } from './cause-entry.ts';
import { accuracyCauses, naiveAccumulation, structuralCauses, variantCauses } from './catalogue.ts';
import { compare } from './compare.ts';
import type { Deviation } from './verdict.ts';

/** What explains one case. */
export interface Explanation {
  /** Attribution id: the sharpest cause, `ambiguous` between several formulas, `unexplained` without any. */
  readonly cause: string;
  /** Every cause that explains the whole observation within bounds; the cases of a finding choose between them. */
  readonly candidates: readonly Cause[];
}

/**
 * Looks for causes that explain a whole observation, deviating or not, within bounds.
 *
 * Structure comes first (type, shape, refusals). A formula predicts within the sanctioned bounds and is sharper than an
 * accuracy cause, whose bounds are wider; both stand among the candidates.
 */
export function explain(question: Case, observation: Observation, deviations: readonly Deviation[], offered: ReadonlySet<Observable>): Explanation {
  const structural = structuralCause(deviations);
  if (structural !== null) return { cause: structural.id, candidates: [structural] };
  const inaccurate = deviations.every((deviation) => deviation.level === 'should');
  const variants = variantCauses.filter((cause) => isExplainedBy(cause, question, observation, deviations, offered, inaccurate));
  if (inaccurate) return { cause: naiveAccumulation.id, candidates: [naiveAccumulation, ...variants] };
  const core = simulate(question);
  // The narrowest wider bound only: a wider one would explain whatever it explains.
  const accuracy = accuracyCauses.filter((cause) => noneOutside(compare(accept(question, core, cause.accuracy), observation, offered).deviations)).slice(0, 1);
  const candidates = [...variants, ...accuracy];
  return { cause: variants.length > 1 ? 'ambiguous' : candidates[0]?.id ?? 'unexplained', candidates };
}

function isExplainedBy(
  cause: (typeof variantCauses)[number], question: Case, observation: Observation, deviations: readonly Deviation[], offered: ReadonlySet<Observable>, stably: boolean,
): boolean {
  // A count that does not deviate is not held against a cause that speaks of statistics only.
  const countDeviates = deviations.some(({ observable }) => observable === 'step_count');
  const asked = countDeviates ? offered : new Set([...offered].filter((observable) => observable !== 'step_count'));
  const left = compare(acceptCase(question, cause.formulas, cause.accuracy), observation, asked).deviations;
  return stably ? left.length === 0 : noneOutside(left);
}

function noneOutside(deviations: readonly Deviation[]): boolean {
  return deviations.every(({ level }) => level === 'should');
}

function structuralCause(deviations: readonly Deviation[]): Cause | null {
  const has = (test: (deviation: Deviation) => boolean): boolean => deviations.some(test);
  if (has(({ kind }) => kind === 'refusal')) return structuralCauses['missing-refusal'];
  if (has(({ rule }) => rule === 'BN-STAT-02')) return structuralCauses['nan-state-from-one-value'];
  if (deviations.every(({ rule }) => rule === 'BN-ERR-01')) return structuralCauses['state-changed-by-refused-call'];
  if (has(({ kind, observable }) => kind === 'unexpected' && observable === 'error')) return structuralCauses['unexpected-refusal'];
  if (has(({ kind }) => kind === 'shape')) return structuralCauses['wrong-shape'];
  if (has(({ kind }) => kind === 'dtype')) return structuralCauses['wrong-dtype'];
  if (has(({ kind }) => kind === 'missing')) return structuralCauses['missing-observable'];
  return null;
}
