import type { Accepted, AcceptedValues } from '../../../accept/accepted.ts';
import type { Case } from '../../../cases/case.ts';
import { integers } from '../../../tensor/generator.ts';
import type { Observation, StepObservation, TensorObservable } from '../../../runners/observation.ts';

/** One case as a framework answered it. */
export interface Asked {
  readonly case: Case;
  readonly accepted: Accepted;
  readonly observation: Observation;
}

/** Numbers that were observed, or follow from observed ones, and how far each may lie from its exact value. */
export interface Values {
  readonly name: string;
  readonly got: Float64Array;
  readonly bound: Float64Array;
}

/** Thrown where an observation lacks what a relation speaks of: a refusal, or a result that does not exist. */
export class NothingObserved extends Error {
  override readonly name = 'NothingObserved';
}

/** Step −1 is the construction. */
export function stepOf({ observation }: Asked, step: number): StepObservation {
  const rank = observation.ranks[0];
  const shown = step < 0 ? rank?.construct : rank?.steps[step];
  if (shown === undefined) throw new NothingObserved(`no observation of step ${String(step)}`);
  return shown;
}

/** What is accepted of one observable at one step; undefined where there is none. */
function acceptedOf({ accepted }: Asked, step: number, observable: TensorObservable): AcceptedValues | undefined {
  const rank = accepted.ranks[0];
  const shown = step < 0 ? rank?.construct : rank?.steps[step];
  return shown?.kind === 'values' ? shown.values.find((values) => values.observable === observable) : undefined;
}

/**
 * One observable at one step, with the class B bound.
 *
 * @throws {NothingObserved} when the framework refused the step or shows another number of values
 */
export function valuesAt(asked: Asked, step: number, observable: TensorObservable): Values {
  const accepted = acceptedOf(asked, step, observable);
  const name = `${observable} at step ${String(step)}`;
  if (accepted === undefined) throw new RangeError(`nothing is accepted of ${name}`);
  const { error, [observable]: tensor } = stepOf(asked, step);
  if (error !== undefined) throw new NothingObserved(`${name} was refused: ${error.class}: ${error.message}`);
  if (tensor?.data.length !== accepted.value.length) throw new NothingObserved(`${name} has ${String(tensor?.data.length ?? 'no')} values in place of ${String(accepted.value.length)}`);
  return { name, got: Float64Array.from(tensor.data), bound: accepted.naive };
}

/** Every observable that a step must show, in the order of the rules. */
export function observablesAt({ accepted }: Asked, step: number): readonly TensorObservable[] {
  const rank = accepted.ranks[0];
  const shown = step < 0 ? rank?.construct : rank?.steps[step];
  return shown?.kind === 'values' ? shown.values.map(({ observable }) => observable) : [];
}

export function scaled(values: Values, factor: number): Values {
  return { name: `${String(factor)} × ${values.name}`, got: values.got.map((value) => factor * value), bound: values.bound.map((value) => Math.abs(factor) * value) };
}

/** Values at the given positions, in that order. */
export function picked(values: Values, positions: ArrayLike<number>): Values {
  const pick = (from: Float64Array) => Float64Array.from(positions, (position) => from[position] ?? NaN);
  return { name: values.name, got: pick(values.got), bound: pick(values.bound) };
}

/** Unit roundoff of the numbers that a relation computes with. */
const roundoff = 2 ** -53;

/** Σ weight·values + constant; the bound grows by what float64 itself may lose in the sum. */
export function linear(terms: readonly (readonly [number, Values])[], constant: ArrayLike<number> = []): Values {
  const length = terms[0]?.[1].got.length ?? 0;
  const got = new Float64Array(length);
  const bound = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const parts = [...terms.map(([weight, values]) => weight * values.got[i]!), constant[i] ?? 0];
    got[i] = parts.reduce((total, part) => total + part, 0);
    const lost = 2 * (parts.length + 1) * roundoff * parts.reduce((total, part) => total + Math.abs(part), 0);
    bound[i] = terms.reduce((total, [weight, values]) => total + Math.abs(weight) * values.bound[i]!, lost);
  }
  return { name: terms.map(([weight, { name }]) => `${String(weight)} × ${name}`).join(' + '), got, bound };
}

/** A number that is known without an observation. */
export function exactly(name: string, numbers: ArrayLike<number>): Values {
  return { name, got: Float64Array.from(numbers), bound: new Float64Array(numbers.length) };
}

/** A number in [0, below) that follows from the twist of a recipe. */
export function chosen(twist: number, what: string, below: number): number {
  return integers([twist, what])() % below;
}
