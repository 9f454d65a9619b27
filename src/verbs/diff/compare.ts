import type { CaseResult, Run, RunnerResults } from '../../reports/run.ts';
import { UserError } from '../../spec/user-error.ts';
import { type ChangeKind, changeOf } from './change.ts';
import { pairRunners } from './pair-runners.ts';

/** A case that changed; null where it is absent. */
export interface Change {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly before: CaseResult | null;
  readonly after: CaseResult | null;
}

/** One framework in both runs, whose version may differ. */
export interface RunnerDiff {
  readonly before: RunnerResults;
  readonly after: RunnerResults;
  /** Cases that were run in both. */
  readonly compared: number;
  /** In plan order of the later run, then what is gone in that of the earlier. */
  readonly changes: readonly Change[];
}

export interface RunDiff {
  readonly before: Run;
  readonly after: Run;
  readonly runners: readonly RunnerDiff[];
  /** What else differs between the runs, and may be why. */
  readonly notes: readonly string[];
}

/**
 * What became of every case from one run to another, framework by framework.
 *
 * @throws {UserError} DIFF_NOTHING_IN_COMMON when no framework is in both
 */
export function compareRuns(before: Run, after: Run): RunDiff {
  const { pairs, onlyBefore, onlyAfter } = pairRunners(keysOf(before), keysOf(after));
  if (pairs.length === 0) throw nothingInCommon(keysOf(before), keysOf(after));
  return {
    before, after,
    runners: pairs.map(([earlier, later]) => compareRunners(resultsOf(before, earlier), resultsOf(after, later), after.header.strict)),
    notes: [
      ...notesOn(before, after),
      ...onlyBefore.map((key) => `${key} is in the earlier run alone`), ...onlyAfter.map((key) => `${key} is in the later run alone`),
    ],
  };
}

function keysOf({ runners }: Run): readonly string[] {
  return runners.map(({ runner }) => runner);
}

export function nothingInCommon(before: readonly string[], after: readonly string[]): UserError {
  return new UserError('DIFF_NOTHING_IN_COMMON', `no framework is in both runs: ${before.join(', ')} in the earlier, ${after.join(', ')} in the later`, 'compare runs that asked the same framework; its version may differ');
}

function resultsOf({ runners }: Run, key: string): RunnerResults {
  const results = runners.find(({ runner }) => runner === key);
  if (results === undefined) throw new RangeError(`expected a runner of the run, got '${key}'`);
  return results;
}

function compareRunners(before: RunnerResults, after: RunnerResults, strict: boolean): RunnerDiff {
  const earlier = byId(before);
  const later = byId(after);
  const ids = [...later.keys(), ...[...earlier.keys()].filter((id) => !later.has(id))];
  const changes = ids.flatMap((id): Change[] => {
    const [was, is] = [earlier.get(id) ?? null, later.get(id) ?? null];
    const kind = changeOf(was, is, strict);
    return kind === null ? [] : [{ kind, id, before: was, after: is }];
  });
  return { before, after, compared: [...later.keys()].filter((id) => earlier.has(id)).length, changes };
}

function byId({ cases }: RunnerResults): ReadonlyMap<string, CaseResult> {
  return new Map(cases.filter(({ status }) => status !== 'not-run').map((result) => [result.id, result]));
}

function notesOn(before: Run, after: Run): string[] {
  const [was, is] = [before.header, after.header];
  const differ = (what: string, from: string | number, to: string | number, then: string): string[] => (from === to ? [] : [`${what} ${String(from)} and ${String(to)}: ${then}`]);
  return [
    ...differ('suites', was.suite, is.suite, 'cases of one alone are gone or new'),
    ...differ('seeds', was.seed, is.seed, 'the same case is another draw of data'),
    ...differ('judged by versions', was.tool.version, is.tool.version, 'rules, bounds and causes may have changed'),
    ...(is.strict ? ['the later run is strict: inaccurate counts as failing in both'] : []),
    ...incomplete('earlier', before), ...incomplete('later', after),
  ];
}

function incomplete(which: string, { complete, runners }: Run): string[] {
  if (complete) return [];
  const missing = runners.reduce((sum, { cases }) => sum + cases.filter(({ status }) => status === 'not-run').length, 0);
  return [`the ${which} run is incomplete: ${String(missing)} planned cases were not run`];
}
