import type { Case, Layer, LayerConfig } from '../cases/case.ts';
import type { RuleId } from '../spec/rule-id.ts';

/** Ranks of input that a layer accepts; [N, C] counts as 2. */
const acceptedRanks: Readonly<Record<Layer, readonly number[]>> = {
  batchnorm1d: [2, 3],
  batchnorm2d: [4],
  batchnorm3d: [5],
  syncbatchnorm: [2, 3, 4, 5],
};

/** Whether a layer of this configuration can exist: C is a whole number; that 0 is outside the domain is for the dialect to refuse. */
export function isConstructible({ numFeatures }: LayerConfig): boolean {
  return Number.isInteger(numFeatures) && numFeatures >= 0; // BN-ERR-03
}

/** Whether the layer accepts an input of this rank (BN-SHAPE-02). */
export function acceptsRank(layer: Layer, rank: number): boolean {
  return acceptedRanks[layer].includes(rank);
}

/** The rule under which a forward on an input of this shape must be refused, or null. */
export function refusingRule({ layer, config, inputType }: Pick<Case, 'layer' | 'config' | 'inputType'>, shape: readonly number[]): RuleId | null {
  if (!acceptsRank(layer, shape.length)) return 'BN-SHAPE-02'; // BN-SHAPE-02
  if (shape[1] !== config.numFeatures) return 'BN-SHAPE-03'; // BN-SHAPE-03
  return inputType === undefined ? null : 'BN-DTYPE-03'; // BN-DTYPE-03
}
