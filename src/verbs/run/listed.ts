import type { Plan } from '../../cases/plan.ts';
import { expiredEntries, unmatchedEntries } from '../../gate/known-failing.ts';
import type { RunFooter } from '../../reports/run.ts';
import type { KnownFailing } from '../../spec/generated/known-failing.ts';
import { catalogueIds } from '../load-plan.ts';

/** What is wrong with known-failing lists, whatever the frameworks answer. */
export type Listed = NonNullable<RunFooter['listed']>;

/** The entries that match no case of the plan or of any suite, and those that have expired by now. */
export function listedOf(entries: readonly KnownFailing[], plan: Plan): Listed {
  return {
    unmatched: named(unmatchedEntries(entries, catalogueIds(plan))),
    expired: named(expiredEntries(entries, new Date().toISOString().slice(0, 10))),
  };
}

function named(entries: readonly KnownFailing[]): Listed['expired'] {
  return entries.map(({ cases, expires }) => ({ cases, expires }));
}
