import type { FormulaVariant } from './cause-entry.ts';
import { affineVariants } from './formula-variants/affine.ts';
import { gradientVariants } from './formula-variants/gradients.ts';
import { modeVariants } from './formula-variants/modes.ts';
import { normalisationVariants } from './formula-variants/normalisation.ts';
import { stateVariants } from './formula-variants/state.ts';
import { statisticsVariants } from './formula-variants/statistics.ts';
import { syncVariants } from './formula-variants/sync.ts';

/** Named departures from the core formulas; each replaces what its title says and nothing else. */
export const formulaVariants: readonly FormulaVariant[] = [
  ...stateVariants, ...normalisationVariants, ...modeVariants, ...affineVariants, ...gradientVariants, ...statisticsVariants, ...syncVariants,
];
