import { readFileSync, writeFileSync } from 'node:fs';
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { matchesPattern } from '../cases/select.ts';
import type { CaseResult } from '../reports/run.ts';
import type { KnownFailing } from '../spec/generated/known-failing.ts';
import { UserError } from '../spec/user-error.ts';

/** A case of the run, by id. */
export interface RanCase {
  readonly id: string;
  readonly record: Pick<CaseResult, 'found' | 'cause' | 'candidates'>;
}

/** What an update did to the list. */
export interface KnownUpdate {
  readonly kept: number;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const deviating: readonly string[] = ['inaccurate', 'violates', 'mistrusted', 'crashed', 'timed-out', 'garbled'];
/** What the gate does not hold against an entry either: no deviation was or could be seen. */
const silent: readonly string[] = ['unsupported', 'ungradable', 'not-run'];
const toBeFilled = 'TO BE FILLED IN';

/**
 * Rewrites a known-failing list by what a run showed: entries that still fit stay as people wrote them, comments included;
 * entries of which no case that ran fits go; deviations that no entry names come in with placeholders that the schema
 * refuses until somebody fills them. Entries of which no case ran stay.
 */
export function updateKnown(path: string, cases: readonly RanCase[], versions: string, expires: string): KnownUpdate {
  const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'core' });
  const entries = document.get('entries');
  if (!isSeq(entries)) throw new UserError('FILE_INVALID', `${path} has no list 'entries'`, 'start it with: schemaVersion: 1, entries: []');
  const removed: string[] = [];
  const kept = entries.items.filter(isMap).filter((node) => {
    const fits = stillFits(node.toJSON() as KnownFailing, cases);
    if (!fits) removed.push(String(node.get('cases')));
    return fits;
  });
  const listed = kept.map((node) => node.toJSON() as KnownFailing);
  const added = newEntries(cases.filter((ran) => deviates(ran) && !listed.some((entry) => names(entry, ran))), cases, versions, expires);
  entries.flow = false;
  entries.items = [...kept, ...added.map((entry) => document.createNode(entry))].sort((a, b) => compareText(sortKey(a), sortKey(b)));
  writeFileSync(path, document.toString({ lineWidth: 0 }));
  return { kept: kept.length, removed, added: added.map((entry) => entry.cases) };
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortKey(node: YAMLMap): string {
  return `${String(node.get('cases'))} ${String(node.get('status'))} ${String(node.get('cause'))}`;
}

function deviates({ record }: RanCase): boolean {
  return deviating.includes(record.found);
}

function names(entry: KnownFailing, { id, record }: RanCase): boolean {
  const sameCause = entry.cause === (record.cause ?? 'unexplained') || record.candidates.includes(entry.cause);
  return entry.status === record.found && sameCause && matchesPattern(entry.cases)(id);
}

function stillFits(entry: KnownFailing, cases: readonly RanCase[]): boolean {
  const match = matchesPattern(entry.cases);
  const ran = cases.filter(({ id, record }) => match(id) && !silent.includes(record.found));
  return ran.length === 0 || ran.some((one) => names(entry, one));
}

/** One entry per layer, behaviour, status and cause where the whole behaviour deviates so; else case by case. */
function newEntries(unlisted: readonly RanCase[], cases: readonly RanCase[], versions: string, expires: string): readonly KnownFailing[] {
  const groups = new Map<string, RanCase[]>();
  for (const ran of unlisted) {
    const key = [...ran.id.split('/').slice(0, 3), ran.record.found, ran.record.cause].join('/');
    groups.set(key, [...(groups.get(key) ?? []), ran]);
  }
  return [...groups.values()].flatMap((group) => {
    const first = group[0];
    if (first === undefined) return [];
    const pattern = `${first.id.split('/').slice(0, 3).join('/')}/**`;
    const match = matchesPattern(pattern);
    const whole = namedCause(first.record) !== 'unexplained' && cases.filter(({ id, record }) => match(id) && record.found !== 'unsupported').every((ran) => group.includes(ran));
    return (whole ? [pattern] : group.map(({ id }) => id)).map((named) => entryFor(named, first, versions, expires));
  });
}

function entryFor(cases: string, { record }: RanCase, versions: string, expires: string): KnownFailing {
  return {
    cases, versions, status: record.found as KnownFailing['status'], cause: namedCause(record),
    reason: toBeFilled, link: toBeFilled, owner: toBeFilled, expires,
  };
}

/** An ambiguous case is known by any of its candidates; whoever fills the entry in picks the right one. */
function namedCause({ cause, candidates }: RanCase['record']): string {
  return (cause === 'ambiguous' ? candidates[0] : cause) ?? 'unexplained';
}
