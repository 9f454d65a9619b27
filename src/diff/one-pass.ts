import { acceptCase } from '../accept/accept.ts';
import { naive, precisionOf, safety } from '../accept/accuracy.ts';
import type { AcceptedValues } from '../accept/accepted.ts';
import { batchError, magnitudes } from '../accept/statistics-error.ts';
import type { Case } from '../cases/case.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import { forEachInChannel } from '../reference/layout.ts';
import { simulate } from '../reference/simulate.ts';
import { localStatistics } from '../reference/statistics.ts';
import type { ForwardRecord } from '../reference/trajectory.ts';
import type { Numbers, Tensor } from '../tensor/tensor.ts';
import type { Cause } from './cause-entry.ts';
import { factorRange, type Multiple, type Range } from './factor.ts';
import { predicts, type Reading, type Situation } from './prediction.ts';
import { isGradient } from './reach.ts';

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

const alone: Beside = { readings: [{ formulas: coreFormulas, free: new Set() }], concerns: () => true };

/** Per channel the biased variances that a batch may have had. */
type Variances = ReadonlyMap<Tensor, readonly Range[]>;

/** One channel of one batch: σ², and where in the reach of cancellation y leaves v′. */
interface Reached {
  readonly variance: number;
  readonly left: Range;
}

/**
 * Whether a one-pass variance explains an observation, with other formulas beside it or alone.
 *
 * A cancelled variance v′ cannot be predicted, but it is one number per channel and batch: what y shows of it, y − β = f·(y₀ − β)
 * with f = s/√(v′ + ε), what the running variance shows and what the gradients show must agree, each within the sanctioned bounds
 * about v′, and v′ must lie where mean(x²) − mean(x)² in the working precision may end. What cancels is a number of its own in each
 * channel: where all have one factor v′/σ² in common, that is a formula.
 */
export function explainByOnePass(situation: Situation, { readings, concerns }: Beside = alone): boolean {
  const { question, deviations } = situation;
  if (question.ranks.length > 1 || deviations.every(({ observable }) => isGradient(observable)) || !concerns(question)) return false;
  const variances = possibleVariances(situation);
  return variances !== null && readings.some((reading) => predicts({ ...reading, formulas: closestFormulas(reading.formulas, variances, situation) }, situation));
}

/** What each training forward leaves of v′; null where it leaves none, or where every channel has the same factor. */
function possibleVariances({ question, observation, core }: Situation): Variances | null {
  const accepted = acceptCase(question).ranks[0];
  const found = new Map<Tensor, readonly Reached[]>();
  for (const [step, record] of (core().ranks[0]?.steps ?? []).entries()) {
    const place = accepted?.steps[step];
    if (record.op !== 'forward' || record.source !== 'batch' || place?.kind !== 'values') continue;
    const fresh = variancesOf(record, question, place.values.find(({ observable }) => observable === 'y'), observation.ranks[0]?.steps[step]?.y?.data);
    const both = together(found.get(record.x), fresh);
    if (both.some(({ left: { low, high } }) => !(low <= high))) return null;
    found.set(record.x, both);
  }
  if (shareFactor([...found.values()].flat())) return null;
  return new Map([...found].map(([x, channels]) => [x, channels.map(({ left }) => left)]));
}

/** What two forwards of one batch leave. */
function together(known: readonly Reached[] | undefined, fresh: readonly Reached[]): readonly Reached[] {
  return known === undefined ? fresh : fresh.map((one, c) => ({ ...one, left: intersection(one.left, known[c]?.left ?? one.left) }));
}

/** As likely as cancellation may give all channels one factor by chance. */
const chanceMost = 1e-3;

/** Whether all channels have one factor v′/σ², neither 1 nor 0, that errors of that size, each a number of its own, would hardly have. */
function shareFactor(reached: readonly Reached[]): boolean {
  const telling = reached.filter(({ variance, left }) => variance > 0 && left.high < Infinity);
  const common = telling.map(({ variance, left }) => ({ low: left.low / variance, high: left.high / variance })).reduce(intersection, { low: -Infinity, high: Infinity });
  if (!(common.low > 0 && common.low <= common.high) || (common.low <= 1 && common.high >= 1)) return false;
  const spread = 2 * Math.abs((common.low + common.high) / 2 - 1); // of an error so large, of either sign
  const shares = telling.map(({ variance, left }) => Math.min(1, (left.high - left.low) / variance / spread)).sort((one, other) => other - one);
  return shares.slice(1).reduce((chance, one) => chance * one, 1) < chanceMost; // one channel is free to have any
}

