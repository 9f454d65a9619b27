import type { Case, Observable } from '../cases/case.ts';
import { sanctioned } from '../accept/accuracy.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import { simulate } from '../reference/simulate.ts';
import type { Trajectory } from '../reference/trajectory.ts';
import type { Observation } from '../runners/observation.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';
import { combinedCauses, naiveAccumulation, structuralCauses, variantCauses, type VariantCause } from './catalogue.ts';
import type { Cause } from './cause-entry.ts';
import { explainByRounding, explainGenerally, generalCauses } from './general-causes.ts';
import { computesInItsType, narrowAccuracy } from './narrow-type.ts';
import { explainByOnePass, onePassVariance } from './one-pass.ts';
import { predicts, type Situation } from './prediction.ts';
import { reaches } from './reach.ts';
import type { Deviation, DeviationKind } from './verdict.ts';

/** What explains one case. */
export interface Explanation {
  /** Attribution id: the sharpest cause, `ambiguous` between several, `unexplained` without any. */
  readonly cause: string;
  /** Every cause that explains the whole observation within bounds, in the words of this case; the cases of a finding choose between them. */
  readonly candidates: readonly Cause[];
}

/** Departures that implementations with a one-pass variance have besides (Flax and Jittor store the biased variance). */
const besideOnePass: readonly string[] = [
  'biased-running-variance', 'momentum-complement', 'biased-running-variance+momentum-complement', 'biased-running-variance+momentum-one-hundredth',
];

/**
 * Looks for causes that explain a whole observation, deviating or not, within bounds.
 *
 * Structure comes first (type, shape, refusals). A formula predicts within the sanctioned bounds and is sharper than a one-pass
 * variance, whose bounds are wider; both stand among the candidates. Combinations of formulas, and what can be read off the numbers,
 * are looked at only when no formula explains; last, one cause beside what the documentation states.
 *
 * @param documented  departures that the dialect quotes and that hold in this case
 * @param errors  the dialect's error contract, by which the right formulas are refused too
 */
export function explain(
  question: Case, observation: Observation, deviations: readonly Deviation[], offered: ReadonlySet<Observable>, documented: readonly VariantCause[] = [], errors: readonly ErrorContract[] = [],
): Explanation {
  const structural = structuralCause(deviations);
  if (structural !== null) return { cause: structural.id, candidates: [structural] };
  const situation = situationOf(question, observation, deviations, offered, errors);
  const variants = variantCauses.filter((cause) => isExplainedBy(cause, situation));
  if (situation.stably) return { cause: naiveAccumulation.id, candidates: [naiveAccumulation, ...variants, ...besides(situation, variants)] };
  const own = ownTypeCauses(situation);
  const sharp = variants.length > 0 || own.length > 0 ? variants : combinedCauses.filter((cause) => isExplainedBy(cause, situation)); // two departures are no rival of right formulas in a narrow type
  const wide = explainByOnePass(situation) ? [onePassVariance] : [];
  if (sharp.length > 0) return { cause: nameOf(sharp), candidates: [...sharp, ...wide, ...explainByRounding(situation), ...own] };
  const explained = explainWithoutFormula(situation, wide);
  return explained.cause === 'unexplained' ? explainBeside(documented, situation) : explained;
}

function explainWithoutFormula(situation: Situation, wide: readonly Cause[]): Explanation {
  const general = explainGenerally(situation);
  const rivals = [...general, ...wide, ...explainByOwnType(situation, general.length === 0)];
  if (rivals.length > 0) return { cause: nameOf(rivals), candidates: rivals };
  const beside = [...variantCauses, ...combinedCauses].find((cause) => besideOnePass.includes(cause.id) && explainByOnePass(situation, cause));
  return beside === undefined ? { cause: 'unexplained', candidates: [] } : { cause: beside.id, candidates: [beside, onePassVariance] };
}

function nameOf(rivals: readonly Cause[]): string {
  return rivals.length > 1 ? 'ambiguous' : rivals[0]?.id ?? 'unexplained';
}

/** A layer of a narrow type that computes in it throughout, with the right formulas. */
function ownTypeCauses(situation: Situation): readonly Cause[] {
  return computesInItsType(situation) ? [generalCauses['narrow-layer-arithmetic']] : [];
}

/** The same, or with the formulas of one variant where nothing else explains. */
function explainByOwnType(situation: Situation, alone: boolean): readonly Cause[] {
  const accuracy = narrowAccuracy(situation.question);
  const own = ownTypeCauses(situation);
  if (accuracy === null || own.length > 0 || !alone) return own;
  return variantCauses.filter(({ concerns, readings }) => concerns(situation.question) && readings.some((reading) => predicts(reading, situation, accuracy)));
}

