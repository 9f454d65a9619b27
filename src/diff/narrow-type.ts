import { accept } from '../accept/accept.ts';
import { type AccuracyClass, type AccuracyPair, naive } from '../accept/accuracy.ts';
import type { Case } from '../cases/case.ts';
import { smallestSubnormal, unitRoundoff } from '../tensor/formats.ts';
import { roundTo } from '../tensor/round.ts';
import { compare } from './compare.ts';
import { isInside, outsideOf, type Place } from './elements.ts';
import type { Situation } from './prediction.ts';
import { isGradient } from './reach.ts';

type NarrowType = 'float16' | 'bfloat16';

/** Class B in the arithmetic of the narrow type. */
function classOf(type: NarrowType): AccuracyClass {
  return { ...naive, narrow: type };
}

/**
 * Whether an observation shows arithmetic in a narrow type inside a wider layer.
 *
 * The bounds of such arithmetic are wide, so that they alone would take any small fault for it. But its results are numbers of the
 * narrow type, where the right ones are not: so must be every y, no further from the accepted one than the roundings of x̂ and y, and every state that deviates.
 * Gradients are sums, which show no type of their own.
 */
export function isRoundedTo(type: NarrowType, { question, observation, asked, core }: Situation, places: readonly Place[]): boolean {
  const { dtype } = question.config;
  if (dtype === 'bfloat16' || dtype === type) return false;
  const outputs = places.filter(({ accepted }) => accepted.observable === 'y');
  if (outputs.length === 0 || !outputs.every((place) => isCoarse(place, type, largestShift(core)))) return false;
  if (!outputs.some(({ accepted: { value } }) => value.some((y) => !isOf(type, roundTo(y, dtype))))) return false; // the right y are numbers of the type too: nothing shows
  const rest = places.filter(({ accepted }) => accepted.observable !== 'y' && !isGradient(accepted.observable));
  if (!rest.every((place) => outsideOf(place).length === 0 || place.got.every((value) => isOf(type, value)))) return false;
  const accuracy = { stable: classOf(type), naive: classOf(type) };
  return compare(accept(question, core(), accuracy), observation, asked).deviations.every(({ level, observable }) => level === 'should' || observable === 'y');
}

/** The classes by which a layer whose own type is narrow may compute in that type throughout; null for a wider layer. */
export function narrowAccuracy({ config: { dtype } }: Case): AccuracyPair | null {
  return dtype === 'float16' || dtype === 'bfloat16' ? { stable: classOf(dtype), naive: classOf(dtype) } : null;
}

/**
 * Whether a layer of a narrow type shows the right formulas, computed in that type throughout.
 *
 * The bounds are those of such arithmetic; that the type is the layer's own is what makes it the likeliest reading.
 */
export function computesInItsType({ question, observation, asked, core }: Situation): boolean {
  const accuracy = narrowAccuracy(question);
  return accuracy !== null && compare(accept(question, core(), accuracy), observation, asked).deviations.every(({ level }) => level === 'should');
}

function isOf(type: NarrowType, value: number): boolean {
  return roundTo(value, type) === value;
}

function largestShift(core: Situation['core']): number {
  const shifts = core().ranks.flatMap(({ steps }) => steps.flatMap((record) => (record.op === 'forward' ? [...record.beta] : [])));
  return shifts.reduce((largest, shift) => Math.max(largest, Math.abs(shift)), 0);
}

/** |y − y₀| ≤ bound + u·(|γ·x̂| + |y|), where |γ·x̂| ≤ |y₀| + |β|; a hundredth more for what the second rounding makes of the first. */
function isCoarse(place: Place, type: NarrowType, shift: number): boolean {
  const { accepted: { value, naive: bound }, got } = place;
  const room = (i: number) => bound[i]! + 1.01 * unitRoundoff(type) * (2 * Math.abs(value[i]!) + shift) + smallestSubnormal(type);
  return got.every((y, i) => isOf(type, y) && (isInside(place, i) || Math.abs(y - value[i]!) <= room(i)));
}
