import semver from 'semver';
import { matchesComponents, matchesPattern } from '../cases/select.ts';
import type { Status, Verdict } from '../diff/verdict.ts';
import type { KnownFailing } from '../spec/generated/known-failing.ts';

/** Where a runner ran, for an entry's `when`. */
export interface RunCircumstances {
  readonly version: string;
  readonly device: string;
  readonly capability: string;
  readonly threads: number;
}

/** An entry ready to match. */
export interface CompiledEntry {
  readonly entry: KnownFailing;
  /** Of the components of an id. */
  readonly matches: (components: readonly string[]) => boolean;
}

/** Entries that speak of this version and these circumstances. */
export function applicableEntries(entries: readonly KnownFailing[], where: RunCircumstances): readonly CompiledEntry[] {
  return entries.filter((entry) => appliesTo(entry, where)).map((entry) => ({ entry, matches: matchesComponents(entry.cases) }));
}

function appliesTo({ versions, when }: KnownFailing, where: RunCircumstances): boolean {
  const version = semver.coerce(where.version);
  if (version === null || !semver.satisfies(version, versions)) return false;
  return when === undefined || (
    (when.device ?? where.device) === where.device
    && (when.capability ?? where.capability) === where.capability
    && (when.threads ?? where.threads) === where.threads
  );
}

/** Statuses that the list has nothing to say about: no deviation was or could be seen. */
export const silentStatuses: readonly Status[] = ['unsupported', 'ungradable', 'not-run'];

/** What the list says of a case: its status, and the reason where an entry speaks of it. */
export interface ListedStatus {
  readonly status: Status;
  readonly reason: string | null;
}

/**
 * The status after the list was consulted.
 *
 * `known` when an entry names the case, its status and its cause; `stale` when entries name the case and none fits,
 * because it deviates for another cause or not at all; else the status found.
 */
export function consultList(id: string, verdict: Pick<Verdict, 'status' | 'cause' | 'candidates'>, entries: readonly CompiledEntry[]): ListedStatus {
  const components = id.split('/');
  const named = entries.filter(({ matches }) => matches(components));
  const [first] = named;
  if (first === undefined || silentStatuses.includes(verdict.status)) return { status: verdict.status, reason: null };
  const fitting = named.find(({ entry }) => entryFits(entry, verdict));
  if (fitting !== undefined) return { status: 'known', reason: `${fitting.entry.reason} (${fitting.entry.link}, expires ${fitting.entry.expires})` };
  const { cases, status, cause } = first.entry;
  return { status: 'stale', reason: `the known-failing entry '${cases}' expects ${status} by ${cause}; found ${verdict.status}${verdict.cause === null ? '' : ` by ${verdict.cause}`}` };
}

/** Whether a deviation is the one that the entry speaks of; what broke the runner has no cause. */
export function entryFits(entry: KnownFailing, { status, cause, candidates }: Pick<Verdict, 'status' | 'cause' | 'candidates'>): boolean {
  if (entry.status !== status) return false;
  return cause === null || entry.cause === cause || candidates.includes(entry.cause);
}

/** Entries whose pattern matches no id of the catalogue of all suites, which is read as far as it takes. */
export function unmatchedEntries(entries: readonly KnownFailing[], catalogue: Iterable<string>): readonly KnownFailing[] {
  let left = entries.map((entry) => ({ entry, match: matchesPattern(entry.cases) }));
  if (left.length === 0) return [];
  for (const id of catalogue) {
    if (left.some(({ match }) => match(id))) left = left.filter(({ match }) => !match(id));
    if (left.length === 0) break;
  }
  return left.map(({ entry }) => entry);
}

/** Entries past their date, `today` as YYYY-MM-DD. */
export function expiredEntries(entries: readonly KnownFailing[], today: string): readonly KnownFailing[] {
  return entries.filter(({ expires }) => expires < today);
}
