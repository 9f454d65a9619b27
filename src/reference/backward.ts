import type { LayerConfig } from '../cases/case.ts';
import { sumOf } from '../tensor/sum.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { applyUpdate, normalisation, planUpdate } from './forward.ts';
import type { Formulas } from './formulas.ts';
import { countPerChannel, forEachInChannel, splitShape } from './layout.ts';
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
 * @param forwards  record of the forward that is differentiated, per rank
 * @param grads     dy of each rank, in the shape of its input
 * @see spec/batch-norm.md#bn-grad-01
 */
export function backward(
  config: LayerConfig, formulas: Formulas, states: readonly (RunningState | null)[],
  forwards: readonly ForwardRecord[], grads: readonly Tensor[],
): readonly BackwardRecord[] {
  const own = forwards.map((record, rank) => gradientSums(record, grads[rank]!, record));
  const sources = forwards.map((record) => formulas.inputGradientSource(record.source));
  const views = forwards.map((record, rank) => inputView(config.eps, formulas, record, sources[rank]!));
  const viewed = forwards.map((record, rank) => gradientSums(record, grads[rank]!, views[rank]!));
  return forwards.map((record, rank) => {
    const sums = formulas.poolSums(viewed, rank);
    const returned = formulas.returnedSums(own, rank);
    const after = stateAfter(config, formulas, record, states[rank] ?? null);
    return {
      op: 'backward', forward: record, dy: grads[rank]!, source: sources[rank]!, ...views[rank]!, sums,
      dx: inputGradient(formulas, record, grads[rank]!, sources[rank]!, views[rank]!, sums),
      dgamma: config.affine ? returned.dyNormalised.map((value, c) => formulas.gammaGradient(value, record.deviation[c]!)) : null,
      dbeta: config.affine ? returned.dy.map((value) => formulas.betaGradient(value, returned.count)) : null,
      ...after,
    };
  });
}

function inputView(eps: number, formulas: Formulas, record: ForwardRecord, source: StatisticsSource): Normalisation {
  if (source === record.source) return { mean: record.mean, deviation: record.deviation };
  return normalisation(eps, formulas, source, record.batch, record.state);
}

function gradientSums({ x }: ForwardRecord, dy: Tensor, { mean, deviation }: Normalisation): GradientSums {
  const { channels } = splitShape(x.shape);
  const count = countPerChannel(x.shape);
  const sums = { count, dy: new Float64Array(channels), dyNormalised: new Float64Array(channels) };
  const indices = new Int32Array(count);
  for (let c = 0; c < channels; c++) {
    let position = 0;
    forEachInChannel(x, c, (index) => {
      indices[position++] = index;
    });
    sums.dy[c] = sumOf(count, (i) => dy.data[indices[i]!]!);
    sums.dyNormalised[c] = sumOf(count, (i) => (dy.data[indices[i]!]! * (x.data[indices[i]!]! - mean[c]!)) / deviation[c]!);
  }
  return sums;
}

function inputGradient(
  formulas: Formulas, { x, gamma }: ForwardRecord, dy: Tensor, source: StatisticsSource,
  { mean, deviation }: Normalisation, sums: GradientSums,
): Float64Array {
  const formula = source === 'batch' ? formulas.batchInputGradient : formulas.runningInputGradient;
  const dx = new Float64Array(x.data.length);
  const { channels } = splitShape(x.shape);
  for (let c = 0; c < channels; c++) {
    const mu = mean[c]!;
    const s = deviation[c]!;
    const scale = gamma[c]!;
    const dySum = sums.dy[c]!;
    const dyNormalisedSum = sums.dyNormalised[c]!;
    forEachInChannel(x, c, (i) => {
      dx[i] = formula({ gamma: scale, deviation: s, dy: dy.data[i]!, normalised: (x.data[i]! - mu) / s, count: sums.count, dySum, dyNormalisedSum });
    });
  }
  return dx;
}

function stateAfter(config: LayerConfig, formulas: Formulas, record: ForwardRecord, before: RunningState | null) {
  if (before === null || !formulas.updatesInBackward || record.update === null) return { update: null, state: before };
  const update = { ...planUpdate(config, formulas, before, record.batch), weight: record.update.weight };
  return { update, state: applyUpdate(formulas, update, before) };
}
