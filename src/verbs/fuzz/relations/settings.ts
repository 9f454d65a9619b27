import type { Case, Layout } from '../../../cases/case.ts';
import type { Tensor } from '../../../tensor/tensor.ts';
import { asItIs, baseOf, throughout } from './derive.ts';
import type { RelatedRecipe, Relation } from './relation.ts';
import { chosen, scaled } from './values.ts';

const everyRow = ['tracked', 'untracked', 'batch', 'running'] as const;
/** Programs whose outputs no update precedes that they would read. */
const outputsWithoutState = ['train', 'train-train', 'train-backward', 'train-train-backward', 'eval-backward'];
const allPrograms = ['train', 'train-backward', 'eval-backward', 'train-eval', 'train-eval-backward'];

const weights = [0, 0.01, 0.1, 0.25, 0.5, 0.9, 1];

function otherMomentum({ momentum, twist }: RelatedRecipe): number {
  const others = weights.filter((weight) => weight !== momentum);
  return others[chosen(twist, 'momentum', others.length)] ?? 0.5;
}

export const momentumChanged: Relation = {
  name: 'momentum-changed', claim: 'momentum shows in the running statistics alone, not in y or a gradient of the step',
  rules: ['BN-STAT-03', 'BN-NORM-01', 'BN-GRAD-01'],
  rows: everyRow, programs: outputsWithoutState, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['running-statistics-in-training', 'gradient-through-running-average'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    return [base, { ...base, config: { ...base.config, momentum: otherMomentum(recipe) } }];
  },
  pairs: ([base, changed]) => throughout(base, changed, (values, observable) => (observable.startsWith('running') ? null : values), asItIs),
};

const factor = 4;

export const parametersScaled: Relation = {
  name: 'parameters-scaled', claim: 'γ and β times 4 give y and dx times 4, and the same dγ, dβ and state',
  rules: ['BN-NORM-04', 'BN-GRAD-01', 'BN-GRAD-02', 'BN-GRAD-03', 'BN-GRAD-04'],
  rows: everyRow, programs: allPrograms, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['affine-ignored', 'gamma-plus-one', 'dx-without-gamma'],
  cases: (recipe) => {
    const base = baseOf({ ...recipe, affine: true, start: 'distinct' });
    return [base, { ...base, initial: { ...base.initial, ...scaledParameters(base) } }];
  },
  pairs: ([base, grown]) => throughout(base, grown, (values, observable) => (observable === 'y' || observable === 'dx' ? scaled(values, factor) : values), asItIs),
};

function scaledParameters({ initial: { gamma, beta } }: Case): Case['initial'] {
  const times = (tensor: Tensor): Tensor => ({ ...tensor, data: tensor.data.map((value) => factor * value) });
  return { ...(gamma === undefined ? {} : { gamma: times(gamma) }), ...(beta === undefined ? {} : { beta: times(beta) }) };
}

const otherLayouts: readonly Layout[] = ['channels-last', 'transposed', 'strided'];

export const layoutChanged: Relation = {
  name: 'layout-changed', claim: 'how x and dy lie in memory changes nothing',
  rules: ['BN-SHAPE-01', 'BN-NUM-01'],
  rows: everyRow, programs: allPrograms, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['non-deterministic'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    return [base, { ...base, layout: otherLayouts[chosen(recipe.twist, 'layout', otherLayouts.length)] ?? 'strided' }];
  },
  pairs: ([base, other]) => throughout(base, other, asItIs, asItIs),
};
