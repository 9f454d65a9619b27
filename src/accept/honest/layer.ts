import type { BackwardStep, Case, ForwardStep, Observable } from '../../cases/case.ts';
import { roundTo } from '../../tensor/round.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { type Arithmetic, arithmeticOf } from './arithmetic.ts';
import type { HonestForm } from './form.ts';
import { honestSecondOrder } from './second-order.ts';
import { honestStatistics } from './statistics.ts';
import { sumOfTerms } from './sums.ts';

/** What one step showed, [n, 1] or [1], rounded to the layer's type. */
export type HonestStep = Partial<Record<Exclude<Observable, 'step_count'>, Float64Array>>;

/** μ, and s or 1/s, of one forward; whether they are the batch's. */
interface Channel {
  readonly x: Float64Array;
  readonly mean: number;
  /** Product by 1/s. */
  readonly divided: (value: number) => number;
  readonly batch: boolean;
}

interface Layer {
  readonly question: Case;
  readonly form: HonestForm;
  readonly arithmetic: Arithmetic;
  readonly gamma: number;
  readonly beta: number;
  /** Forwards so far, by the index of their step. */
  readonly channels: Channel[];
  mean: number;
  variance: number;
  updates: number;
}

/**
 * An honest Batch Normalization of the tracked row, one channel, one rank: float32 arithmetic, every operation rounded; what
 * is stored or returned is rounded once more to the layer's type.
 */
export function computeHonestly(question: Case, form: HonestForm): readonly HonestStep[] {
  const { config, initial } = question;
  const arithmetic = arithmeticOf(form.fused, form.flushes);
  const read = (tensor: Tensor | undefined, otherwise: number) => arithmetic.round(tensor?.data[0] ?? otherwise);
  const layer: Layer = {
    question, form, arithmetic, gamma: read(initial.gamma, 1), beta: read(initial.beta, 0), channels: [],
    mean: initial.running_mean?.data[0] ?? 0, variance: initial.running_var?.data[0] ?? 1, updates: 0,
  };
  return question.program.map((step, index) => {
    const own = shown(layer, step, index);
    const stored = { running_mean: Float64Array.of(layer.mean), running_var: Float64Array.of(layer.variance) };
    return { ...rounded(own, config.dtype), ...stored };
  });
}

function shown(layer: Layer, step: Case['program'][number], index: number): HonestStep {
  if (step.op === 'forward') return forward(layer, step, index);
  if (step.op === 'backward') return step.direction === undefined ? backward(layer, step) : doubleBackward(layer, step, step.direction);
  throw new TypeError(`expected a program of forwards and backwards, got ${step.op}`);
}

function rounded(step: HonestStep, dtype: Tensor['dtype']): HonestStep {
  return Object.fromEntries(Object.entries(step).map(([name, values]) => [name, dtype === 'float32' ? values : values.map((value) => roundTo(value, dtype))]));
}

function forward(layer: Layer, step: ForwardStep, index: number): HonestStep {
  const { question, form, arithmetic } = layer;
  const x = question.ranks[0]!.inputs[step.input]!.data.map(arithmetic.round);
  const batch = step.mode !== 'eval';
  const { mean, variance } = batch ? honestStatistics(x, form, arithmetic) : { mean: arithmetic.round(layer.mean), variance: arithmetic.round(layer.variance) };
  const channel = { x, mean, divided: divisionBy(layer, variance), batch };
  if (batch) update(layer, mean, variance, x.length);
  layer.channels[index] = channel;
  return { y: output(layer, channel) };
}

/** value ↦ value/s, s = √(v + ε), by the root's form. */
function divisionBy({ question, form, arithmetic: { round } }: Layer, variance: number): (value: number) => number {
  const sum = round(variance + round(question.config.eps));
  const deviation = round(Math.sqrt(sum));
  if (form.root === 'division') return (value) => round(value / deviation);
  const inverse = form.root === 'rsqrt' ? round(1 / Math.sqrt(sum)) : round(1 / deviation);
  return (value) => round(value * inverse);
}

