import { acceptCase } from '../accept/accept.ts';
import { simulate } from '../reference/simulate.ts';
import type { Case, Observable } from '../cases/case.ts';
import type { Observation } from '../runners/observation.ts';
import { accept } from '../accept/accept.ts';
import { accuracyCauses, type Cause, naiveAccumulation, structuralCauses, variantCauses } from './catalogue.ts';
import { compare } from './compare.ts';
import type { Deviation } from './verdict.ts';

/**
 * Every cause of the catalogue that explains the whole observation, deviating or not, within bounds.
 *
 * Structure comes first (type, shape, refusals), then formulas, then accuracy: a wider bound explains too much to be
 * asked before a formula has failed.
 */
export function explain(question: Case, observation: Observation, deviations: readonly Deviation[], offered: ReadonlySet<Observable>): readonly Cause[] {
  const structural = structuralCause(deviations);
  if (structural !== null) return [structural];
  if (deviations.every((deviation) => deviation.level === 'should')) return [naiveAccumulation];
  const variants = variantCauses.filter((cause) => isExplainedBy(cause, question, observation, deviations, offered));
  if (variants.length > 0) return variants;
  const core = simulate(question);
  return accuracyCauses.filter((cause) => noneOutside(compare(accept(question, core, cause.accuracy), observation, offered).deviations)).slice(0, 1);
}

function isExplainedBy(
  cause: (typeof variantCauses)[number], question: Case, observation: Observation, deviations: readonly Deviation[], offered: ReadonlySet<Observable>,
): boolean {
  // A count that does not deviate is not held against a cause that speaks of statistics only.
  const countDeviates = deviations.some(({ observable }) => observable === 'step_count');
  const asked = countDeviates ? offered : new Set([...offered].filter((observable) => observable !== 'step_count'));
  return noneOutside(compare(acceptCase(question, cause.formulas, cause.accuracy), observation, asked).deviations);
}

function noneOutside(deviations: readonly Deviation[]): boolean {
  return deviations.every(({ level }) => level === 'should');
}

function structuralCause(deviations: readonly Deviation[]): Cause | null {
  const has = (test: (deviation: Deviation) => boolean): boolean => deviations.some(test);
  if (has(({ kind }) => kind === 'refusal')) return structuralCauses['missing-refusal'];
  if (has(({ rule }) => rule === 'BN-STAT-02')) return structuralCauses['nan-state-from-one-value'];
  if (has(({ rule }) => rule === 'BN-ERR-01')) return structuralCauses['state-changed-by-refused-call'];
  if (has(({ kind, observable }) => kind === 'unexpected' && observable === 'error')) return structuralCauses['unexpected-refusal'];
  if (has(({ kind }) => kind === 'shape')) return structuralCauses['wrong-shape'];
  if (has(({ kind }) => kind === 'dtype')) return structuralCauses['wrong-dtype'];
  if (has(({ kind }) => kind === 'missing')) return structuralCauses['missing-observable'];
  return null;
}
