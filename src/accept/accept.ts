import type { Case, Observable } from '../cases/case.ts';
import { groupsOf } from '../cases/groups.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import { simulate } from '../reference/simulate.ts';
import { simulateWide } from '../reference/wide/simulate-wide.ts';
import type { BackwardRecord, ForwardRecord, RankTrajectory, RunningState, StepRecord, Trajectory } from '../reference/trajectory.ts';
import { type Accepted, type AcceptedObservation, type AcceptedRank, type AcceptedRefusal, type AcceptedStep, type AcceptedValues, anything } from './accepted.ts';
import { type AccuracyClass, type AccuracyPair, type Precision, precisionOf, safety, sanctioned } from './accuracy.ts';
import { exactState } from './exact.ts';
import { type AcceptedSums, acceptGradients } from './gradient-error.ts';
import { acceptOutput } from './output-error.ts';
import { acceptSecondOrder } from './second-error.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { stateRule } from './rule-of.ts';
import type { ChannelError, StateError } from './channel-error.ts';
import { noStateError, updateStateError } from './state-error.ts';
import { batchError, type Magnitudes, magnitudes, runningError } from './statistics-error.ts';

/** One class's view of a program so far: the error in the state, and the channel errors of each forward. */
interface ErrorsSoFar {
  readonly accuracy: AccuracyClass;
  readonly state: StateError;
  /** Grows with the program. */
  readonly forwards: Map<ForwardRecord, readonly ChannelError[]>;
}

interface BothErrors {
  readonly stable: ErrorsSoFar;
  readonly naive: ErrorsSoFar;
}

/**
 * What the rules allow for every observable of a case: `simulate`, then a bound for each element.
 *
 * A float64 layer is judged by the double-double reference; a variant of the formulas, which only names a cause, is not.
 */
export function acceptCase(question: Case, formulas: Formulas = coreFormulas, accuracy: AccuracyPair = sanctioned): Accepted {
  const needsWide = question.config.dtype === 'float64' && formulas === coreFormulas;
  return accept(question, needsWide ? simulateWide(question) : simulate(question, formulas), accuracy);
}

/** What the rules allow for every observable, given the case's trajectory. */
export function accept(question: Case, trajectory: Trajectory, accuracy: AccuracyPair = sanctioned): Accepted {
  let first = 0;
  return { ranks: groupsOf(question).flatMap((group) => {
    const together = { ranks: trajectory.ranks.slice(first, first += group.ranks.length) };
    return together.ranks.map((own) => acceptRank(group, together, own, accuracy));
  }) };
}

function acceptRank(question: Case, trajectory: Trajectory, own: RankTrajectory, accuracy: AccuracyPair): AcceptedRank {
  if (own.refused !== undefined) return { construct: acceptRefusal(own.refused, false, nothingToSee), steps: [] };
  const fresh = (one: AccuracyClass): ErrorsSoFar => ({ accuracy: one, state: noStateError(question.config.numFeatures), forwards: new Map() });
  let errors: BothErrors = { stable: fresh(accuracy.stable), naive: fresh(accuracy.naive) };
  const made = acceptState(question, null, own.construct, errors);
  const construct = madeWith(question.config.option, made);
  const steps: AcceptedStep[] = [];
  let sums: AcceptedSums = new Map();
  for (const [index, record] of own.steps.entries()) {
    if (record.op === 'refusal') {
      steps.push(acceptRefusal(record.rule, record.orFinite, acceptState(question, null, record.state, errors)));
      continue;
    }
    if (record.op === 'describe') {
      steps.push(acceptState(question, null, record.state, errors));
      continue;
    }
    if (record.op === 'configure') {
      steps.push(underRule('BN-STATE-14', acceptState(question, null, record.state, errors))); // BN-STATE-14
      continue;
    }
    if (record.op === 'reload') {
      steps.push(underRule(record.converted === true ? 'BN-SYNC-04' : 'BN-STATE-13', acceptState(question, null, record.state, errors))); // BN-SYNC-04, BN-STATE-13
      continue;
    }
    const together = trajectory.ranks.map((rank) => rank.steps[index]!);
    errors = advance(question, record, together, errors);
    const accepted = acceptStep(question, record, together, errors, accuracy, sums);
    if (record.op === 'backward' && record.accumulated !== undefined) sums = new Map(accepted.values.map((values) => [values.observable, values]));
    steps.push(accepted);
  }
  return { construct, steps };
}

/** Initial values that an option has given, and the state of a type that no rule knows, are another matter than a fresh layer's. */
function madeWith(option: Case['config']['option'], made: AcceptedObservation): AcceptedObservation {
  if (option === 'dtype-integer') return nothingToSee;
  return option?.startsWith('initial-') === true ? underRule('BN-STATE-16', made) : made; // BN-STATE-16
}

/** A layer that was never constructed. */
const nothingToSee: AcceptedObservation = { kind: 'values', values: [], count: null, keepsState: true };

function acceptRefusal(rule: AcceptedRefusal['rule'], orFinite: boolean, state: AcceptedObservation): AcceptedRefusal {
  return { kind: 'refusal', rule, orFinite, state: underRule('BN-ERR-01', state) }; // BN-ERR-01
}

