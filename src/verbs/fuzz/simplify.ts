import type { Case, LayerConfig, RankData, Step } from '../../cases/case.ts';
import { roundTo } from '../../tensor/round.ts';
import { countElements, type Tensor } from '../../tensor/tensor.ts';

/** Simpler cases, boldest first: fewer steps, fewer elements, defaults, plainer values. All are one change away. */
export function* simplerCases(question: Case): Generator<Case> {
  const size = sizeOf(question);
  for (const changed of changes(question)) if (isLess(sizeOf(changed), size)) yield changed;
}

function* changes(question: Case): Generator<Case> {
  yield* fewerSteps(question);
  yield* smallerShapes(question);
  yield* plainerSettings(question);
  yield* plainerValues(question);
}

/** What makes a case hard to read, worst first: steps, elements, settings off their defaults, digits. */
function sizeOf(question: Case): readonly number[] {
  const { config, initial, layer, layout, program } = question;
  const tensors = tensorsOf(question);
  const odd = Object.entries(defaults).filter(([name, value]) => config[name as keyof LayerConfig] !== value).length;
  const settings = odd + Object.keys(initial).length + (layout === undefined ? 0 : 1) + (layer === 'batchnorm1d' ? 0 : 1) + (tensors[0]?.shape.length ?? 0);
  const digits = tensors.reduce((sum, { data }) => data.reduce((own, value) => own + (value === 0 ? 0 : String(value).length), sum), 0);
  return [program.length, tensors.reduce((sum, { data }) => sum + data.length, 0), settings, digits];
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  const first = a.findIndex((value, i) => value !== b[i]);
  return first >= 0 && a[first]! < b[first]!;
}

function* fewerSteps(question: Case): Generator<Case> {
  const { length } = question.program;
  if (length > 2) yield withoutUnused({ ...question, program: question.program.slice(0, Math.ceil(length / 2)) });
  for (let step = length - 1; step >= 0 && length > 1; step--) yield withoutUnused({ ...question, program: withoutStep(question.program, step) });
}

/** The program less one step and the backward steps of it. */
function withoutStep(program: readonly Step[], removed: number): readonly Step[] {
  return program.flatMap((step, index): Step[] => {
    if (index === removed || (step.op === 'backward' && step.of === removed)) return [];
    return [step.op === 'backward' && step.of > removed ? { ...step, of: step.of - 1 - orphansBetween(program, removed, step.of) } : step];
  });
}

/** Backward steps of the removed one that lie before another forward, and go too. */
function orphansBetween(program: readonly Step[], removed: number, before: number): number {
  return program.slice(0, before).filter((step) => step.op === 'backward' && step.of === removed).length;
}

/** The case without the inputs and gradients that no step reads. */
function withoutUnused(question: Case): Case {
  const inputs = question.program.flatMap((step) => (step.op === 'forward' ? [step.input] : []));
  const grads = question.program.flatMap((step) => (step.op !== 'backward' ? [] : step.direction === undefined ? [step.grad] : [step.grad, step.direction]));
  const program = question.program.map((step): Step => {
    if (step.op === 'forward') return { ...step, input: inputs.indexOf(step.input) };
    if (step.op !== 'backward') return step;
    return { ...step, grad: grads.indexOf(step.grad), ...(step.direction === undefined ? {} : { direction: grads.indexOf(step.direction) }) };
  });
  const ranks = question.ranks.map((rank) => ({ inputs: inputs.map((index) => rank.inputs[index]!), grads: grads.map((index) => rank.grads[index]!) }));
  return { ...question, program, ranks };
}

/** Every axis cut to a half, and by one. A layer whose input fits keeps fitting. */
function* smallerShapes(question: Case): Generator<Case> {
  const shape = question.ranks[0]?.inputs[0]?.shape ?? [];
  for (const [axis, extent] of shape.entries()) {
    for (const kept of new Set([1, 2, Math.ceil(extent / 2), extent - 1])) {
      if (kept >= 1 && kept < extent) yield cutAxis(question, axis, kept);
    }
  }
  if (shape.length > 2 && question.layer !== 'syncbatchnorm') yield* flatter(question, shape);
}

