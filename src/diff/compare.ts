import type { Accepted, AcceptedCount, AcceptedObservation, AcceptedRank, AcceptedRefusal, AcceptedStep, AcceptedValues } from '../accept/accepted.ts';
import type { Observable } from '../cases/case.ts';
import type { Observation, ObservedError, ObservedTensor, RankObservation, StepObservation } from '../runners/observation.ts';
import type { RuleId } from '../spec/rule-id.ts';
import type { Numbers } from '../tensor/tensor.ts';
import { describeErrors, isNamed } from './contract.ts';
import { errorRatio, isAccepted } from './interval.ts';
import type { Accuracy, Deviation } from './verdict.ts';

export interface Comparison {
  readonly deviations: readonly Deviation[];
  readonly accuracy: readonly Accuracy[];
}

/** Where a comparison stands: rank and step (−1 is the construction). */
interface Place {
  readonly rank: number;
  readonly step: number;
}

interface Tally {
  readonly deviations: Deviation[];
  readonly accuracy: Map<Observable, Graded>;
}

interface Graded {
  readonly observable: Observable;
  graded: number;
  ungradable: number;
  stable: number;
  naive: number;
}

type WorstByLevel = Readonly<Record<Deviation['level'], ReturnType<typeof noElement>>>;

/**
 * Holds an observation against what is accepted, element by element.
 *
 * @param offered  observables that the framework has at all, by its dialect
 */
export function compare(accepted: Accepted, observation: Observation, offered: ReadonlySet<Observable>): Comparison {
  const tally: Tally = { deviations: [], accuracy: new Map() };
  for (const [rank, expected] of accepted.ranks.entries()) compareRank(expected, observation.ranks[rank], rank, offered, tally);
  const accuracy = [...tally.accuracy.values()];
  return { deviations: tally.deviations.sort(worstFirst), accuracy };
}

function worstFirst(a: Deviation, b: Deviation): number {
  if (a.level !== b.level) return a.level === 'must' ? -1 : 1;
  return a.ratio === b.ratio ? a.step - b.step : b.ratio - a.ratio;
}

function compareRank(expected: AcceptedRank, observed: RankObservation | undefined, rank: number, offered: ReadonlySet<Observable>, tally: Tally): void {
  if (observed === undefined) {
    tally.deviations.push(whole({ rank, step: -1 }, 'missing', 'BN-SHAPE-01', 'y', 'no observation of this rank', 'an observation of every rank'));
    return;
  }
  if (isAtAnotherPoint(expected, observed, rank, tally)) return;
  compareStep(expected.construct, observed.construct, { rank, step: -1 }, offered, tally);
  if (observed.construct.error !== undefined || expected.construct.kind === 'refusal') return;
  for (const [step, acceptedStep] of expected.steps.entries()) {
    const observedStep = observed.steps[step];
    if (observedStep === undefined) {
      tally.deviations.push(whole({ rank, step }, 'missing', 'BN-SHAPE-01', 'y', 'no observation of this step', 'an observation of every step'));
      return;
    }
    compareStep(acceptedStep, observedStep, { rank, step }, offered, tally);
    if (observedStep.error !== undefined) return;
  }
}

/** A refusal that the contract names, but earlier or later than it says: BN-ERR-02. */
function isAtAnotherPoint({ construct, steps }: AcceptedRank, observed: RankObservation, rank: number, tally: Tally): boolean {
  const early = observed.construct.error;
  const late = observed.steps.findIndex(({ error }) => error !== undefined);
  const contract = construct.kind === 'refusal' ? construct : steps.at(-1);
  if (contract?.kind !== 'refusal' || (construct.kind === 'refusal' ? early !== undefined || late < 0 : early === undefined)) return false;
  if ((contract.errors ?? []).length === 0) return construct.kind === 'refusal'; // who says nothing of the point may refuse at the call
  if (early !== undefined && !isNamed(early, contract.errors)) return false; // an error that nobody announced
  const error = early ?? observed.steps[late]?.error;
  const point = construct.kind === 'refusal' ? 'at construction' : 'at the call';
  tally.deviations.push(whole({ rank, step: early === undefined ? late : -1 }, 'refusal', 'BN-ERR-02', 'error', errorText(error), `${describeErrors(contract.errors)} ${point}`)); // BN-ERR-02
  return true;
}

function errorText(error: ObservedError | undefined): string {
  return error === undefined ? 'no error' : `${error.class}: ${error.message}`;
}

