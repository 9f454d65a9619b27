import { type AccuracyPair, naive, sanctioned } from '../accept/accuracy.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import type { Cause } from './cause-entry.ts';
import { formulaVariants } from './formula-variants.ts';

/** A cause that predicts numbers: other formulas, or the same with a larger error. */
export interface PredictingCause extends Cause {
  readonly formulas: Formulas;
  readonly accuracy: AccuracyPair;
}

/** Causes told apart by their formulas, each held to the sanctioned bounds. */
export const variantCauses: readonly PredictingCause[] = formulaVariants.map(({ change, ...cause }) => ({
  ...cause, formulas: { ...coreFormulas, ...change }, accuracy: sanctioned,
}));

/** Causes that compute the right formulas with a larger error; looked at only when no formula explains. */
export const accuracyCauses: readonly PredictingCause[] = [
  {
    id: 'one-pass-variance', rule: 'BN-NUM-01', title: 'variance as mean(x²) − mean(x)², which cancels',
    translation: 'ask for the two-pass variance (Flax: use_fast_variance=False), or centre the data first',
    formulas: coreFormulas, accuracy: pair({ ...naive, onePass: true }),
  },
  {
    id: 'half-precision-inside', rule: 'BN-NUM-01', title: 'arithmetic in float16 somewhere inside',
    translation: 'keep Batch Normalization in float32 under mixed precision',
    formulas: coreFormulas, accuracy: pair({ ...naive, half: true }),
  },
];

function pair(accuracy: AccuracyPair['naive']): AccuracyPair {
  return { stable: accuracy, naive: accuracy };
}

/** Outside the stable bound, inside the naive one. */
export const naiveAccumulation: Cause = {
  id: 'naive-accumulation', rule: 'BN-NUM-02', title: 'sums in the working precision, one after the other',
  translation: 'none needed for small batches; for many elements per channel use a layout whose sums are stable, or float64',
};

/** Causes read off the shape of the deviation, without a prediction. */
export const structuralCauses = {
  'wrong-dtype': { id: 'wrong-dtype', rule: 'BN-DTYPE-01', title: 'a result of another type', translation: 'cast the result' },
  'wrong-shape': { id: 'wrong-shape', rule: 'BN-SHAPE-01', title: 'a result of another shape', translation: 'reshape the result' },
  'missing-refusal': { id: 'missing-refusal', rule: 'BN-SHAPE-02', title: 'computes where it must refuse', translation: 'check the shape before the call' },
  'unexpected-refusal': { id: 'unexpected-refusal', rule: 'BN-SHAPE-01', title: 'refuses what it must compute', translation: 'none' },
  'missing-observable': { id: 'missing-observable', rule: 'BN-SHAPE-01', title: 'a result that must exist does not', translation: 'none' },
  'nan-state-from-one-value': {
    id: 'nan-state-from-one-value', rule: 'BN-STAT-02', title: 'one value per channel in training leaves a state that is not finite',
    translation: 'drop the last batch when it has one value per channel (drop_last / drop_remainder), or evaluate the layer there',
  },
  'state-changed-by-refused-call': { id: 'state-changed-by-refused-call', rule: 'BN-ERR-01', title: 'a refused call moves the state', translation: 'save the state before a call that may be refused' },
} as const satisfies Readonly<Record<string, Cause>>;

const all: readonly Cause[] = [...variantCauses, ...accuracyCauses, naiveAccumulation, ...Object.values(structuralCauses)];

/** The cause with this id; undefined for `unexplained`, `ambiguous` and unknown ids. */
export function causeNamed(id: string): Cause | undefined {
  return all.find((cause) => cause.id === id);
}

/** Ids that a known-failing entry may name. */
export const causeIds: readonly string[] = [...all.map((cause) => cause.id), 'unexplained'];
