import { readFileSync, writeFileSync } from 'node:fs';
import { type Document, isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { matchesPattern } from '../cases/select.ts';
import { applicableEntries, type CompiledEntry, entryFits, type RunCircumstances, silentStatuses } from '../gate/known-failing.ts';
import type { CaseResult } from '../reports/run.ts';
import type { KnownFailing } from '../spec/generated/known-failing.ts';
import { UserError } from '../spec/user-error.ts';
import { narrow } from './known-narrowing.ts';

/** A case of the run, by id. */
export interface RanCase {
  readonly id: string;
  readonly record: Pick<CaseResult, 'found' | 'cause' | 'candidates'>;
}

/** What an update did to the list. */
export interface KnownUpdate {
  readonly kept: number;
  /** Entries of which some cases no longer deviate so, and the patterns that stand in their place. */
  readonly narrowed: readonly { readonly from: string; readonly to: readonly string[] }[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

const deviating: readonly string[] = ['inaccurate', 'violates', 'mistrusted', 'crashed', 'timed-out', 'garbled'];
const toBeFilled = 'TO BE FILLED IN';

/**
 * Rewrites a known-failing list by what a run showed.
 *
 * An entry stays as people wrote it, comments included, while every case of it that ran deviates for its cause; where only
 * some do it is narrowed to them, and where none does it goes. An entry stays too when none of its cases ran, or when it
 * speaks of another version or machine. Deviations that no entry names come in with placeholders that the schema refuses
 * until somebody fills them.
 *
 * @param where  the runner of the run
 */
export function updateKnown(path: string, cases: readonly RanCase[], where: RunCircumstances, expires: string): KnownUpdate {
  const document = parseDocument(readFileSync(path, 'utf8'), { schema: 'core', logLevel: 'error' });
  requireSound(document, path);
  const entries = isMap(document.contents) ? document.get('entries') : undefined;
  if (!isSeq(entries)) throw new UserError('FILE_INVALID', `${path} has no list 'entries'`, 'start it with: schemaVersion: 1, entries: []');
  const stray = entries.items.findIndex((item) => !isEntry(item));
  if (stray >= 0) throw new UserError('FILE_INVALID', `${path}, /entries/${String(stray)} is no entry`, 'an entry has cases, versions, status and cause; spec/schemas/known-failing.schema.json says what else');
  const reviewed = entries.items.filter(isMap).map((node) => ({ node, from: String(node.get('cases')), to: stillNamed(node.toJSON() as KnownFailing, cases, where) }));
  const nodes = reviewed.flatMap(({ node, from, to }) => to.map((pattern) => (pattern === from ? node : withCases(node, pattern))));
  const listed = applicableEntries(nodes.map((node) => node.toJSON() as KnownFailing), where);
  const unlisted = cases.filter((ran) => deviates(ran) && !listed.some((entry) => names(entry, ran)));
  const added = newEntries(unlisted, cases, `>=${plainVersion(where.version)}`, expires);
  entries.flow = false;
  entries.items = [...nodes, ...added.map((entry) => document.createNode(entry))].sort((a, b) => compareText(sortKey(a), sortKey(b)));
  writeFileSync(path, textOf(document, path));
  const changed = reviewed.filter(({ from, to }) => to[0] !== from);
  return {
    kept: reviewed.length - changed.length,
    narrowed: changed.filter(({ to }) => to.length > 0).map(({ from, to }) => ({ from, to })),
    removed: changed.filter(({ to }) => to.length === 0).map(({ from }) => from),
    added: added.map((entry) => entry.cases),
  };
}

/** @throws {UserError} FILE_UNREADABLE */
function requireSound(document: Document, path: string): void {
  try {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw problem;
    document.toJS(); // aliases without their anchor are found here
  } catch (cause) {
    throw new UserError('FILE_UNREADABLE', `${path} does not parse: ${(cause as Error).message}`, 'correct the syntax at that place', { cause });
  }
}

/** @throws {UserError} FILE_INVALID where an alias is left whose anchor was in an entry that went */
function textOf(document: Document, path: string): string {
  try {
    return document.toString({ lineWidth: 0 });
  } catch (cause) {
    throw new UserError('FILE_INVALID', `${path} cannot be rewritten: ${(cause as Error).message}`, 'write the text out in place of its alias', { cause });
  }
}

/** Whether an item has what is needed to say which cases it speaks of; people may still have to fill in the rest. */
function isEntry(item: unknown): boolean {
  if (!isMap(item) || (item.has('when') && !isMap(item.get('when')))) return false;
  return ['cases', 'versions', 'status', 'cause'].every((name) => typeof item.get(name) === 'string' && item.get(name) !== '');
}

/** Patterns of what still deviates as the entry says; its own where all does, or nothing can be said. */
function stillNamed(entry: KnownFailing, cases: readonly RanCase[], where: RunCircumstances): readonly string[] {
  const [applicable] = applicableEntries([entry], where);
  if (applicable === undefined) return [entry.cases];
  const ran = cases.filter(({ id, record }) => applicable.matches(id.split('/')) && !silentStatuses.includes(record.found));
  if (ran.length === 0) return [entry.cases];
  const idsOf = (fitting: boolean) => ran.filter((one) => names(applicable, one) === fitting).map(({ id }) => id);
  return narrow(entry.cases, { fitting: idsOf(true), other: idsOf(false) });
}

function withCases(node: YAMLMap, pattern: string): YAMLMap {
  const copy: unknown = node.clone();
  if (!isMap(copy)) throw new TypeError('a map is cloned as a map');
  copy.set('cases', pattern);
  return copy;
}

function plainVersion(version: string): string {
  return /^\d+\.\d+\.\d+/.exec(version)?.[0] ?? '0.0.0';
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

function names({ entry, matches }: CompiledEntry, { id, record: { found, cause, candidates } }: RanCase): boolean {
  return matches(id.split('/')) && entryFits(entry, { status: found, cause, candidates });
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
