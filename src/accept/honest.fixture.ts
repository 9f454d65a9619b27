import type { BackwardStep, Case, ForwardStep, Observable } from '../cases/case.ts';
import { splitShape } from '../reference/layout.ts';
import { roundTo } from '../tensor/round.ts';
import type { FloatType, Tensor } from '../tensor/tensor.ts';
import { channelValues } from './exact.ts';
import { forEachInChannel } from '../reference/layout.ts';

/** How an honest implementation sums, and how it normalises: (x − μ)·invstd or αx + β′. */
export interface HonestForm {
  readonly sums: 'sequential' | 'pairwise' | 'welford';
  readonly form: 'direct' | 'folded';
}

/** What one step showed, [N, C, …] or [C], rounded to the layer's type. */
export type HonestStep = Partial<Record<Exclude<Observable, 'step_count'>, Float64Array>>;

/** Mean, biased variance and 1/s of one channel, in float32. */
interface Channel {
  readonly mean: number;
  readonly variance: number;
  readonly inverse: number;
}

interface Layer {
  readonly question: Case;
  readonly how: HonestForm;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
  updates: number;
}

const f = Math.fround;

/**
 * A plain float32 Batch Normalization of the tracked row on one rank, every operation rounded; what is stored or returned is
 * rounded once more to the layer's type.
 */
export function computeHonestly(question: Case, how: HonestForm): readonly HonestStep[] {
  const { config, initial } = question;
  const layer: Layer = {
    question, how, updates: 0,
    mean: (initial.running_mean?.data ?? new Float64Array(config.numFeatures)).slice(),
    variance: (initial.running_var?.data ?? new Float64Array(config.numFeatures).fill(1)).slice(),
  };
  const channels: (readonly Channel[])[] = [];
  return question.program.map((step) => {
    if (step.op === 'reload') throw new TypeError('expected a program without reload');
    const own = step.op === 'forward' ? forward(layer, step, channels) : backward(layer, step, channels[step.of]!);
    return { ...own, running_mean: layer.mean.slice(), running_var: layer.variance.slice() };
  });
}

function forward(layer: Layer, step: ForwardStep, channels: (readonly Channel[])[]): HonestStep {
  const x = layer.question.ranks[0]!.inputs[step.input]!;
  const train = step.mode !== 'eval';
  const own = Array.from(layer.mean, (_, c) => (train ? batchChannel(layer, x, c) : channelOf(layer, layer.mean[c]!, layer.variance[c]!)));
  if (train) update(layer, own, x);
  channels[layer.question.program.indexOf(step)] = own;
  return { y: elementwise(x, (value, c) => output(layer, own[c]!, value, c)) };
}

function channelOf({ question: { config } }: Layer, mean: number, variance: number): Channel {
  return { mean, variance, inverse: f(1 / f(Math.sqrt(f(variance + f(config.eps))))) };
}

function batchChannel(layer: Layer, x: Tensor, c: number): Channel {
  const values = channelValues(x, c);
  const n = values.length;
  if (layer.how.sums === 'welford') return welford(layer, values);
  const mean = f(sum(values, layer.how) / n);
  return channelOf(layer, mean, f(sum(values.map((value) => f(f(value - mean) * f(value - mean))), layer.how) / n));
}

function welford(layer: Layer, values: readonly number[]): Channel {
  let mean = 0;
  let squares = 0;
  for (const [k, value] of values.entries()) {
    const before = f(value - mean);
    mean = f(mean + f(before / (k + 1)));
    squares = f(squares + f(before * f(value - mean)));
  }
  return channelOf(layer, mean, f(squares / values.length));
}

/** Welford's updates have no plain sum; what else such an implementation sums, it sums in order. */
function sum(values: readonly number[], how: HonestForm): number {
  return how.sums === 'pairwise' ? pairwise(values) : values.reduce((total, value) => f(total + value), 0);
}

