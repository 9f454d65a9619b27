import type { ForwardStep, LayerConfig } from '../cases/case.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Formulas } from './formulas.ts';
import { forEachInChannel, splitShape } from './layout.ts';
import type { Affine, BatchStatistics, ForwardRecord, RunningState, StateUpdate } from './trajectory.ts';

/**
 * One forward step on every rank.
 *
 *     y = γ·(x − μ)/s + β        s = √(σ² + ε)
 *
 * μ and σ² are those of the (pooled) batch or the running ones, as the row of the mode table and the mode say.
 *
 * @param states  state of each rank before the step
 * @param inputs  x of each rank, [N_r, C, …spatial]
 * @see spec/batch-norm.md#bn-norm-01
 */
export function forward(
  config: LayerConfig, formulas: Formulas, affine: Affine,
  states: readonly (RunningState | null)[], step: ForwardStep, inputs: readonly Tensor[],
): readonly ForwardRecord[] {
  const local = inputs.map((x) => formulas.localStatistics(x));
  return inputs.map((x, rank) => forwardOnRank(config, formulas, affine, states[rank] ?? null, step, x, formulas.poolStatistics(local, rank)));
}

function forwardOnRank(
  config: LayerConfig, formulas: Formulas, affine: Affine,
  before: RunningState | null, step: ForwardStep, x: Tensor, batch: BatchStatistics,
): ForwardRecord {
  const mode = formulas.effectiveMode(step.mode);
  const source = before === null ? 'batch' : formulas.source(config.statistics, mode);
  const { mean, deviation } = normalisation(config.eps, formulas, source, batch, before);
  const gamma = affine.gamma.map((value) => formulas.scale(value));
  const beta = affine.beta.map((value) => formulas.shift(value));
  const update = before !== null && formulas.updates(config.statistics, mode) ? planUpdate(config, formulas, before, batch) : null;
  const counted = before !== null && formulas.counts(config.statistics, mode);
  const state = before === null ? null : { ...applyUpdate(formulas, update, before), count: before.count + (counted ? 1 : 0) };
  return { op: 'forward', mode, source, x, batch, mean, deviation, gamma, beta, y: normalise(x, mean, deviation, gamma, beta), update, state };
}

/** μ and s by batch or running statistics, each [C]. */
export function normalisation(
  eps: number, formulas: Formulas, source: 'batch' | 'running', batch: BatchStatistics, running: RunningState | null,
): { mean: Float64Array; deviation: Float64Array } {
  if (source === 'running' && running !== null) { // BN-NORM-02
    return { mean: running.mean.map((mean) => formulas.centre(mean)), deviation: running.variance.map((v) => formulas.deviation(v, eps)) };
  }
  const deviation = batch.variance.map((v) => formulas.deviation(formulas.normalisingVariance(v, batch.count), eps)); // BN-NORM-01
  return { mean: batch.mean, deviation };
}

function normalise(x: Tensor, mean: Float64Array, deviation: Float64Array, gamma: Float64Array, beta: Float64Array): Float64Array {
  const y = new Float64Array(x.data.length); // BN-SHAPE-01
  const { channels } = splitShape(x.shape);
  for (let c = 0; c < channels; c++) {
    const mu = mean[c]!;
    const s = deviation[c]!;
    forEachInChannel(x, c, (i) => {
      y[i] = gamma[c]! * ((x.data[i]! - mu) / s) + beta[c]!;
    });
  }
  return y;
}

/** The update that a training forward makes: m depends on how many came before it. */
export function planUpdate(config: LayerConfig, formulas: Formulas, before: RunningState, batch: BatchStatistics): StateUpdate {
  return { before, batch, weight: formulas.newWeight(config.momentum, before.updates + 1) };
}

/**
 * Running statistics after one update.
 *
 *     rm′ = (1 − m)·rm + m·μ        rv′ = (1 − m)·rv + m·σ²·n/(n − 1)
 *
 * An empty batch leaves the state as it is.
 */
export function applyUpdate(formulas: Formulas, update: StateUpdate | null, state: RunningState): RunningState {
  if (update === null || update.batch.count === 0) return state;
  const { before, batch, weight: m } = update;
  return {
    mean: before.mean.map((rm, c) => (1 - m) * rm + m * batch.mean[c]!), // BN-STATE-02
    variance: before.variance.map((rv, c) => (1 - m) * rv + m * formulas.storedVariance(batch.variance[c]!, batch.count)), // BN-STATE-03
    count: before.count,
    updates: before.updates + 1,
  };
}
