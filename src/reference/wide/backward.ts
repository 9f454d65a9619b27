import type { BackwardRecord } from '../trajectory.ts';
import { batchInputGradient, exponentOf, poolSums, runningInputGradient, sumsOf, type WideSums } from './channel.ts';
import { scale, type Wide } from './double-double.ts';
import { shownState, type WideForward, type WideState } from './forward.ts';
import { channelOf, perChannel, perElement } from './wide-array.ts';

/** Sums by channel, divided by 2^exponent of the channel: those of one rank and those of all ranks. */
interface ScaledSums {
  readonly exponents: readonly number[];
  readonly own: readonly WideSums[];
  readonly pooled: readonly WideSums[];
}

/** One backward step on every rank, of which `plain` is the float64 record and `forward` what it differentiates. */
export function widenBackward(plain: readonly BackwardRecord[], forward: WideForward, state: WideState): readonly BackwardRecord[] {
  const grads = plain.map(({ dy }) => forward.views.map((_, c) => channelOf(dy, c)));
  const exponents = forward.views.map((_, c) => Math.max(...grads.map((channels) => exponentOf(channels[c]!))));
  const own = plain.map((record, rank) => forward.views.map((view, c) => sumsOf(view, channelOf(record.forward.x, c), grads[rank]![c]!, exponents[c]!)));
  const pooled = forward.views.map((_, c) => poolSums(own.map((channels) => channels[c]!)));
  return plain.map((record, rank) => shownBackward(record, rank, forward, { exponents, own: own[rank]!, pooled }, state));
}

function shownBackward(record: BackwardRecord, rank: number, { views, records }: WideForward, sums: ScaledSums, state: WideState): BackwardRecord {
  const { exponents, own, pooled } = sums;
  const gradients = views.map((view, c) => (record.source === 'batch' ? batchInputGradient(view, pooled[c]!, exponents[c]!) : runningInputGradient(view)));
  const dx = perElement(record.dy, record.dx, (c) => (i) => gradients[c]!(record.forward.x.data[i]!, record.dy.data[i]!));
  const dgamma = record.dgamma === null ? null : perChannel(own, unscaled('dyNormalised', exponents), record.dgamma); // BN-SYNC-03
  const dbeta = record.dbeta === null ? null : perChannel(own, unscaled('dy', exponents), record.dbeta);
  const forward = records[rank] ?? record.forward;
  return {
    ...record, forward, mean: forward.mean, deviation: forward.deviation, sums: shownSums(record, sums),
    dx: dx.hi, dgamma: dgamma?.hi ?? null, dbeta: dbeta?.hi ?? null, low: { dx: dx.lo, dgamma: dgamma?.lo ?? null, dbeta: dbeta?.lo ?? null },
    state: shownState(state, record.state),
  };
}

function unscaled(part: 'dy' | 'dyNormalised', exponents: readonly number[]): (sums: WideSums, channel: number) => Wide {
  return (sums, c) => scale(sums[part], exponents[c]!);
}

function shownSums({ sums }: BackwardRecord, { exponents, pooled }: ScaledSums): BackwardRecord['sums'] {
  const dy = perChannel(pooled, unscaled('dy', exponents), sums.dy);
  const dyNormalised = perChannel(pooled, unscaled('dyNormalised', exponents), sums.dyNormalised);
  return { count: sums.count, dy: dy.hi, dyNormalised: dyNormalised.hi };
}
