import type { ForwardStep, LayerConfig } from '../cases/case.ts';
import { allocateNumbers, mapNumbers } from '../tensor/allocate.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { Formulas, ForwardView } from './formulas.ts';
import { countPerChannel, splitShape } from './layout.ts';
import type { Affine, BatchStatistics, ForwardRecord, RankTrajectory, RunningState, StateUpdate, StatisticsSource } from './trajectory.ts';

/**
 * One forward step on every rank.
 *
 *     y = γ·(x − μ)/s + β        s = √(σ² + ε)
 *
 * μ and σ² are those of the (pooled) batch or the running ones, as the row of the mode table and the mode say.
 *
 * @param states  state of each rank before the step
 * @param soFar   construction and steps of each rank so far
 * @param inputs  x of each rank, [N_r, C, …spatial]
 * @see spec/batch-norm.md#bn-norm-01
 */
export function forward(
  config: LayerConfig, formulas: Formulas, affine: Affine, states: readonly (RunningState | null)[], soFar: readonly RankTrajectory[], step: ForwardStep, inputs: readonly Tensor[],
): readonly ForwardRecord[] {
  const local = inputs.map((x) => formulas.localStatistics(x));
  return inputs.map((x, rank) => {
    const { construct: initial, steps: earlier } = soFar[rank]!;
    const mode = formulas.effectiveMode(step.mode, config.statistics, earlier);
    const source = formulas.source(config.statistics, mode);
    const view = { config, mode, source, earlier, initial, before: states[rank] ?? null, x, inputs };
    return forwardOnRank(formulas, affine, view, formulas.poolStatistics(local, rank));
  });
}

function forwardOnRank(formulas: Formulas, affine: Affine, view: ForwardView, batch: BatchStatistics): ForwardRecord {
  const { config, mode, source, before, x } = view;
  const running = before ?? freshState(formulas, config.numFeatures);
  const { mean, deviation } = normalisation(config.eps, formulas, source, source === 'batch' ? formulas.normalisingStatistics(batch, view) : batch, running);
  const update = before !== null && formulas.updates(config.statistics, mode) ? planUpdate(formulas, view, before, batch) : null;
  const moved = formulas.updatesInForward && before !== null ? applyUpdate(formulas, view, update, before) : before;
  const state = moved === null ? null : { mean: moved.mean, variance: moved.variance, count: moved.count + formulas.counts(config.statistics, mode), updates: moved.updates };
  const { gamma, beta } = formulas.affine(affine, view, state);
  const y = formulas.output(normalise(x, mean, deviation, gamma, beta), x);
  return { op: 'forward', config, mode, source, x, batch, mean, deviation, gamma, beta, y, update, state };
}

/** State of a layer that nobody has trained or set (BN-STATE-01). */
export function freshState(formulas: Formulas, channels: number): RunningState {
  return { mean: allocateNumbers(channels).fill(formulas.freshMean), variance: allocateNumbers(channels).fill(formulas.freshVariance), count: 0, updates: 0 };
}

/** μ and s by batch or running statistics, each [C]. */
export function normalisation(
  eps: number, formulas: Formulas, source: StatisticsSource, batch: BatchStatistics, running: RunningState | null,
): { mean: Float64Array; deviation: Float64Array } {
  if (source === 'running' && running !== null) { // BN-NORM-02
    const deviation = mapNumbers(running.variance, (v) => formulas.deviation(formulas.runningVariance(v, batch.count), eps, source));
    return { mean: mapNumbers(running.mean, (mean) => formulas.centre(mean)), deviation };
  }
  const deviation = mapNumbers(batch.variance, (v) => formulas.deviation(formulas.normalisingVariance(v, batch.count), eps, source)); // BN-NORM-01
  return { mean: batch.mean, deviation };
}

function normalise(x: Tensor, mean: Float64Array, deviation: Float64Array, gamma: Float64Array, beta: Float64Array): Float64Array {
  const { data, shape } = x;
  const y = allocateNumbers(data.length); // BN-SHAPE-01
  const { batch, channels, spatial } = splitShape(shape);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const mu = mean[c]!;
      const s = deviation[c]!;
      const start = (n * channels + c) * spatial;
      for (let i = start; i < start + spatial; i++) y[i] = gamma[c]! * ((data[i]! - mu) / s) + beta[c]!;
    }
  }
  return y;
}

/** The update that a training forward makes: m depends on how many came before it. */
export function planUpdate(formulas: Formulas, { config }: Pick<ForwardView, 'config'>, before: RunningState, batch: BatchStatistics): StateUpdate {
  return { before, batch, weight: formulas.newWeight(config.momentum, before.updates + 1) };
}

/**
 * Running statistics after one update.
 *
 *     rm′ = (1 − m)·rm + m·μ        rv′ = (1 − m)·rv + m·σ²·n/(n − 1)
 *
 * An empty batch leaves the state as it is.
 */
export function applyUpdate(formulas: Formulas, view: Pick<ForwardView, 'config' | 'initial' | 'x'>, update: StateUpdate | null, state: RunningState): RunningState {
  if (update === null || (update.batch.count === 0 && formulas.skipsEmptyBatch)) return state;
  const { before, batch, weight } = update;
  const at = { eps: view.config.eps, batchSize: batch.count / splitShape(view.x.shape).spatial, ownCount: countPerChannel(view.x.shape) };
  const stored = {
    mean: mapNumbers(batch.mean, (mean) => formulas.storedMean(mean, batch.count)),
    variance: mapNumbers(batch.variance, (variance, c) => formulas.storedVariance(variance, batch.count, batch.mean[c]!, at)), // BN-STATE-03
  };
  const { mean, variance } = formulas.moveState(before, stored, weight, view.initial ?? before);
  return { mean, variance, count: before.count, updates: before.updates + 1 };
}
