import type { Case, RankData } from '../../../cases/case.ts';
import { countElements, type Tensor } from '../../../tensor/tensor.ts';
import { caseOf } from '../recipe.ts';
import type { Pair, RelatedRecipe } from './relation.ts';
import { type Asked, observablesAt, type Values, valuesAt } from './values.ts';
import type { TensorObservable } from '../../../runners/observation.ts';

/** The recipe's own case; the id says which relation asks. */
export function baseOf(recipe: RelatedRecipe): Case {
  return caseOf(recipe, `${recipe.layer}/fuzz/relation`);
}

/** The case with other inputs or gradients on its one rank. */
export function withData(question: Case, change: Partial<RankData>): Case {
  return { ...question, ranks: question.ranks.map((rank) => ({ ...rank, ...change })) };
}

export function dataOf({ ranks }: Case): RankData {
  const [rank] = ranks;
  if (rank === undefined) throw new RangeError('expected a case of one rank');
  return rank;
}

/** Every element, given its channel. */
export function mapChannels(x: Tensor, change: (value: number, channel: number) => number): Tensor {
  return { ...x, data: x.data.map((value, i) => change(value, channelAt(x.shape, i))) };
}

export function channelAt([, channels = 1, ...rest]: readonly number[], index: number): number {
  return Math.floor(index / countElements(rest)) % channels;
}

/** Positions of a tensor's elements after its samples were put in the given order; also a selection of samples. */
export function samplePositions([batch = 0, ...rest]: readonly number[], order: readonly number[]): number[] {
  const size = batch === 0 ? 0 : countElements(rest);
  return order.flatMap((sample) => Array.from({ length: size }, (_, i) => sample * size + i));
}

export function pickSamples(x: Tensor, order: readonly number[]): Tensor {
  const data = Float64Array.from(samplePositions(x.shape, order), (position) => x.data[position] ?? NaN);
  return { ...x, shape: [order.length, ...x.shape.slice(1)], data };
}

/** Positions of the elements of one channel. */
export function channelPositions(shape: readonly number[], channel: number): number[] {
  return Array.from({ length: countElements(shape) }, (_, i) => i).filter((i) => channelAt(shape, i) === channel);
}

/** The last tensor, which the last step reads. */
export function lastOf(tensors: readonly Tensor[], before = 0): Tensor {
  const tensor = tensors[tensors.length - 1 - before];
  if (tensor === undefined) throw new RangeError('expected more tensors');
  return tensor;
}

export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

type SideChange = (values: Values, observable: TensorObservable, step: number) => Values | null;

/** Every observable of every step of two cases with one program; `null` from a change leaves an observable out. */
export function throughout(left: Asked, right: Asked, ofLeft: SideChange, ofRight: SideChange): readonly Pair[] {
  const steps = [-1, ...upTo(left.case.program.length)];
  return steps.flatMap((step) => observablesAt(left, step).flatMap((observable) => {
    const a = ofLeft(valuesAt(left, step, observable), observable, step);
    const b = ofRight(valuesAt(right, step, observable), observable, step);
    return a === null || b === null ? [] : [[a, b] as const];
  }));
}

export const asItIs = (values: Values): Values => values;
