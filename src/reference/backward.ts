import { allocateNumbers } from '../tensor/allocate.ts';
import { sum } from '../tensor/sum.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { applyUpdate, normalisation, planUpdate } from './forward.ts';
import type { Formulas, GradientChannel } from './formulas.ts';
import { countPerChannel, splitShape } from './layout.ts';
import type { BackwardRecord, ForwardRecord, GradientSums, RunningState, StatisticsSource } from './trajectory.ts';

/** μ and s, each [C], by which a rank's backward pass normalises. */
interface Normalisation {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/**
 * One backward step on every rank.
 *
 *     by batch statistics     dx = (γ/s)·(dy − Σdy/n − x̂·Σ(dy·x̂)/n), sums over all ranks
 *     by running statistics   dx = γ·dy/s
 *     both                    dγ = Σ dy·x̂        dβ = Σ dy, each over the rank's own samples
 *
 * @param states    state of each rank before the step
 * @param initial   state as constructed
 * @param forwards  record of the forward that is differentiated, per rank
 * @param grads     dy of each rank, in the shape of its input
 * @see spec/batch-norm.md#bn-grad-01
 */
export function backward(
  formulas: Formulas, states: readonly (RunningState | null)[], initial: RunningState | null,
  forwards: readonly ForwardRecord[], grads: readonly Tensor[],
): readonly BackwardRecord[] {
  const sources = forwards.map((record) => formulas.inputGradientSource(record.source));
  const views = forwards.map((record, rank) => viewBy(record.config.eps, formulas, record, sources[rank]!, states[rank] ?? null));
  const viewed = forwards.map((record, rank) => gradientSums(record, grads[rank]!, views[rank]!));
  const ownViews = forwards.map((record, rank) => viewBy(record.config.eps, formulas, record, formulas.parameterGradientSource(record.source), states[rank] ?? null));
  const own = forwards.map((record, rank) => (sameView(ownViews[rank]!, views[rank]!) ? viewed[rank]! : gradientSums(record, grads[rank]!, ownViews[rank]!)));
  return forwards.map((record, rank) => {
    const state = states[rank] ?? null;
    const sums = formulas.poolSums(viewed, rank);
    const gamma = formulas.gradientGamma(record.gamma, state, record.config);
    const source = sources[rank]!;
    const channelOf = (c: number) => gradientChannel(record, source, views[rank]!, gamma, sums, c);
    const dx = formulas.inputGradient(inputGradient(formulas, record.x, grads[rank]!, channelOf), record.x);
    return {
      op: 'backward', forward: record, dy: grads[rank]!, source, ...views[rank]!, gamma, sums, dx,
      ...parameterGradients(formulas, record, ownViews[rank]!, formulas.returnedSums(own, rank)),
      ...stateAfter(formulas, record, state, initial),
    };
  });
}

function viewBy(eps: number, formulas: Formulas, record: ForwardRecord, source: StatisticsSource, now: RunningState | null): Normalisation {
  const running = formulas.gradientState(record.state, now);
  if (source === record.source && (source === 'batch' || running === record.state)) return { mean: record.mean, deviation: record.deviation };
  return normalisation(eps, formulas, source, record.batch, running);
}

function sameView(a: Normalisation, b: Normalisation): boolean {
  return a.mean === b.mean && a.deviation === b.deviation;
}

function gradientSums({ x }: ForwardRecord, dy: Tensor, { mean, deviation }: Normalisation): GradientSums {
  const { batch, channels, spatial } = splitShape(x.shape);
  const count = countPerChannel(x.shape);
  const sums = { count, dy: allocateNumbers(channels), dyNormalised: allocateNumbers(channels) };
  const [values, products] = [allocateNumbers(count), allocateNumbers(count)];
  for (let c = 0; c < channels; c++) {
    let position = 0;
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++, position++) {
        values[position] = dy.data[i]!;
        products[position] = (dy.data[i]! * (x.data[i]! - mean[c]!)) / deviation[c]!;
      }
    }
    sums.dy[c] = sum(values);
    sums.dyNormalised[c] = sum(products);
  }
  return sums;
}

function gradientChannel(
  record: ForwardRecord, source: StatisticsSource, { mean, deviation }: Normalisation, gamma: Float64Array, sums: GradientSums, channel: number,
): GradientChannel {
  const { eps, momentum } = record.config;
  const variance = source === 'batch' ? record.batch.variance : record.state?.variance;
  return {
    channel, source, gamma: gamma[channel]!, beta: record.beta[channel]!, mean: mean[channel]!, variance: variance?.[channel] ?? NaN, deviation: deviation[channel]!,
    eps, weight: record.update?.weight ?? momentum ?? 1, count: sums.count, dySum: sums.dy[channel]!, dyNormalisedSum: sums.dyNormalised[channel]!,
  };
}

function inputGradient(formulas: Formulas, x: Tensor, dy: Tensor, channelOf: (channel: number) => GradientChannel): Float64Array {
  const dx = allocateNumbers(x.data.length);
  const { batch, channels, spatial } = splitShape(x.shape);
  for (let c = 0; c < channels; c++) {
    const at = channelOf(c);
    const { mean, deviation } = at;
    const formula = at.source === 'batch' ? formulas.batchInputGradient : formulas.runningInputGradient;
    for (let n = 0; n < batch; n++) {
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++) dx[i] = formula(at, dy.data[i]!, (x.data[i]! - mean) / deviation);
    }
  }
  return dx;
}

function parameterGradients(formulas: Formulas, record: ForwardRecord, view: Normalisation, sums: GradientSums): Pick<BackwardRecord, 'dgamma' | 'dbeta'> {
  if (!record.config.affine || record.config.frozen === true) return { dgamma: null, dbeta: null };
  const dgamma = allocateNumbers(sums.dy.length);
  const dbeta = allocateNumbers(sums.dy.length);
  for (let c = 0; c < dgamma.length; c++) {
    const at = gradientChannel(record, record.source, view, record.gamma, sums, c);
    dgamma[c] = formulas.gammaGradient(at);
    dbeta[c] = formulas.betaGradient(at);
  }
  return { dgamma, dbeta: record.config.scaleOnly === true ? null : dbeta };
}

function stateAfter(formulas: Formulas, record: ForwardRecord, before: RunningState | null, initial: RunningState | null) {
  if (before === null || !formulas.updatesInBackward || record.update === null) return { update: null, state: before };
  const update = { ...planUpdate(formulas, record, before, record.batch), weight: record.update.weight };
  return { update, state: applyUpdate(formulas, { config: record.config, initial, x: record.x }, update, before) };
}
