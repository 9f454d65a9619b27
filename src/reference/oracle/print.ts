import { toDecimal } from './decimal.ts';
import type { Rational } from './rational.ts';
import type { ExactRank, ExactStep } from './trajectory.ts';

/** An exact step in decimal numbers, as the golden files spell it. */
export type PrintedStep = Readonly<Record<string, readonly string[] | number>>;

export interface PrintedRank {
  readonly construct: PrintedStep;
  readonly steps: readonly PrintedStep[];
}

/** Every value rounded to `digits` significant digits. */
export function printTrajectory(ranks: readonly ExactRank[], digits: number): readonly PrintedRank[] {
  return ranks.map(({ construct, steps }) => ({ construct: printStep(construct, digits), steps: steps.map((step) => printStep(step, digits)) }));
}

function printStep(step: ExactStep, digits: number): PrintedStep {
  const entries = Object.entries(step) as [string, readonly Rational[] | number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, typeof value === 'number' ? value : value.map((element) => toDecimal(element, digits))]));
}