function compareStep(accepted: AcceptedStep, observed: StepObservation, place: Place, offered: ReadonlySet<Observable>, tally: Tally): void {
  const changed = observed.changed ?? [];
  if (changed.length > 0) tally.deviations.push(whole(place, 'changed', 'BN-STATE-12', 'operands', changed.join(', '), 'nothing')); // BN-STATE-12
  if (accepted.kind === 'refusal') compareRefusal(accepted, observed, place, offered, tally);
  else if (observed.error !== undefined) tally.deviations.push(whole(place, 'unexpected', ruleOfError(accepted), 'error', errorText(observed.error), 'no error'));
  else compareValues(accepted, observed, place, offered, tally);
}

function ruleOfError(accepted: AcceptedObservation): RuleId {
  return accepted.values[0]?.rule ?? 'BN-SHAPE-01';
}

function compareRefusal(accepted: AcceptedRefusal, observed: StepObservation, place: Place, offered: ReadonlySet<Observable>, tally: Tally): void {
  if (observed.error !== undefined) {
    if (!isNamed(observed.error, accepted.errors)) tally.deviations.push(whole(place, 'refusal', 'BN-ERR-02', 'error', errorText(observed.error), describeErrors(accepted.errors))); // BN-ERR-02
    compareValues(accepted.state, observed, place, offered, tally);
    return;
  }
  if (!accepted.orFinite) {
    tally.deviations.push(whole(place, 'refusal', accepted.rule, 'error', 'no error', describeErrors(accepted.errors)));
    return;
  }
  const before = tally.deviations.length;
  for (const observable of ['running_mean', 'running_var'] as const) {
    const element = observed[observable]?.data.findIndex((value) => !Number.isFinite(value)) ?? -1;
    const got = observed[observable]?.data[element];
    if (got !== undefined) tally.deviations.push({ ...whole(place, 'value', accepted.rule, observable, got, 'a refusal, or a finite value'), element });
  }
  const promised = (accepted.errors ?? []).length > 0 && tally.deviations.length === before;
  if (promised) tally.deviations.push(whole(place, 'refusal', accepted.rule, 'error', 'no error', describeErrors(accepted.errors)));
}

function compareValues(accepted: AcceptedObservation, observed: StepObservation, place: Place, offered: ReadonlySet<Observable>, tally: Tally): void {
  for (const values of accepted.values) {
    if (offered.has(values.observable)) compareObservable(values, observed[values.observable], place, tally);
  }
  if (accepted.count !== null && offered.has('step_count')) compareCount(accepted.count, observed.step_count, place, tally);
  if (accepted.keepsState) return;
  for (const observable of ['running_mean', 'running_var', 'step_count'] as const) {
    if (observed[observable] !== undefined) tally.deviations.push(whole(place, 'unexpected', 'BN-STATE-11', observable, 'present', 'no running state')); // BN-STATE-11
  }
}

function compareCount({ rule, value }: AcceptedCount, got: number | undefined, place: Place, tally: Tally): void {
  const entry = accuracyOf(tally, 'step_count');
  entry.graded += 1;
  if (got !== value) tally.deviations.push({ ...whole(place, got === undefined ? 'missing' : 'value', rule, 'step_count', got ?? 'nothing', value), element: 0 });
}

function compareObservable(accepted: AcceptedValues, observed: ObservedTensor | undefined, place: Place, tally: Tally): void {
  const structure = structuralDeviation(accepted, observed, place);
  if (structure !== null) tally.deviations.push(structure);
  if (observed?.data.length === accepted.value.length) compareElements(accepted, observed.data, place, tally);
}

function structuralDeviation(accepted: AcceptedValues, observed: ObservedTensor | undefined, place: Place): Deviation | null {
  const { observable, dtype, shape } = accepted;
  if (observed === undefined) return whole(place, 'missing', accepted.rule, observable, 'nothing', `${dtype} of shape [${shape.join(', ')}]`);
  if (!isSameShape(observed.shape, shape)) return whole(place, 'shape', 'BN-SHAPE-01', observable, `[${observed.shape.join(', ')}]`, `[${shape.join(', ')}]`); // BN-SHAPE-01
  if (observed.dtype === dtype) return null;
  const rule = observable === 'y' || observable === 'dx' || observable === 'ddx' || observable === 'ddy' ? 'BN-DTYPE-01' : 'BN-DTYPE-02'; // BN-DTYPE-01, BN-DTYPE-02
  return whole(place, 'dtype', rule, observable, observed.dtype, dtype);
}