/** (1 − m)·rm + m·μ, (1 − m)·rv + m·σ²·n/(n − 1); m is held as the weight of the new batch, in float32. */
function update(layer: Layer, mean: number, variance: number, n: number): void {
  const { arithmetic: { round, multiplyAdd }, question: { config } } = layer;
  layer.updates += 1;
  const weight = round(config.momentum ?? 1 / layer.updates);
  const keep = round(1 - weight);
  const unbiased = round(round(variance * n) / (n - 1));
  const blend = (stored: number, batch: number) => roundTo(multiplyAdd(weight, batch, round(keep * round(stored))), config.dtype);
  layer.mean = blend(layer.mean, mean);
  layer.variance = blend(layer.variance, unbiased);
}

function output({ form, arithmetic: { round, multiplyAdd }, gamma, beta }: Layer, { x, mean, divided }: Channel): Float64Array {
  if (form.output === 'direct') return x.map((value) => multiplyAdd(divided(round(value - mean)), gamma, beta));
  const alpha = divided(gamma);
  const shift = multiplyAdd(-mean, alpha, beta);
  return x.map((value) => multiplyAdd(alpha, value, shift));
}

function backward(layer: Layer, step: BackwardStep): HonestStep {
  const { question, form, arithmetic, gamma } = layer;
  const { round } = arithmetic;
  const channel = layer.channels[step.of]!;
  const dy = question.ranks[0]!.grads[step.grad]!.data.map(round);
  const dbeta = round(sumOfTerms({ a: dy, b: null }, form.sums, arithmetic));
  const centred = channel.x.map((value) => round(value - channel.mean));
  const factor = form.gradient === 'projected' ? centred : centred.map(channel.divided);
  const total = round(sumOfTerms({ a: dy, b: factor }, form.sums, arithmetic));
  const dgamma = form.gradient === 'projected' ? channel.divided(total) : total;
  const running = () => dy.map((value) => (form.output === 'direct' ? round(channel.divided(value) * gamma) : round(channel.divided(gamma) * value)));
  const dx = channel.batch ? inputGradient(layer, channel, dy, factor, { dbeta, dgamma }) : running();
  return { dx, dgamma: Float64Array.of(dgamma), dbeta: Float64Array.of(dbeta) };
}

/** ddx, ddy and ddγ: ddy is the dx of v. */
function doubleBackward(layer: Layer, step: BackwardStep, direction: number): HonestStep {
  const { question, form, arithmetic, gamma } = layer;
  const { round } = arithmetic;
  const { x, mean, divided, batch } = layer.channels[step.of]!;
  const { grads } = question.ranks[0]!;
  const [dy, v] = [grads[step.grad]!.data.map(round), grads[direction]!.data.map(round)];
  const { dx: ddy = new Float64Array() } = backward(layer, { ...step, grad: direction });
  return { ddy, ...honestSecondOrder({ centred: x.map((value) => round(value - mean)), divided, batch, gamma, dy, v }, form, arithmetic) };
}

/**
 * dx in training, by the gradient's form. First-order errors in units of u·|γ|/s, besides those of x̂ and 1/s: projected
 * 4|dy| + (d + 5)·D1 + (d + 8)·z·D2, normalised 4|dy| + (d + 5)·D1 + (d + 7)·z·D2, scaled 6|dy| + (d + 4)·D1 + (d + 7)·z·D2.
 */
function inputGradient(layer: Layer, { divided }: Channel, dy: Float64Array, factor: Float64Array, sums: { readonly dbeta: number; readonly dgamma: number }): Float64Array {
  const { form, arithmetic: { round, multiplyAdd }, gamma } = layer;
  const n = dy.length;
  if (form.gradient === 'scaled') {
    const scale = round(divided(gamma) / n);
    return dy.map((value, i) => round(scale * multiplyAdd(-factor[i]!, sums.dgamma, round(round(n * value) - sums.dbeta))));
  }
  const mean = round(sums.dbeta / n);
  const share = round(sums.dgamma / n);
  if (form.gradient === 'normalised') {
    const alpha = divided(gamma);
    return dy.map((value, i) => round(alpha * multiplyAdd(-factor[i]!, share, round(value - mean))));
  }
  const projection = divided(share);
  return dy.map((value, i) => round(divided(multiplyAdd(-factor[i]!, projection, round(value - mean))) * gamma));
}
