import type { AcceptedObservation, AcceptedStep } from '../../accept/accepted.ts';
import type { Case } from '../../cases/case.ts';
import type { Expectation } from '../../diff/judge.ts';
import { exactError } from '../../reference/oracle/error.ts';
import { channelIndices } from '../../reference/oracle/layout.ts';
import type { Rational } from '../../reference/oracle/rational.ts';
import { toNumber } from '../../reference/oracle/to-number.ts';
import { type ExactStep, exactTrajectory } from '../../reference/oracle/trajectory.ts';
import type { Evidence, RunDeviation } from '../../reports/run.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** The reference may be wrong by this part of the stable bound, no more (BN-NUM-02). */
const largestShare = 1e-3;
/** Exact arithmetic on more elements takes seconds. */
const largestCase = 20_000;
/** Up to so many elements all channels are looked at; of a larger case those with the worst elements. */
const largestWhole = 2048;

/** Where a case deviates in a value: all elements of these channels are held against the oracle. */
interface Site {
  readonly deviation: RunDeviation;
  readonly accepted: AcceptedObservation;
}

/**
 * Is the reference right where the case deviates?
 *
 *     share = max |reference − exact| ÷ bound ≤ 1/1000
 *
 * over the observables that deviate, their channels as above, with the stable bound; where that is 0 the reference must be exact.
 *
 * @returns `reference-right` or `reference-wrong` with the share; `not-applicable` with the reason where nothing has an exact value
 */
export function askOracle({ case: question, accepted }: Pick<Expectation, 'case' | 'accepted'>, deviations: readonly RunDeviation[]): Evidence {
  const valued = deviations.filter(({ kind, expected }) => kind === 'value' && typeof expected === 'number');
  const last = Math.max(-1, ...deviations.map(({ step }) => step));
  const refused = accepted.ranks.some(({ steps }) => steps.slice(0, last + 1).some(({ kind }) => kind === 'refusal'));
  if (refused || deviations.some(({ kind }) => kind === 'refusal')) return unaskable('a refusal has no exact value');
  if (valued.length === 0) return unaskable('no value deviates');
  const cut = cutDown({ ...question, program: question.program.slice(0, last + 1) }, valued);
  if (countElements(cut.case) > largestCase) return unaskable(`more than ${String(largestCase)} elements`);
  const sites = valued.flatMap((deviation): Site[] => {
    const step = stepAt(accepted.ranks[deviation.rank], deviation.step);
    return step?.kind === 'values' ? [{ deviation, accepted: step }] : [];
  });
  return shareOf(cut, sites);
}

function unaskable(detail: string): Evidence {
  return { check: 'exact-oracle', outcome: 'not-applicable', detail };
}

/** A case with some of its channels, which are independent of the others. */
interface Cut {
  readonly case: Case;
  readonly features: number;
  readonly channels: readonly number[];
}

function cutDown(question: Case, deviations: readonly RunDeviation[]): Cut {
  const features = question.config.numFeatures;
  const all = Array.from({ length: features }, (_, channel) => channel);
  const worst = new Set(deviations.map((deviation) => channelOf(question, deviation)));
  const channels = countElements(question) <= largestWhole ? all : all.filter((channel) => worst.has(channel));
  const narrow = (tensor: Tensor): Tensor => ({ ...tensor, shape: tensor.shape.map((size, axis) => (axis === 1 ? channels.length : size)), data: pick(tensor.data, indicesOf(tensor.shape, features, channels)) });
  const initial = Object.fromEntries(Object.entries(question.initial as Readonly<Record<string, Tensor>>).map(([name, tensor]) => [name, { ...tensor, shape: [channels.length], data: pick(tensor.data, channels) }]));
  const ranks = question.ranks.map(({ inputs, grads }) => ({ inputs: inputs.map(narrow), grads: grads.map(narrow) }));
  return { case: { ...question, config: { ...question.config, numFeatures: channels.length }, initial, ranks }, features, channels };
}

