import type { Layer, LayerConfig } from '../cases/case.ts';
import type { RuleId } from '../spec/rule-id.ts';

/** Ranks of input that a layer accepts; [N, C] counts as 2. */
const acceptedRanks: Readonly<Record<Layer, readonly number[]>> = {
  batchnorm1d: [2, 3],
  batchnorm2d: [4],
  batchnorm3d: [5],
  syncbatchnorm: [2, 3, 4, 5],
};

/** The rule under which a forward on an input of this shape must be refused, or null. */
export function refusingRule(layer: Layer, config: LayerConfig, shape: readonly number[]): RuleId | null {
  if (!acceptedRanks[layer].includes(shape.length)) return 'BN-SHAPE-02'; // BN-SHAPE-02
  if (shape[1] !== config.numFeatures) return 'BN-SHAPE-03'; // BN-SHAPE-03
  return null;
}