function cutAxis(question: Case, axis: number, kept: number): Case {
  const change = (tensor: Tensor): Tensor => cut(tensor, axis, kept);
  const cutData = mapTensors(question, change);
  if (axis !== 1) return cutData;
  const removed = (question.ranks[0]?.inputs[0]?.shape[1] ?? kept) - kept;
  const numFeatures = Math.max(1, question.config.numFeatures - removed);
  const initial = Object.fromEntries(Object.entries(question.initial).map(([name, tensor]) => [name, cut(tensor as Tensor, 0, numFeatures)]));
  return { ...cutData, config: { ...question.config, numFeatures }, initial };
}

/** The first `kept` entries along one axis. */
function cut(tensor: Tensor, axis: number, kept: number): Tensor {
  const extent = tensor.shape[axis];
  if (extent === undefined || extent <= kept) return tensor;
  const inner = countElements(tensor.shape.slice(axis + 1));
  const data = tensor.data.filter((_, i) => Math.floor(i / inner) % extent < kept);
  return { ...tensor, shape: tensor.shape.map((size, at) => (at === axis ? kept : size)), data };
}

/** All spatial axes in one, or none where they hold one value: a one-dimensional layer. */
function* flatter(question: Case, [batch = 0, channels = 0, ...spatial]: readonly number[]): Generator<Case> {
  const size = countElements(spatial);
  const reshape = (shape: readonly number[]): Case => ({ ...mapTensors(question, (tensor) => ({ ...tensor, shape })), layer: 'batchnorm1d' });
  if (size === 1) yield reshape([batch, channels]);
  if (spatial.length > 1) yield reshape([batch, channels, size]);
}

/** The type stays: a cluster is of one type. */
const defaults: Readonly<Partial<LayerConfig>> = { statistics: 'tracked', affine: true, momentum: 0.1, eps: 1e-5 };

function* plainerSettings(question: Case): Generator<Case> {
  const { layout, ...contiguous } = question;
  if (layout !== undefined) yield contiguous;
  for (const name of Object.keys(question.initial)) yield { ...question, initial: Object.fromEntries(Object.entries(question.initial).filter(([other]) => other !== name)) };
  for (const [name, value] of Object.entries(defaults)) {
    if (question.config[name as keyof LayerConfig] === value) continue;
    yield { ...question, config: { ...question.config, [name]: value } };
  }
}

/** Tensors of at most so many elements are simplified one by one. */
const fewElements = 32;

function* plainerValues(question: Case): Generator<Case> {
  for (const plain of [() => 1, Math.round, (value: number) => Math.round(value * 8) / 8, (value: number) => Number(value.toPrecision(3))]) {
    for (const [index, tensor] of tensorsOf(question).entries()) yield* replaced(question, index, tensor, (data) => data.map(plain));
  }
  for (const [index, tensor] of tensorsOf(question).entries()) {
    if (tensor.data.length > fewElements) continue;
    for (let i = 0; i < tensor.data.length; i++) {
      for (const value of [0, 1]) yield* replaced(question, index, tensor, (data) => data.with(i, value));
    }
  }
}

function* replaced(question: Case, index: number, tensor: Tensor, change: (data: Float64Array) => Float64Array): Generator<Case> {
  const data = change(tensor.data).map((value) => roundTo(value, tensor.dtype));
  if (data.every((value, i) => Object.is(value, tensor.data[i]))) return;
  let at = 0;
  yield mapTensors(question, (other) => (at++ === index ? { ...other, data } : other));
}

function tensorsOf({ ranks }: Case): readonly Tensor[] {
  return ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads]);
}

function mapTensors(question: Case, change: (tensor: Tensor) => Tensor): Case {
  return { ...question, ranks: question.ranks.map(({ inputs, grads }): RankData => ({ inputs: inputs.map(change), grads: grads.map(change) })) };
}
