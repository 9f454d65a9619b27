import type { Finding } from '../diff/findings.ts';
import { type Status, statuses } from '../diff/verdict.ts';
import { claimsSuite, readClaims } from '../spec/claims.ts';
import type { FindingSummary, RunnerSummary, StatusCounts, Summary } from '../spec/generated/summary.ts';
import { judgeClaims } from './claims/judge-claims.ts';
import { summariseClaims } from './claims/summarise-claims.ts';
import { evidenceOf, groupRunner } from './grouped-run.ts';
import { harnessError } from './evidence-text.ts';
import { schemaVersion } from './read-run.ts';
import type { Evidence, Run, RunnerResults } from './run.ts';

/**
 * What `summary.json` says of a run.
 *
 * @throws {Error} when the statuses do not add up to the planned cases: a fault of the harness, never of a run
 */
export function summarise(run: Run): Summary {
  const { header, runners, footer } = run;
  const counts = countStatuses(runners);
  const planned = plannedCases(run);
  assertSum(planned, counts, 'the run');
  return {
    schemaVersion,
    tool: { ...header.tool },
    suite: header.suite,
    seed: header.seed,
    planned,
    statuses: counts,
    runners: Object.fromEntries(runners.map((results) => [results.runner, summariseRunner(run, results)])),
    ...gateOf(run),
    ...(header.suite === claimsSuite ? { claims: summariseClaims(judgeClaims(run, readClaims())) } : {}),
    durationMs: footer?.durationMs ?? 0,
  };
}

/** Gate and reasons of the footer; a run that is not complete never passes. */
export function gateOf({ footer, complete, runners }: Run): { readonly gate: 'pass' | 'fail'; readonly reasons: string[] } {
  const reasons = [...(footer?.reasons ?? [])];
  if (complete) return { gate: footer?.gate ?? 'fail', reasons };
  const missing = countStatuses(runners)['not-run'];
  const why = footer === null ? 'the run has no footer: it was interrupted' : 'the run was interrupted';
  return { gate: 'fail', reasons: [...reasons, `${why}; ${String(missing)} planned cases were not run`] };
}

export function countStatuses(runners: readonly Pick<RunnerResults, 'cases'>[]): StatusCounts {
  const counts = Object.fromEntries(statuses.map((status) => [status, 0])) as Record<Status, number>;
  for (const { cases } of runners) for (const { status } of cases) counts[status] += 1;
  return counts;
}

/** Cases over all runners, counted from the header alone, so that the sum of statuses can be held against it. */
function plannedCases({ header }: Run): number {
  return header.runners.reduce((total, { runner }) => total + plannedFor(header, runner), 0);
}

function plannedFor({ cases, runners }: Run['header'], runner: string): number {
  const excluded = new Set(runners.find((entry) => entry.runner === runner)?.excluded);
  if (excluded.size === 0) return cases.length;
  let planned = 0;
  for (const id of cases) if (!excluded.has(id.split('/', 1)[0] ?? '')) planned += 1;
  return planned;
}

function assertSum(planned: number, counts: StatusCounts, of: string): void {
  const sum = statuses.reduce((total, status) => total + counts[status], 0);
  if (sum !== planned) throw new Error(`${String(planned)} cases are planned for ${of}, its statuses add up to ${String(sum)}`);
}

function summariseRunner({ header }: Run, results: RunnerResults): RunnerSummary {
  const counts = countStatuses([results]);
  const planned = plannedFor(header, results.runner);
  assertSum(planned, counts, results.runner);
  const { facts } = results;
  return {
    framework: facts?.framework ?? 'unknown', version: facts?.version ?? 'unknown', device: facts?.device ?? 'unknown',
    planned, statuses: counts, findings: groupRunner(results).findings.map((finding) => summariseFinding(finding, evidenceOf(results, finding))),
  };
}

function summariseFinding({ cause, rule, status, known, cases, example, worstRatio, translation }: Finding, evidence: readonly Evidence[]): FindingSummary {
  return {
    cause, rule, status: harnessError(evidence) ?? (known ? 'known' : status), cases, example,
    ...(worstRatio > 0 ? { worstRatio: jsonNumber(worstRatio) } : {}),
    ...(translation === null ? {} : { translation }),
    ...(evidence.length === 0 ? {} : { evidence: evidence.map(({ share, ...check }) => ({ ...check, ...(share === undefined ? {} : { share: jsonNumber(share) }) })) }),
  };
}

function jsonNumber(value: number): number | 'Infinity' {
  return Number.isFinite(value) ? value : 'Infinity';
}
