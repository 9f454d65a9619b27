import { accept } from '../accept/accept.ts';
import type { Accepted, AcceptedStep, AcceptedValues } from '../accept/accepted.ts';
import { type AccuracyPair, sanctioned } from '../accept/accuracy.ts';
import type { Case, Observable } from '../cases/case.ts';
import { shownParameters } from '../reference/accumulate.ts';
import type { Formulas } from '../reference/formulas.ts';
import { simulate } from '../reference/simulate.ts';
import type { BackwardRecord, StepRecord, Trajectory } from '../reference/trajectory.ts';
import type { Observation } from '../runners/observation.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';
import { roundTo } from '../tensor/round.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { compare } from './compare.ts';
import { underContract } from './contract.ts';
import type { Deviation } from './verdict.ts';

/** One deviating observation and what is asked of a cause that explains it. */
export interface Situation {
  readonly question: Case;
  readonly observation: Observation;
  /** From the core formulas. */
  readonly deviations: readonly Deviation[];
  /** Observables held against a cause. */
  readonly asked: ReadonlySet<Observable>;
  /** The dialect's error contract. */
  readonly errors: readonly ErrorContract[];
  /** Explained only inside the bounds of a stable summation. */
  readonly stably: boolean;
  /** The core formulas' trajectory. */
  readonly core: () => Trajectory;
}

/** One way of reading a departure. */
export interface Reading {
  readonly formulas: Formulas;
  readonly free: ReadonlySet<string>;
}

/**
 * Whether other formulas explain an observation: every element lies within their bounds, and each deviation is one that they predict
 * and not one that they say nothing of. Under wider bounds than the sanctioned ones, one deviation must be.
 *
 * @param free  gradients that may be the core ones: the backward need not share a departure of the forward
 */
export function predicts({ formulas, free }: Reading, situation: Situation, accuracy: AccuracyPair = sanctioned): boolean {
  const { question, observation, deviations, asked, stably } = situation;
  if (accuracy === sanctioned && !beginsNear(formulas, situation)) return false;
  const trajectory = simulate(question, formulas);
  const near = (deviation: Deviation) => isNear(trajectory, deviation, question.config.dtype);
  if (!(accuracy === sanctioned ? deviations.every(near) : deviations.some(near)) || !sameSteps(trajectory, situation.core())) return false;
  const accepted = roundedOnce(accept(question, trajectory, accuracy), question);
  const graded = (deviation: Deviation) => isGraded(accepted, deviation);
  if (!(accuracy === sanctioned ? deviations.every(graded) : deviations.some((deviation) => near(deviation) && graded(deviation)))) return false;
  const left = compare(underContract(accepted, question, situation.errors), observation, asked).deviations.filter(({ level }) => stably || level === 'must');
  return left.every(({ observable }) => free.has(observable) && !deviations.some((deviation) => deviation.observable === observable));
}

/** Whether the first steps, up to one that deviates, are predicted nearly: most formulas miss there, and the rest of the program need not be simulated. */
function beginsNear(formulas: Formulas, { question, deviations }: Situation): boolean {
  const first = deviations.reduce((least, { step }) => Math.min(least, step), Infinity);
  if (first < 0 || first + 1 >= question.program.length) return true; // nothing is saved
  const trajectory = simulate({ ...question, program: question.program.slice(0, first + 1) }, formulas);
  return deviations.every((deviation) => deviation.step > first || isNear(trajectory, deviation, question.config.dtype));
}

/** Whether the trajectory predicts one deviation nearly. */
function isNear(trajectory: Trajectory, deviation: Deviation, dtype: FloatType): boolean {
  const { kind, rank, step, observable, element } = deviation;
  const own = trajectory.ranks[rank];
  const record = step < 0 ? undefined : own?.steps[step];
  const state = step < 0 ? own?.construct : record?.state;
  if (kind === 'unexpected') return state !== null && state !== undefined; // a state where none must be
  if (observable === 'step_count') return state?.count === deviation.got;
  const value = element === null ? undefined : valueAt(record, state, observable, element);
  return value !== undefined && (comesNear(value, deviation) || isOwnRounding(value, deviation, dtype));
}

