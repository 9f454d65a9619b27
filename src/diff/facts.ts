import type { Case, ForwardStep, LayerConfig } from '../cases/case.ts';
import { countPerChannel } from '../reference/layout.ts';
import { acceptsRank } from '../reference/refusal.ts';
import type { Facts } from '../spec/circumstance.ts';
import type { ElementType } from '../tensor/bytes.ts';

/** What is true of a case as a whole: a program that trains and evaluates has two modes. */
export function factsOfCase({ layer, config, program }: Case): Facts {
  return { ...factsOfLayer(layer, config), mode: program.flatMap((step) => (step.op === 'forward' ? [step.mode] : [])) };
}

/** What is true of the construction: the layer and its arguments, in the words of a dialect's circumstances. */
export function factsOfLayer(layer: Case['layer'], config: LayerConfig): Facts {
  return {
    layer: [layer], statistics: [config.statistics], affine: [config.affine ? 'true' : 'false'], dtype: [config.dtype],
    features: whereOf([config.numFeatures < 0, 'negative'], [config.numFeatures === 0, 'zero'], [!Number.isInteger(config.numFeatures), 'fraction']),
    eps: whereOf([config.eps < 0, 'negative'], [config.eps === 0, 'zero'], [config.eps > 1, 'above-one']),
    option: config.option === undefined ? [] : [config.option],
    momentum: config.momentum === null ? ['cumulative'] : whereOf([config.momentum < 0, 'negative'], [config.momentum > 1, 'above-one']),
  };
}

/** Two constructions with the same text have the same facts. */
export function keyOfLayer(layer: Case['layer'], { numFeatures, eps, momentum, affine, statistics, dtype, option }: LayerConfig): string {
  return `${option ?? ''} ${layer} ${statistics} ${String(affine)} ${dtype} ${String(numFeatures)} ${String(eps)} ${String(momentum)}`;
}

/**
 * Two calls with the same text have the same facts.
 *
 * @param layerKey  of the layer that is called
 */
export function keyOfCall(layerKey: string, { ranks, inputType }: Case, rank: number, { mode, input }: ForwardStep): string {
  let shapes = '';
  for (const { inputs } of ranks) shapes += ` ${(inputs[input]?.shape ?? []).join('x')}`;
  return `${layerKey} ${mode} ${inputType ?? ranks[rank]?.inputs[input]?.dtype ?? ''} ${String(rank)} ${shapes}`;
}

/** What is true of one call of a rank: the layer, the mode of the step and its input. */
export function factsOfCall(question: Case, rank: number, step: ForwardStep): Facts {
  const { layer, config, ranks, inputType } = question;
  const x = ranks[rank]?.inputs[step.input];
  if (x === undefined) throw new RangeError(`expected input ${String(step.input)} of rank ${String(rank)}`);
  const input: ElementType = inputType ?? x.dtype;
  const count = ranks.reduce((total, { inputs }) => total + countPerChannel(inputs[step.input]?.shape ?? []), 0);
  return {
    ...factsOfLayer(layer, config), mode: [step.mode], input: [input],
    rank: [String(x.shape.length), ...whereOf([!acceptsRank(layer, x.shape.length), 'refused'])],
    channels: whereOf([x.shape.length > 1 && x.shape[1] !== config.numFeatures, 'other']),
    elements: count < 2 ? [String(count)] : [],
  };
}

function whereOf(...words: readonly (readonly [boolean, string])[]): readonly string[] {
  return words.filter(([holds]) => holds).map(([, word]) => word);
}
