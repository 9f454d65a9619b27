import type { PowerFile } from '../../spec/generated/power.ts';
import type { Figure } from './figures.ts';
import type { Score } from './score.ts';

/** The score as the report page shows it. */
export function powerOf({ suite, cases, faults, honest }: Score, figures: readonly Figure[]): PowerFile {
  return {
    schemaVersion: 1, suite, cases, figures: figures.map(({ name, value, target, met }) => ({ name, value, target, met })),
    faults: faults.map(({ fault, fared: { first }, killers, smallest }) => ({
      name: fault.name, breaks: fault.breaks, rule: first?.rule ?? null, cause: first?.cause ?? null, killers: killers.length, smallest,
    })),
    honest: honest.map(({ miniature: { name }, fared: { planned, inaccurate }, falseAlarms }) => ({ name, planned, inaccurate: inaccurate.size, falseAlarms: falseAlarms.length })),
  };
}
