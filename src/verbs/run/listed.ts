import type { Layer } from '../../cases/case.ts';
import type { Plan } from '../../cases/plan.ts';
import { matchesBeginning } from '../../cases/select.ts';
import { expiredEntries, unmatchedEntries } from '../../gate/known-failing.ts';
import type { RunFooter } from '../../reports/run.ts';
import type { KnownFailing } from '../../spec/generated/known-failing.ts';
import { catalogueIds } from '../load-plan.ts';
import { idsOf } from './header.ts';

/** What is wrong with known-failing lists, whatever the frameworks answer. */
export type Listed = NonNullable<RunFooter['listed']>;

/** The entries that match no case of the plan or of any suite, and those that have expired by now. */
export function listedOf(entries: readonly KnownFailing[], plan: Plan): Listed {
  return {
    unmatched: named(unmatchedAnywhere(unmatchedEntries(entries, idsOf(plan)), plan)),
    expired: named(expiredEntries(entries, new Date().toISOString().slice(0, 10))),
  };
}

/** Of those that match nothing of the plan: the suites are read for what they may match there. */
function unmatchedAnywhere(entries: readonly KnownFailing[], { suite }: Plan): readonly KnownFailing[] {
  const begins = entries.map(({ cases }) => matchesBeginning(cases));
  const wanted = (layer: Layer, behaviour: string): boolean => begins.some((matches) => matches([layer, ...behaviour.split('/')]));
  return unmatchedEntries(entries, catalogueIds(suite, wanted));
}

function named(entries: readonly KnownFailing[]): Listed['expired'] {
  return entries.map(({ cases, expires }) => ({ cases, expires }));
}
