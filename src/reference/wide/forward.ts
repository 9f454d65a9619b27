import type { LayerConfig } from '../../cases/case.ts';
import type { BatchStatistics, ForwardRecord, RunningState, StateUpdate } from '../trajectory.ts';
import { deviationOf, momentsOf, outputOf, updateMoments, weightOf, type WideMoments, type WideView } from './channel.ts';
import { wide } from './double-double.ts';
import { channelOf, perChannel, perElement, type WideArray } from './wide-array.ts';

/** State by channel, the same on all ranks; null where the layer keeps none. */
export type WideState = readonly WideMoments[] | null;

/** One forward on all ranks: its records, what normalised each channel, and the state after it. */
export interface WideForward {
  readonly records: readonly ForwardRecord[];
  readonly views: readonly WideView[];
  readonly state: WideState;
}

export function wideState(state: RunningState | null): WideState {
  return state === null ? null : [...state.mean].map((mean, c) => ({ mean: wide(mean), variance: wide(state.variance[c]!) }));
}

/** `plain` with the wide numbers in place of its own. */
export function shownState(state: WideState, plain: RunningState | null): RunningState | null {
  if (state === null || plain === null) return plain;
  const { mean, variance } = shownMoments(state, plain);
  return { ...plain, mean: mean.hi, variance: variance.hi, low: { mean: mean.lo, variance: variance.lo } };
}

/** One forward step on every rank, of which `plain` is the float64 record. */
export function widenForward(plain: readonly ForwardRecord[], before: WideState): WideForward {
  const first = plain[0];
  if (first === undefined) throw new RangeError('expected the record of at least one rank, got none');
  const { config } = first;
  const batch = [...first.gamma].map((_, c) => momentsOf(pooledValues(plain, c)));
  const normalising = first.source === 'running' && before !== null ? before : batch; // BN-STAT-03
  const views = normalising.map(({ mean, variance }, c): WideView => (
    { mean, deviation: deviationOf(variance, config.eps), gamma: first.gamma[c]!, beta: first.beta[c]! }
  ));
  const state = stateAfter(config, first.update, before, batch);
  return { records: plain.map((record) => shownForward(record, before, batch, views, state)), views, state };
}

/** Values of one channel of all ranks. */
function pooledValues([first, ...others]: readonly ForwardRecord[], c: number): Float64Array {
  const values = first === undefined ? new Float64Array(0) : channelOf(first.x, c);
  return others.length === 0 ? values : Float64Array.from([values, ...others.map(({ x }) => channelOf(x, c))].flatMap((own) => [...own]));
}

function stateAfter({ momentum }: LayerConfig, update: StateUpdate | null, before: WideState, batch: readonly WideMoments[]): WideState {
  if (before === null || update === null || update.batch.count === 0) return before;
  const weight = weightOf(momentum, update.before.updates + 1);
  return before.map((running, c) => updateMoments(running, batch[c]!, update.batch.count, weight));
}

function shownForward(record: ForwardRecord, before: WideState, moments: readonly WideMoments[], views: readonly WideView[], state: WideState): ForwardRecord {
  const batch = shownBatch(moments, record.batch);
  const y = perElement(record.x, record.y, (c) => (i) => outputOf(views[c]!, record.x.data[i]!));
  return {
    ...record, batch, y: y.hi, low: { y: y.lo },
    mean: perChannel(views, ({ mean }) => mean, record.mean).hi, deviation: perChannel(views, ({ deviation }) => deviation, record.deviation).hi,
    update: record.update === null ? null : { ...record.update, batch, before: shownState(before, record.update.before) ?? record.update.before },
    state: shownState(state, record.state),
  };
}

function shownBatch(moments: readonly WideMoments[], plain: BatchStatistics): BatchStatistics {
  const { mean, variance } = shownMoments(moments, plain);
  return { count: plain.count, mean: mean.hi, variance: variance.hi };
}

interface ShownMoments {
  readonly mean: WideArray;
  readonly variance: WideArray;
}

function shownMoments(moments: readonly WideMoments[], plain: Readonly<Record<keyof WideMoments, Float64Array>>): ShownMoments {
  return { mean: perChannel(moments, ({ mean }) => mean, plain.mean), variance: perChannel(moments, ({ variance }) => variance, plain.variance) };
}