function pairwise(values: readonly number[]): number {
  if (values.length <= 1) return values[0] ?? 0;
  const half = values.length >> 1;
  return f(pairwise(values.slice(0, half)) + pairwise(values.slice(half)));
}

function update(layer: Layer, own: readonly Channel[], x: Tensor): void {
  const { config } = layer.question;
  layer.updates += 1;
  const m = f(config.momentum ?? 1 / layer.updates);
  const keep = f(1 - m);
  const n = channelValues(x, 0).length;
  for (const [c, { mean, variance }] of own.entries()) {
    const unbiased = f(f(variance * n) / (n - 1));
    layer.mean[c] = roundTo(f(f(keep * layer.mean[c]!) + f(m * mean)), config.dtype);
    layer.variance[c] = roundTo(f(f(keep * layer.variance[c]!) + f(m * unbiased)), config.dtype);
  }
}

function output({ question: { initial }, how }: Layer, { mean, inverse }: Channel, x: number, c: number): number {
  const gamma = initial.gamma?.data[c] ?? 1;
  const beta = initial.beta?.data[c] ?? 0;
  if (how.form === 'direct') return f(f(f(f(x - mean) * inverse) * gamma) + beta);
  const alpha = f(gamma * inverse);
  return f(f(alpha * x) + f(beta - f(mean * alpha)));
}

function backward(layer: Layer, step: BackwardStep, own: readonly Channel[]): HonestStep {
  const { question, how } = layer;
  const forwardStep = question.program[step.of] as ForwardStep;
  const x = question.ranks[0]!.inputs[forwardStep.input]!;
  const dy = question.ranks[0]!.grads[step.grad]!;
  const sums = own.map(({ mean, inverse }, c) => {
    const values = channelValues(x, c);
    const upstream = channelValues(dy, c);
    const products = values.map((value, i) => f(upstream[i]! * (how.form === 'direct' ? f(value - mean) : f(f(value - mean) * inverse))));
    const total = sum(products, how);
    return { dy: sum(upstream, how), dyNormalised: how.form === 'direct' ? f(total * inverse) : total, n: values.length };
  });
  const train = forwardStep.mode !== 'eval';
  const term = how.form === 'direct' ? projected : scaled;
  const dx = elementwise(dy, (value, c, i) => {
    const gamma = question.initial.gamma?.data[c] ?? 1;
    return train ? term(own[c]!, gamma, value, x.data[i]!, sums[c]!) : f(f(value * own[c]!.inverse) * gamma);
  });
  const parameter = (name: 'dy' | 'dyNormalised') => Float64Array.from(sums, (one) => roundTo(one[name], question.config.dtype));
  return { dx, dgamma: parameter('dyNormalised'), dbeta: parameter('dy') };
}

interface Sums {
  readonly dy: number;
  readonly dyNormalised: number;
  readonly n: number;
}

/** ((dy − Σdy/n) − (x − μ)·(dγ/n·invstd))·invstd·γ. */
function projected({ mean, inverse }: Channel, gamma: number, dy: number, x: number, sums: Sums): number {
  const projection = f(f(sums.dyNormalised / sums.n) * inverse);
  return f(f(f(f(dy - f(sums.dy / sums.n)) - f(f(x - mean) * projection)) * inverse) * gamma);
}

/** γ·invstd/n·(n·dy − Σdy − x̂·dγ). */
function scaled({ mean, inverse }: Channel, gamma: number, dy: number, x: number, sums: Sums): number {
  const inner = f(f(f(sums.n * dy) - sums.dy) - f(f(f(x - mean) * inverse) * sums.dyNormalised));
  return f(f(f(gamma * inverse) / sums.n) * inner);
}

function elementwise(like: Tensor, value: (element: number, c: number, index: number) => number): Float64Array {
  const result = new Float64Array(like.data.length);
  const dtype: FloatType = like.dtype;
  for (let c = 0; c < splitShape(like.shape).channels; c++) {
    forEachInChannel(like, c, (i) => {
      result[i] = roundTo(value(like.data[i]!, c, i), dtype);
    });
  }
  return result;
}
