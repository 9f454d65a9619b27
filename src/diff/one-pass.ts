import { accept, acceptCase } from '../accept/accept.ts';
import { type AccuracyPair, naive } from '../accept/accuracy.ts';
import type { Accepted, AcceptedObservation, AcceptedValues } from '../accept/accepted.ts';
import type { Case, Observable } from '../cases/case.ts';
import { forEachInChannel } from '../reference/layout.ts';
import type { RankObservation } from '../runners/observation.ts';
import type { ForwardRecord } from '../reference/trajectory.ts';
import type { Cause } from './cause-entry.ts';
import { compare } from './compare.ts';
import { factorRange, type Multiple, type Range } from './factor.ts';
import { predicts, type Reading, type Situation } from './prediction.ts';
import { isGradient } from './reach.ts';
import type { Deviation } from './verdict.ts';

const accuracy: AccuracyPair = { stable: { ...naive, onePass: true }, naive: { ...naive, onePass: true } };

/** The right formulas with a larger error in the variance; looked at only when no formula explains. */
export const onePassVariance: Cause = {
  id: 'one-pass-variance', rule: 'BN-NUM-01', title: 'variance as mean(x²) − mean(x)², which cancels',
  translation: 'ask for the two-pass variance (Flax: use_fast_variance=False), or centre the data first',
  like: ['Flax with its default use_fast_variance=True', 'Jittor', 'early TensorFlow'], // flax/linen/normalization.py; jittor/nn.py; tensorflow#3290
};

/** Formulas that a one-pass variance may stand beside. */
interface Beside {
  readonly readings: readonly Reading[];
  readonly concerns: (question: Case) => boolean;
}

/**
 * Whether a one-pass variance explains an observation, with other formulas beside it or alone.
 *
 * Its bounds are wide where the mean is large, so that they alone would take any fault for cancellation. But an error of the variance
 * moves a training output by one factor in each channel, y − β = f·(y₀ − β), and shows in y or in the state before it shows in a gradient.
 */
export function explainByOnePass(situation: Situation, beside?: Beside): boolean {
  const { question, observation, deviations, asked } = situation;
  if (deviations.every(({ observable }) => isGradient(observable)) || !outputsKeepShape(situation, beside === undefined)) return false;
  if (beside !== undefined) return beside.concerns(question) && beside.readings.some((reading) => predicts(reading, situation, accuracy));
  const accepted = accept(question, situation.core(), accuracy);
  return deviations.every((deviation) => hasRoom(accepted, deviation)) && compare(accepted, observation, asked).deviations.every(({ level }) => level === 'should');
}

/** The bounds are first-order and worst-case: what really cancels stays below half of them, what exceeds that is a departure of its own. */
function hasRoom({ ranks }: Accepted, { rank, step, observable, element, got, expected }: Deviation): boolean {
  const place = ranks[rank]?.steps[step];
  const bound = place?.kind === 'values' ? place.values.find((values) => values.observable === observable)?.naive[element ?? 0] : undefined;
  return bound !== undefined && Math.abs(Number(got) - Number(expected)) <= bound / 2;
}

/** Whether what each training forward shows could come from another variance. */
function outputsKeepShape({ question, observation, core }: Situation, storesCore: boolean): boolean {
  const accepted = acceptCase(question);
  return core().ranks.every(({ steps }, rank) => steps.every((record, step) => {
    const place = accepted.ranks[rank]?.steps[step];
    const seen = observation.ranks[rank];
    if (record.op !== 'forward' || record.source !== 'batch' || place?.kind !== 'values' || seen === undefined) return true;
    const factors = channelFactors(record, valuesOf(place, 'y'), seen.steps[step]?.y?.data);
    return !factors.includes(null) && (!storesCore || storeVariances(factors, record, question.config.eps, valuesOf(place, 'running_var'), varianceAfter(seen, step - 1), varianceAfter(seen, step)));
  }));
}

/** Observed running variance after a step; −1 is the construction. */
function varianceAfter({ construct, steps }: RankObservation, step: number): Float64Array | undefined {
  return (step < 0 ? construct : steps[step])?.running_var?.data;
}

function valuesOf(place: AcceptedObservation, name: Observable): AcceptedValues | undefined {
  return place.values.find(({ observable }) => observable === name);
}

/** Per channel the factors f of y − β = f·(y₀ − β), null where none serves; nothing where no output is compared. */
function channelFactors({ x, beta }: ForwardRecord, accepted: AcceptedValues | undefined, got: Float64Array | undefined): readonly (Range | null)[] {
  if (accepted === undefined || got?.length !== accepted.value.length) return [];
  return Array.from(beta, (shift, c) => {
    const multiples: Multiple[] = [];
    forEachInChannel(x, c, (i) => multiples.push({ value: accepted.value[i]! - shift, got: got[i]! - shift, bound: roomFor(accepted, got, i) }));
    return factorRange(multiples);
  });
}

/** What a factor may leave of an element: its bound, and of a deviation no more than half. */
function roomFor({ value, naive: bound }: AcceptedValues, got: Float64Array, i: number): number {
  const deviation = Math.abs(got[i]! - value[i]!);
  return deviation > bound[i]! ? Math.min(bound[i]!, deviation / 2) : bound[i]!;
}

/** Whether rv′ − (1 − m)·rv lies among m·n/(n − 1)·v for the variances v = s²/f² − ε that the factors leave, clipped at 0. */
function storeVariances(
  factors: readonly (Range | null)[], { batch, deviation, update }: ForwardRecord, eps: number, accepted: AcceptedValues | undefined, before: Float64Array | undefined, got: Float64Array | undefined,
): boolean {
  if (update === null || update.weight === 0 || accepted === undefined || before === undefined || got === undefined) return true;
  const bessel = batch.count / (batch.count - 1);
  return factors.every((range, c) => {
    if (range === null || range.low <= 0) return true;
    const stored = (factor: number) => (1 - update.weight) * before[c]! + update.weight * bessel * Math.max(0, deviation[c]! ** 2 / factor ** 2 - eps);
    return got[c]! >= stored(range.high) - accepted.naive[c]! && got[c]! <= stored(range.low) + accepted.naive[c]!;
  });
}
