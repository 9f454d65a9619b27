import { accept, acceptCase } from '../accept/accept.ts';
import { type AccuracyPair, naive } from '../accept/accuracy.ts';
import type { Accepted, AcceptedValues } from '../accept/accepted.ts';
import type { Case } from '../cases/case.ts';
import { forEachInChannel } from '../reference/layout.ts';
import type { ForwardRecord } from '../reference/trajectory.ts';
import type { Cause } from './cause-entry.ts';
import { compare } from './compare.ts';
import { factorRange, type Multiple } from './factor.ts';
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
  if (deviations.every(({ observable }) => isGradient(observable)) || !outputsKeepShape(situation)) return false;
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

function outputsKeepShape({ question, observation, core }: Situation): boolean {
  const accepted = acceptCase(question);
  return core().ranks.every(({ steps }, rank) => steps.every((record, step) => {
    if (record.op !== 'forward' || record.source !== 'batch') return true;
    const output = accepted.ranks[rank]?.steps[step];
    const y = output?.kind === 'values' ? output.values.find(({ observable }) => observable === 'y') : undefined;
    const got = observation.ranks[rank]?.steps[step]?.y?.data;
    return y === undefined || got?.length !== y.value.length || channelsKeepShape(record, y, got);
  }));
}

function channelsKeepShape({ x, beta }: ForwardRecord, { value, naive: bound }: AcceptedValues, got: Float64Array): boolean {
  return beta.every((shift, c) => {
    const multiples: Multiple[] = [];
    forEachInChannel(x, c, (i) => multiples.push({ value: value[i]! - shift, got: got[i]! - shift, bound: bound[i]! }));
    return factorRange(multiples) !== null;
  });
}
