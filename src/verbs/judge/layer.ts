import type { Layer } from '../../cases/case.ts';
import { didYouMean } from '../../spec/did-you-mean.ts';
import { UserError } from '../../spec/user-error.ts';

const spellings = { BatchNorm1d: 'batchnorm1d', BatchNorm2d: 'batchnorm2d', BatchNorm3d: 'batchnorm3d' } as const satisfies Readonly<Record<string, Layer>>;
const layerWords = Object.keys(spellings) as readonly (keyof typeof spellings)[];

/** A layer of one rank: what a dump of one process can ask. */
export type JudgedLayer = (typeof spellings)[keyof typeof spellings];
export const judgedLayers: readonly JudgedLayer[] = Object.values(spellings);

/** How many axes x has, and which. */
export const axesOf: Readonly<Record<JudgedLayer, { readonly counts: readonly number[]; readonly names: string }>> = {
  batchnorm1d: { counts: [2, 3], names: '[N, C] or [N, C, L]' }, batchnorm2d: { counts: [4], names: '[N, C, H, W]' }, batchnorm3d: { counts: [5], names: '[N, C, D, H, W]' },
};

/**
 * The layer that a word means, by any spelling: `BatchNorm2d`, `torch.nn.BatchNorm2d`, `batch_norm_2d`, `bn2d`.
 *
 * @throws {UserError} LAYER_UNKNOWN
 */
export function parseLayer(word: string): JudgedLayer {
  const plain = word.slice(word.lastIndexOf('.') + 1).toLowerCase().replaceAll(/[\s_-]/g, '').replace(/^bn(?=\d)/, 'batchnorm');
  const known = judgedLayers.find((layer) => layer === plain);
  if (known !== undefined) return known;
  const near = didYouMean(plain, judgedLayers).replace(/batchnorm(?=\dd)/, 'BatchNorm');
  throw new UserError('LAYER_UNKNOWN', `there is no layer '${word}' to judge`, `${near}the layers are: ${layerWords.join(', ')}`);
}

/** The layer as both frameworks write it. */
export function layerName(layer: JudgedLayer): string {
  return layerWords.find((word) => spellings[word] === layer) ?? layer;
}