/** Per channel v′ = s²/f² − ε for the factors f that y leaves, as far as cancellation reaches; clipped at 0. */
function variancesOf(record: ForwardRecord, { config }: Case, accepted: AcceptedValues | undefined, got: Numbers | undefined): readonly Reached[] {
  const size = magnitudes([record.x], config.numFeatures);
  const precision = precisionOf(config.dtype, naive);
  return Array.from(record.batch.variance, (variance, c) => {
    const reach = safety * batchError(record.batch, record.deviation[c]!, size, c, { ...naive, onePass: true }, precision).variance;
    const room = { low: Math.max(0, variance - reach), high: variance + reach };
    if (accepted === undefined || got?.length !== accepted.value.length) return { variance, left: room };
    const factor = factorOf(record, accepted, got, c);
    if (factor === null || factor.high <= 0) return { variance, left: { low: NaN, high: NaN } };
    const at = (f: number): number => Math.max(0, record.deviation[c]! ** 2 / f ** 2 - config.eps);
    return { variance, left: intersection(room, { low: at(factor.high), high: factor.low <= 0 ? Infinity : at(factor.low) }) };
  });
}

function intersection(a: Range, b: Range): Range {
  return { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
}

/** The factors f of y − β = f·(y₀ − β) in one channel; null where none serves. */
function factorOf({ x, beta }: ForwardRecord, accepted: AcceptedValues, got: Numbers, c: number): Range | null {
  const multiples: Multiple[] = [];
  const shift = beta[c]!;
  forEachInChannel(x, c, (i) => multiples.push({ value: accepted.value[i]! - shift, got: got[i]! - shift, bound: roomFor(accepted, got, i) }));
  return factorRange(multiples);
}

/** What a factor may leave of an element: its bound, and of a deviation no more than half. */
function roomFor({ value, naive: bound }: AcceptedValues, got: Numbers, i: number): number {
  const deviation = Math.abs(got[i]! - value[i]!);
  return deviation > bound[i]! ? Math.min(bound[i]!, deviation / 2) : bound[i]!;
}

/** The formulas with those of the possible variances that come closest to the running variances observed, one step after the other. */
function closestFormulas(formulas: Formulas, variances: Variances, { question, observation, core }: Situation): Formulas {
  const chosen = new Map([...variances].map(([x, ranges]) => [x, ranges.map(({ low, high }) => (low + high) / 2)]));
  for (const [step, record] of (core().ranks[0]?.steps ?? []).entries()) {
    const got = observation.ranks[0]?.steps[step]?.running_var?.data;
    const ranges = record.op === 'forward' ? variances.get(record.x) : undefined;
    if (record.op !== 'forward' || record.update === null || ranges === undefined || got === undefined) continue;
    const storedWith = (end: 'low' | 'high') => simulate(question, withVariances(formulas, new Map([...chosen, [record.x, ranges.map((range) => range[end])]]))).ranks[0]?.steps[step]?.state?.variance;
    const [low, high] = [storedWith('low'), storedWith('high')];
    chosen.set(record.x, ranges.map((range, c) => range.low + (range.high - range.low) * share(low?.[c] ?? NaN, high?.[c] ?? NaN, got[c] ?? NaN)));
  }
  return withVariances(formulas, chosen);
}

/** Where between two ends a value lies, clipped to them; the middle where the ends are one. */
function share(low: number, high: number, value: number): number {
  const part = (value - low) / (high - low);
  return Number.isFinite(part) ? Math.min(1, Math.max(0, part)) : 0.5;
}

function withVariances(formulas: Formulas, chosen: ReadonlyMap<Tensor, readonly number[]>): Formulas {
  return {
    ...formulas,
    localStatistics: (x) => {
      const own = localStatistics(x);
      return { ...own, variance: own.variance.map((variance, c) => chosen.get(x)?.[c] ?? variance) };
    },
  };
}