/** A cause that explains an observation together with one documented departure. */
function explainBeside(documented: readonly VariantCause[], situation: Situation): Explanation {
  const accuracies = [sanctioned, narrowAccuracy(situation.question)].filter((accuracy) => accuracy !== null);
  const rivals = variantCauses.filter(({ concerns, readings }) => concerns(situation.question) && documented.some((departure) => readings.some((reading) => (
    accuracies.some((accuracy) => predicts({ ...reading, formulas: atop(departure.formulas, reading.formulas) }, situation, accuracy))
  ))));
  const others = rivals.filter((cause) => !documented.includes(cause));
  return { cause: nameOf(others), candidates: others };
}

/** The formulas of a variant, and those of another one where it leaves the core ones. */
function atop(base: Formulas, variant: Formulas): Formulas {
  const changed = Object.entries(variant).filter(([name, formula]) => formula !== coreFormulas[name as keyof Formulas]);
  return { ...base, ...Object.fromEntries(changed) };
}

/** What else may be behind an inaccuracy: an implementation that does so elsewhere does so here. */
function besides(situation: Situation, variants: readonly Cause[]): readonly Cause[] {
  if (variants.length > 0) return [];
  return [...explainGenerally(situation), ...(explainByOnePass(situation) ? [onePassVariance] : []), ...ownTypeCauses(situation)];
}

function situationOf(question: Case, observation: Observation, deviations: readonly Deviation[], offered: ReadonlySet<Observable>, errors: readonly ErrorContract[]): Situation {
  // A count that does not deviate is not held against a cause that speaks of statistics only.
  const countDeviates = deviations.some(({ observable }) => observable === 'step_count');
  const asked = countDeviates ? offered : new Set([...offered].filter((observable) => observable !== 'step_count'));
  let core: Trajectory | undefined;
  return { question, observation, deviations, asked, errors, stably: deviations.every(({ level }) => level === 'should'), core: () => (core ??= simulate(question)) };
}

function isExplainedBy(cause: VariantCause, situation: Situation): boolean {
  if (!reaches(cause.reach, situation.deviations) || !cause.concerns(situation.question)) return false;
  return cause.readings.some((reading) => predicts(reading, situation));
}

function structuralCause(deviations: readonly Deviation[]): Cause | null {
  const has = (test: (deviation: Deviation) => boolean): boolean => deviations.some(test);
  const described = causeOfKind(ofDescriptions, deviations);
  if (described !== null) return described;
  if (has(({ rule }) => rule === 'BN-ERR-02')) return structuralCauses['other-refusal']; // BN-ERR-02
  if (has(({ kind }) => kind === 'refusal')) return structuralCauses['missing-refusal'];
  if (has(({ rule }) => rule === 'BN-STATE-12')) return structuralCauses['input-modified']; // BN-STATE-12
  if (has(({ rule }) => rule === 'BN-STAT-02')) return structuralCauses['nan-state-from-one-value'];
  if (has(({ rule }) => rule === 'BN-STAT-04') && deviations.every(({ observable, step }) => step >= 0 && (observable === 'running_mean' || observable === 'running_var'))) return variantCauses.find(({ id }) => id === 'empty-batch-moves-state') ?? null; // by whatever numbers: some kernels store what the memory held
  if (deviations.every(({ rule }) => rule === 'BN-ERR-01')) return structuralCauses['state-changed-by-refused-call'];
  if (has(({ kind, observable }) => kind === 'unexpected' && observable === 'error')) return structuralCauses['unexpected-refusal'];
  return causeOfKind(ofResults, deviations);
}

type Named = readonly (readonly [DeviationKind, Cause])[];

/** What a layer says of itself: BN-ERR-04. */
const ofDescriptions: Named = [['signature', structuralCauses['other-constructor']], ['text', structuralCauses['other-text']]];

/** What is wrong with a result besides its numbers. */
const ofResults: Named = [
  ['shape', structuralCauses['wrong-shape']], ['dtype', structuralCauses['wrong-dtype']],
  ['order', structuralCauses['memory-order-lost']], // BN-SHAPE-04
  ['missing', structuralCauses['missing-observable']],
  ['unrepeated', structuralCauses['not-repeatable']], // BN-NUM-04
];

/** The first cause whose kind of deviation is there. */
function causeOfKind(named: Named, deviations: readonly Deviation[]): Cause | null {
  return named.find(([kind]) => deviations.some((deviation) => deviation.kind === kind))?.[1] ?? null;
}