/** Whether an observable has the shape of the input, not one value per channel. */
function isElementwise(observable: RunDeviation['observable']): boolean {
  return observable === 'y' || observable === 'dx' || observable === 'ddx' || observable === 'ddy';
}

function channelOf(question: Case, { observable, element, rank, step }: RunDeviation): number {
  if (!isElementwise(observable)) return element ?? 0;
  return Math.floor((element ?? 0) / spatialSize(inputShape(question, rank, step))) % question.config.numFeatures;
}

function inputShape({ program, ranks }: Case, rank: number, position: number): readonly number[] {
  const step = program[position];
  const forward = step?.op === 'backward' ? program[step.of] : step;
  return forward?.op === 'forward' ? ranks[rank]?.inputs[forward.input]?.shape ?? [] : [];
}

function spatialSize(shape: readonly number[]): number {
  return shape.slice(2).reduce((product, size) => product * size, 1);
}

/** Flat indices of the elements of these channels, in order. */
function indicesOf(shape: readonly number[], features: number, channels: readonly number[]): readonly number[] {
  return channels.flatMap((channel) => channelIndices(shape, features, channel)).sort((a, b) => a - b);
}

function pick(data: Float64Array, indices: readonly number[]): Float64Array {
  return Float64Array.from(indices, (index) => data[index] ?? NaN);
}

function countElements({ ranks }: Case): number {
  return ranks.reduce((sum, { inputs }) => sum + inputs.reduce((total, { data }) => total + data.length, 0), 0);
}

function shareOf(cut: Cut, sites: readonly Site[]): Evidence {
  let exact: ReturnType<typeof exactTrajectory>;
  try {
    exact = exactTrajectory(cut.case);
  } catch (error) {
    if (error instanceof RangeError) return unaskable(error.message); // data that are not finite
    throw error;
  }
  const shares = sites.map((site) => shareAt(site, stepAt(exact[site.deviation.rank], site.deviation.step), cut));
  const share = Math.max(...shares);
  return { check: 'exact-oracle', outcome: share <= largestShare ? 'reference-right' : 'reference-wrong', share };
}

function stepAt<Step extends AcceptedStep | ExactStep>(rank: { readonly construct: Step; readonly steps: readonly Step[] } | undefined, step: number): Step | undefined {
  return step < 0 ? rank?.construct : rank?.steps[step];
}

/** Infinity where the oracle has no value that the reference has: then one of them is wrong. */
function shareAt({ deviation: { observable, rank, step }, accepted }: Site, exact: ExactStep | undefined, cut: Cut): number {
  if (observable === 'step_count') return exact?.step_count === accepted.count?.value ? 0 : Infinity;
  if (observable === 'error' || observable === 'operands' || observable === 'constructor') return 0;
  const values = accepted.values.find((each) => each.observable === observable);
  const numbers = exact?.[observable];
  if (values === undefined || numbers === undefined) return Infinity;
  const indices = isElementwise(observable) ? indicesOf(shapeBefore(cut, rank, step), cut.features, cut.channels) : cut.channels;
  if (indices.length !== numbers.length) return Infinity;
  return indices.reduce((worst, index, i) => Math.max(worst, elementShare(values.value[index]!, values.low?.[index] ?? 0, values.stable[index]!, numbers[i]!)), 0);
}

/** Shape of the step's input before it was narrowed. */
function shapeBefore({ case: narrowed, features }: Cut, rank: number, step: number): readonly number[] {
  return inputShape(narrowed, rank, step).map((size, axis) => (axis === 1 ? features : size));
}

/** |reference − exact| ÷ bound. */
function elementShare(value: number, low: number, bound: number, exact: Rational): number {
  if (!Number.isFinite(value)) return toNumber(exact) === value ? 0 : Infinity;
  const error = toNumber(exactError(value, exact, low));
  return error === 0 ? 0 : error / bound;
}