function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

function compareElements(accepted: AcceptedValues, got: Numbers, place: Place, tally: Tally): void {
  const { value, alternative } = accepted;
  const entry = accuracyOf(tally, accepted.observable);
  const worst = { must: noElement(), should: noElement() };
  const isPlain = (alternative ?? null) === null;
  for (let i = 0; i < value.length; i++) {
    if (isPlain) i = passPlain(accepted, got, i, entry);
    if (i < value.length) compareElement(accepted, got[i]!, i, entry, worst);
  }
  for (const level of ['must', 'should'] as const) {
    const { element, elements, ratio, bound } = worst[level];
    if (element < 0) continue;
    const rule = level === 'should' ? 'BN-NUM-02' : accepted.rule; // BN-NUM-02
    tally.deviations.push({ kind: 'value', level, rule, ...place, observable: accepted.observable, element, elements, got: got[element]!, expected: value[element]!, bound, ratio });
  }
}

/**
 * What `compareElement` does, without its calls, for elements inside both bounds where these are of ordinary size: nearly all.
 *
 * @returns the first element from `start` that is none of them, or the length
 */
function passPlain({ value, low = null, stable, naive }: AcceptedValues, got: Numbers, start: number, entry: Graded): number {
  let [i, mostStable, mostNaive] = [start, entry.stable, entry.naive]; // a field would be written each time
  for (; i < value.length; i++) {
    const error = Math.abs(got[i]! - value[i]! - (low === null ? 0 : low[i]!));
    if (!isInside(error, stable[i]!) || !isInside(error, naive[i]!)) break;
    mostStable = Math.max(mostStable, error / stable[i]!);
    mostNaive = Math.max(mostNaive, error / naive[i]!);
  }
  entry.graded += i - start;
  entry.stable = mostStable;
  entry.naive = mostNaive;
  return i;
}

/** Inside a bound of ordinary size; NaN is not. */
function isInside(error: number, bound: number): boolean {
  return error <= bound && bound > 0 && bound < Infinity;
}

function compareElement(accepted: AcceptedValues, got: number, i: number, entry: Graded, worst: WorstByLevel): void {
  const { value, low, stable, naive, alternative, dtype } = accepted;
  const other = elementOr(alternative, i, NaN);
  const rest = elementOr(low, i, 0);
  const insideStable = isAccepted(got, value[i]!, stable[i]!, other, dtype, rest);
  const gradable = Number.isFinite(stable[i]!) || !insideStable;
  if (gradable) entry.graded += 1;
  else entry.ungradable += 1;
  if (!insideStable || got !== other) raiseRatios(entry, errorRatio(got, value[i]!, stable[i]!, rest), errorRatio(got, value[i]!, naive[i]!, rest));
  if (insideStable) return;
  // Outside A: the must rule decides where B says something, else the element counts as outside the should bound.
  const insideNaive = isAccepted(got, value[i]!, naive[i]!, other, dtype, rest);
  const level = insideNaive ? 'should' : 'must';
  const bound = insideNaive ? stable[i]! : naive[i]!;
  note(worst[level], i, errorRatio(got, value[i]!, bound, rest), bound);
}

function elementOr(values: Float64Array | null | undefined, index: number, otherwise: number): number {
  return values?.[index] ?? otherwise;
}

function noElement() {
  return { element: -1, elements: 0, ratio: -1, bound: 0 };
}

function note(worst: ReturnType<typeof noElement>, element: number, ratio: number, bound: number): void {
  worst.elements += 1;
  if (ratio > worst.ratio) Object.assign(worst, { element, ratio, bound });
}

function raiseRatios(entry: Graded, stable: number, naive: number): void {
  entry.stable = Math.max(entry.stable, stable);
  entry.naive = Math.max(entry.naive, naive);
}

function accuracyOf(tally: Tally, observable: Observable) {
  const known = tally.accuracy.get(observable);
  if (known !== undefined) return known;
  const fresh = { observable, graded: 0, ungradable: 0, stable: 0, naive: 0 };
  tally.accuracy.set(observable, fresh);
  return fresh;
}

function whole(place: Place, kind: Deviation['kind'], rule: RuleId, observable: Deviation['observable'], got: number | string, expected: number | string): Deviation {
  return { kind, level: 'must', rule, ...place, observable, element: null, elements: 1, got, expected, bound: 0, ratio: Infinity };
}
