import type { Circumstance } from './generated/dialect.ts';

/** What is true of a call: per fact, all of its values. A program that trains and evaluates has two modes. */
export type Facts = Readonly<Partial<Record<keyof Circumstance, readonly string[]>>>;

/** Whether every fact that the circumstance lists has one of the listed values. An empty circumstance always holds. */
export function circumstanceHolds(circumstance: Circumstance, facts: Facts): boolean {
  const listed = Object.entries(circumstance) as [keyof Circumstance, readonly string[]][];
  return listed.every(([fact, values]) => (facts[fact] ?? []).some((value) => values.includes(value)));
}
