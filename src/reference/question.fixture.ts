import { parseProgram } from '../cases/axes.ts';
import type { Case, InitialValues, Layer, LayerConfig } from '../cases/case.ts';
import { countElements, type Tensor } from '../tensor/tensor.ts';
import type { BackwardRecord, ForwardRecord, StepRecord, Trajectory } from './trajectory.ts';

/** Tensor of float64 numbers taken as they are. */
export function tensor(shape: readonly number[], data: readonly number[], dtype: Tensor['dtype'] = 'float32'): Tensor {
  if (data.length !== countElements(shape)) throw new RangeError(`expected ${String(countElements(shape))} numbers for shape ${shape.join('x')}, got ${String(data.length)}`);
  return { dtype, shape, data: Float64Array.from(data) };
}

const defaults: LayerConfig = { numFeatures: 2, eps: 1e-5, momentum: 0.1, affine: true, statistics: 'tracked', dtype: 'float32' };

export interface QuestionParts {
  readonly layer?: Layer;
  readonly config?: Partial<LayerConfig>;
  readonly initial?: InitialValues;
  readonly program: string;
  /** Per rank. */
  readonly inputs: readonly (readonly Tensor[])[];
  readonly grads?: readonly (readonly Tensor[])[];
}

/** A case from its parts; one input or gradient serves every step that has none of its own. */
export function question({ layer, config, initial, program, inputs, grads }: QuestionParts): Case {
  const steps = parseProgram(program);
  return {
    id: `fixture/${program}`,
    layer: layer ?? (inputs.length > 1 ? 'syncbatchnorm' : layerOfRank(inputs[0]?.[0]?.shape.length ?? 2)),
    config: { ...defaults, ...config },
    initial: initial ?? {},
    ranks: inputs.map((own, rank) => ({ inputs: repeatTo(own, steps.length), grads: repeatTo(grads?.[rank] ?? own, steps.length) })),
    program: steps,
  };
}

function layerOfRank(rank: number): Layer {
  if (rank === 4) return 'batchnorm2d';
  return rank === 5 ? 'batchnorm3d' : 'batchnorm1d';
}

function repeatTo(tensors: readonly Tensor[], count: number): readonly Tensor[] {
  const last = tensors.at(-1);
  return last === undefined ? [] : Array.from({ length: count }, (_, i) => tensors[i] ?? last);
}

export function stepOf(trajectory: Trajectory, step: number, rank = 0): StepRecord {
  const record = trajectory.ranks[rank]?.steps.at(step);
  if (record === undefined) throw new RangeError(`expected a step ${String(step)} on rank ${String(rank)}`);
  return record;
}

export function forwardOf(trajectory: Trajectory, step = 0, rank = 0): ForwardRecord {
  const record = stepOf(trajectory, step, rank);
  if (record.op !== 'forward') throw new TypeError(`expected a forward, got ${record.op}`);
  return record;
}

export function backwardOf(trajectory: Trajectory, step = 1, rank = 0): BackwardRecord {
  const record = stepOf(trajectory, step, rank);
  if (record.op !== 'backward') throw new TypeError(`expected a backward, got ${record.op}`);
  return record;
}

/** Largest |a − b| ÷ (1 + |b|) over the elements; NaN when lengths differ. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return NaN;
  return Array.from(a, (value, i) => Math.abs(value - b[i]!) / (1 + Math.abs(b[i]!))).reduce((worst, value) => Math.max(worst, value), 0);
}

/** The first golden vector: three samples of two channels, and its upstream gradient. */
export const goldenInput = tensor([3, 2], [1, 2, 3, 6, 5, 1]);
export const goldenGradient = tensor([3, 2], [1, 2, 3, 4, 5, -6]);