/**
 * Whether the prediction of a deviating element is worth its bounds: at least twice as near to what was observed as the core
 * formulas, and (`must`) itself about as far from them as what is accepted.
 */
function comesNear(value: number, { level, got, expected, bound }: Deviation): boolean {
  if (typeof got !== 'number' || typeof expected !== 'number' || Object.is(value, expected)) return false;
  if (Number.isNaN(got) || Number.isNaN(value)) return Number.isNaN(got) && Number.isNaN(value);
  if (![got, value, expected].every(Number.isFinite)) return true;
  if (Math.abs(got - value) > Math.abs(got - expected) / 2) return false;
  return level === 'should' || Math.abs(value - expected) >= bound / 2;
}

/** In a narrow type a departure may move a result by one rounding only: then it must predict that very number, and the core formulas another. */
function isOwnRounding(value: number, { got, expected }: Deviation, dtype: FloatType): boolean {
  if (dtype !== 'float16' && dtype !== 'bfloat16') return false;
  return typeof expected === 'number' && roundTo(value, dtype) === got && roundTo(expected, dtype) !== got;
}

function valueAt(record: StepRecord | undefined, state: StepRecord['state'] | undefined, observable: Deviation['observable'], element: number): number | undefined {
  if (observable === 'running_mean') return state?.mean[element];
  if (observable === 'running_var') return state?.variance[element];
  if (record?.op === 'forward') return observable === 'y' ? record.y[element] : undefined;
  return record?.op === 'backward' ? gradientAt(record, observable, element) : undefined;
}

function gradientAt(record: BackwardRecord, observable: Deviation['observable'], element: number): number | undefined {
  if (observable === 'ddx' || observable === 'ddy' || observable === 'ddgamma') return record.second?.[observable]?.[element];
  if (observable === 'dx') return record.dx[element];
  const { dgamma, dbeta } = shownParameters(record);
  return (observable === 'dgamma' ? dgamma : dbeta)?.[element];
}

/** A program that the variant ends at a refusal would leave the rest unasked. */
function sameSteps(a: Trajectory, b: Trajectory): boolean {
  return a.ranks.every(({ steps }, rank) => steps.length === b.ranks[rank]?.steps.length && steps.at(-1)?.op === b.ranks[rank].steps.at(-1)?.op);
}

/**
 * Bounds that leave room for one rounding of the value to the type of the result.
 *
 * Where data are exact the core formulas have bounds of 0; those of other formulas need not be exact there.
 */
function roundedOnce(accepted: Accepted, { config: { dtype } }: Case): Accepted {
  if (dtype === 'float64') return accepted;
  const step = <T extends AcceptedStep>(one: T): T => (one.kind === 'refusal' ? one : { ...one, values: one.values.map(withRounding) });
  return { ranks: accepted.ranks.map(({ construct, steps }) => ({ construct: step(construct), steps: steps.map(step) })) };
}

function withRounding(values: AcceptedValues): AcceptedValues {
  const { observable, value, dtype, stable, naive } = values;
  if (observable === 'y' || observable === 'dx' || observable === 'ddx' || observable === 'ddy') return values;
  const rounding = value.map((exact) => Math.abs(roundTo(exact, dtype) - exact));
  const widen = (bound: Float64Array) => bound.map((one, i) => Math.max(one, Number.isFinite(rounding[i]!) ? rounding[i]! : 0));
  return { ...values, stable: widen(stable), naive: widen(naive) };
}

/** Whether the deviating element has a bound under the variant; one that says nothing explains nothing. */
function isGraded({ ranks }: Accepted, { rank, step, observable, element }: Deviation): boolean {
  if (element === null || observable === 'step_count') return true;
  const own = ranks[rank];
  const accepted = step < 0 ? own?.construct : own?.steps[step];
  const values = (accepted?.kind === 'refusal' ? accepted.state : accepted)?.values.find((one) => one.observable === observable);
  return values !== undefined && (Number.isFinite(values.naive[element]) || Number.isFinite(values.stable[element]) || !Number.isFinite(values.value[element]));
}
