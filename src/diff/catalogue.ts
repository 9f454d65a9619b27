import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import type { Cause, FormulaVariant } from './cause-entry.ts';
import { combinations } from './combinations.ts';
import { formulaVariants } from './formula-variants.ts';
import { generalCauses } from './general-causes.ts';
import { onePassVariance } from './one-pass.ts';
import type { Reading } from './prediction.ts';
import { freeGradients, type Reach, reachOf } from './reach.ts';

/** A cause told apart by its formulas, held to the sanctioned bounds. */
export interface VariantCause extends Cause {
  readonly formulas: Formulas;
  /** Every reading of the departure, `formulas` first. */
  readonly readings: readonly Reading[];
  readonly reach: Reach;
  readonly concerns: NonNullable<FormulaVariant['concerns']>;
}

function variantCause({ change, forms = [], concerns = () => true, ...cause }: FormulaVariant): VariantCause {
  const changes = [change, ...forms];
  const readings = changes.map((one) => ({ formulas: { ...coreFormulas, ...one }, free: freeGradients(one) }));
  return { ...cause, formulas: { ...coreFormulas, ...change }, readings, concerns, reach: reachOf(changes) };
}

export const variantCauses: readonly VariantCause[] = formulaVariants.map(variantCause);

/** Named causes together, as implementations have them; looked at only when none of them explains alone. */
export const combinedCauses: readonly VariantCause[] = combinations.map(variantCause);

/** Outside the stable bound, inside the naive one. */
export const naiveAccumulation: Cause = {
  id: 'naive-accumulation', rule: 'BN-NUM-02', title: 'sums in the working precision, one after the other',
  translation: 'none needed for small batches; for many elements per channel use a layout whose sums are stable, or float64',
};

/** Causes read off the shape of the deviation, without a prediction. */
export const structuralCauses = {
  'wrong-dtype': { id: 'wrong-dtype', rule: 'BN-DTYPE-01', title: 'a result of another type', translation: 'cast the result' },
  'wrong-shape': { id: 'wrong-shape', rule: 'BN-SHAPE-01', title: 'a result of another shape', translation: 'reshape the result' },
  'memory-order-lost': { id: 'memory-order-lost', rule: 'BN-SHAPE-04', title: 'a result lies in another memory order than its input', translation: 'call contiguous() with the memory format on the result' },
  'missing-refusal': { id: 'missing-refusal', rule: 'BN-SHAPE-02', title: 'computes where it must refuse', translation: 'check shape, type and arguments before the call' },
  'other-refusal': { id: 'other-refusal', rule: 'BN-ERR-02', title: 'refuses at another point, or with another error, than its contract says', translation: 'catch the error that really comes' },
  'unexpected-refusal': { id: 'unexpected-refusal', rule: 'BN-SHAPE-01', title: 'refuses what it must compute', translation: 'none' },
  'missing-observable': { id: 'missing-observable', rule: 'BN-SHAPE-01', title: 'a result that must exist does not', translation: 'none' },
  'nan-state-from-one-value': {
    id: 'nan-state-from-one-value', rule: 'BN-STAT-02', title: 'one value per channel in training leaves a state that is not finite',
    translation: 'drop the last batch when it has one value per channel (drop_last / drop_remainder), or evaluate the layer there',
    like: ['MindSpore on CPU from 2.5.0 on', 'TensorFlow fused on GPU', 'tinygrad'], // MindSpore commit 17db24c3a0e; tensorflow#34062, #48845; factor numel/(numel − C)
  },
  'state-changed-by-refused-call': { id: 'state-changed-by-refused-call', rule: 'BN-ERR-01', title: 'a refused call moves the state', translation: 'save the state before a call that may be refused' },
  'other-constructor': { id: 'other-constructor', rule: 'BN-ERR-04', title: 'another constructor than the framework documents', translation: 'name every argument, and leave none at its default' },
  'not-repeatable': { id: 'not-repeatable', rule: 'BN-NUM-04', title: 'the same case gives other bits when it is asked again', translation: 'ask for deterministic algorithms (torch.use_deterministic_algorithms, mindspore.set_deterministic), or for one thread' },
  'other-text': { id: 'other-text', rule: 'BN-ERR-04', title: 'a layer prints of itself what it is not', translation: 'read the attributes of the layer, not its text' },
  'input-modified': { id: 'input-modified', rule: 'BN-STATE-12', title: 'a call changes its inputs or parameters', translation: 'pass copies' },
} as const satisfies Readonly<Record<string, Cause>>;

const all: readonly Cause[] = [
  ...variantCauses, ...combinedCauses, onePassVariance, naiveAccumulation, ...Object.values(generalCauses), ...Object.values(structuralCauses),
];

/** The cause with this id; undefined for `unexplained`, `ambiguous` and unknown ids. */
export function causeNamed(id: string): Cause | undefined {
  return all.find((cause) => cause.id === id);
}

/** Ids that a known-failing entry may name. */
export const causeIds: readonly string[] = [...all.map((cause) => cause.id), 'unexplained'];