/** The same state, judged under another rule. */
function underRule(rule: RuleId, state: AcceptedObservation): AcceptedObservation {
  return { ...state, values: state.values.map((observable) => ({ ...observable, rule })), count: state.count === null ? null : { ...state.count, rule } };
}

function advance(question: Case, record: ForwardRecord | BackwardRecord, together: readonly StepRecord[], errors: BothErrors): BothErrors {
  if (record.op === 'backward' && record.update === null) return errors;
  const inputs = together.flatMap((other) => (other.op === 'forward' ? [other.x] : other.op === 'backward' ? [other.forward.x] : []));
  const size = magnitudes(inputs, question.config.numFeatures);
  const exact = record.update === null ? null : exactState(record.update, inputs);
  const step = (so: ErrorsSoFar) => advanceClass(question, record, size, exact, so);
  return { stable: step(errors.stable), naive: step(errors.naive) };
}

function advanceClass(
  question: Case, record: ForwardRecord | BackwardRecord, size: Magnitudes, exact: ReturnType<typeof exactState> | null, errors: ErrorsSoFar,
): ErrorsSoFar {
  const forward = record.op === 'forward' ? record : record.forward;
  const precision = precisionOf(question.config.dtype, errors.accuracy);
  const ofBatch: ChannelError[] = [];
  for (let c = 0; c < forward.batch.mean.length; c++) ofBatch.push(batchError(forward.batch, forward.deviation[c]!, size, c, errors.accuracy, precision));
  const state = record.update === null || exact === null ? errors.state : updateStateError(errors.state, record.update, ofBatch, exact, precision);
  if (record.op === 'forward') errors.forwards.set(record, normalisingErrors(record, ofBatch, errors.state, precision));
  return { accuracy: errors.accuracy, state, forwards: errors.forwards };
}

/** Errors of what normalised a forward, given those of its batch and those of the state before it. */
function normalisingErrors(record: ForwardRecord, ofBatch: readonly ChannelError[], before: StateError, precision: Precision): readonly ChannelError[] {
  const own = record.source === 'batch' ? ofBatch : ofBatch.map((_, c) => runningError(record, before, c, precision));
  if (record.config.eps > 0) return own;
  return own.map((error, c) => (mayVanish(record.config.eps, variance(record, c), error) ? { ...error, undetermined: true, unbounded: anything } : error));
}

/** What normalises channel c, without ε; by running statistics the state that the step left, which it does not move. */
function variance({ source, batch, state }: ForwardRecord, c: number): number {
  return source === 'batch' || state === null ? batch.variance[c]! : state.variance[c]!;
}

/** Whether s² = σ² + ε, ε ≤ 0, may be 0 on either side of its error (BN-ERR-03). */
function mayVanish(eps: number, sigma2: number, error: ChannelError): boolean {
  return Math.abs(sigma2 + eps) <= safety * error.variance;
}

function acceptStep(
  question: Case, record: ForwardRecord | BackwardRecord, together: readonly StepRecord[], errors: BothErrors, accuracy: AccuracyPair, sums: AcceptedSums,
): AcceptedObservation {
  const state = acceptState(question, record, record.state, errors);
  const forward = record.op === 'forward' ? record : record.forward;
  const pair = { stable: errors.stable.forwards.get(forward) ?? [], naive: errors.naive.forwards.get(forward) ?? [] };
  if (record.op === 'backward' && record.second !== undefined) {
    return { ...state, values: [...acceptSecondOrder(question.config, record, record.second, pair, accuracy), ...state.values] };
  }
  const own = record.op === 'forward'
    ? [withLow(acceptOutput(question.config, record, pair, together.length, accuracy), record.low)]
    : acceptGradients(question.config, record, together, pair, accuracy, sums).map((values) => withLow(values, values.rule === 'BN-GRAD-05' ? record.accumulated?.low : record.low));
  return { ...state, values: [...own, ...state.values] };
}

function withLow(values: AcceptedValues, low: Partial<Record<Observable, Float64Array | null>> | undefined): AcceptedValues {
  return low === undefined ? values : { ...values, low: low[values.observable] ?? null };
}

function acceptState(question: Case, record: ForwardRecord | BackwardRecord | null, state: RunningState | null, errors: BothErrors): AcceptedObservation {
  if (state === null) return { kind: 'values', values: [], count: null, keepsState: false };
  const { config } = question;
  const values = (observable: 'running_mean' | 'running_var', part: 'mean' | 'variance'): AcceptedValues => ({
    observable, rule: stateRule(observable, record, config), dtype: config.dtype, shape: [config.numFeatures], value: state[part], low: state.low?.[part] ?? null,
    stable: errors.stable.state[part], naive: errors.naive.state[part],
    alternative: part === 'variance' ? overflowedVariance(errors.naive.state) : null,
  });
  return {
    kind: 'values',
    values: [values('running_mean', 'mean'), values('running_var', 'variance')],
    count: question.route === 'functional' ? null : { rule: record === null ? 'BN-STATE-01' : 'BN-STATE-06', value: state.count }, // a function counts nothing
    keepsState: true,
  };
}

function overflowedVariance({ overflowed }: StateError): Float64Array | null {
  return overflowed.includes(1) ? Float64Array.from(overflowed, (flag) => (flag === 1 ? Infinity : NaN)) : null;
}
