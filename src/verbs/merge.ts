import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { planDigest } from '../cases/shard.ts';
import { decideGate, type GateDecision } from '../gate/decide.ts';
import { groupRunner } from '../reports/grouped-run.ts';
import type { ReportFormat } from '../reports/format-names.ts';
import { unpacked } from '../reports/packed-results.ts';
import { createRunFile, runFileName, unwritable } from '../reports/run-file.ts';
import type { CaseLine, CaseResult, EvidenceLine, Run, RunHeader, RunnerFacts, RunnerResults } from '../reports/run.ts';
import { writeReports } from '../reports/write.ts';
import type { Summary } from '../spec/generated/summary.ts';
import { UserError } from '../spec/user-error.ts';
import { mergedFacts, refuseForeign, type ShardRun, sortShards } from './merge/shards.ts';
import { readRunAt } from './report/locate-run.ts';
import { failOnWrongReference } from './run/blame-harness.ts';
import { holdFolder } from './run/hold-folder.ts';
import { createTally } from './run/tally.ts';

export interface MergeOptions {
  readonly out: string;
  readonly formats?: readonly ReportFormat[] | undefined;
}

/** A whole run, made of its parts. */
export interface Merged {
  readonly run: Run;
  readonly summary: Summary;
  readonly decision: GateDecision;
}

/**
 * Joins the shards of one run, and writes what an undivided run would have written.
 *
 * @param places  out folders or run files, in any order
 * @throws {UserError} what `readRun` throws, and MERGE_… where the parts are not those of one whole, each of them once and complete
 */
export async function mergeRuns(places: readonly string[], { out, formats }: MergeOptions): Promise<Merged> {
  const read = [];
  for (const place of places) read.push({ place, run: await readRunAt(place, { observed: true }) });
  const shards = sortShards(read);
  refuseForeign(shards);
  const header = wholeHeader(shards);
  const runners = header.runners.map(({ runner }) => mergeRunner(runner, shards));
  const evidence = runners.flatMap(evidenceOf);
  const { decision, listed } = decide(runners, header, shards, evidence);
  await mkdir(out, { recursive: true }).catch((error: unknown) => { throw unwritable(out, error); });
  const folder = await holdFolder(out);
  try {
    const file = await createRunFile(join(out, runFileName));
    await file.begin(header);
    for (const { facts } of runners) if (facts !== null) await file.write(facts);
    for (const { cases } of runners) for (const line of cases) await file.write(lineOf(line));
    for (const line of evidence) await file.write(line);
    const durationMs = Math.max(...shards.map(({ run }) => run.footer?.durationMs ?? 0));
    await file.write({ type: 'footer', complete: true, gate: decision.gate, reasons: [...decision.reasons], durationMs, listed });
    await file.close();
    const { run, summary } = await writeReports(out, formats);
    return { run, summary, decision };
  } catch (error) {
    throw folder.explain(error);
  } finally {
    await folder.letGo();
  }
}

/** The header that the undivided run would have had. */
function wholeHeader(shards: readonly ShardRun[]): RunHeader {
  const [{ run: { header }, shard: { planned, digest } }] = shards as readonly [ShardRun, ...ShardRun[]];
  const ids: (string | undefined)[] = Array.from({ length: planned });
  for (const { run, shard: { positions } } of shards) for (const [index, position] of positions.entries()) ids[position] = run.header.cases.at(index);
  const cases = ids.flatMap((id) => id ?? []);
  if (cases.length !== planned || planDigest(cases) !== digest) throw new UserError('MERGE_NOT_THE_PLAN', `the parts hold ${String(cases.length)} of the ${String(planned)} cases planned, or others`, 'run the shards again: their files were changed');
  const runners = header.runners.map(({ runner }) => ({ runner, excluded: [...new Set(shards.flatMap(({ run }) => run.header.runners.find((each) => each.runner === runner)?.excluded ?? []))] }));
  return {
    type: 'header', schemaVersion: header.schemaVersion, tool: header.tool, suite: header.suite, seed: header.seed, cases, runners,
    filtered: header.filtered, knownShare: header.knownShare, minimum: header.minimum, strict: header.strict,
    command: header.command.replace(/ --shard[= ]\S+/, ''), startedAt: shards.map(({ run }) => run.header.startedAt).sort()[0] ?? header.startedAt,
  };
}

/** Its cases in plan order, numbered by the whole plan. */
function mergeRunner(runner: string, shards: readonly ShardRun[]): RunnerResults {
  const facts: (RunnerFacts | null)[] = [];
  const cases: CaseResult[] = [];
  for (const { run, shard: { positions } } of shards) {
    const results = run.runners.find((each) => each.runner === runner);
    facts.push(results?.facts ?? null);
    for (const line of results?.cases ?? []) cases.push({ ...unpacked(line), index: positions[line.index] ?? line.index });
  }
  return { runner, facts: mergedFacts(facts), cases: cases.sort((a, b) => a.index - b.index) };
}

/** The line without what a reader added to it. */
function lineOf(result: CaseResult): CaseLine {
  const added: readonly string[] = ['id', 'evidence'];
  return Object.fromEntries(Object.entries(result).filter(([name]) => !added.includes(name))) as unknown as CaseLine;
}

/** That of the findings' smallest cases: each shard looked into its own. */
function evidenceOf(results: RunnerResults): readonly EvidenceLine[] {
  const examples = new Set(groupRunner(results).findings.map(({ example }) => example));
  return results.cases.flatMap(({ id, index, evidence }) => (evidence === undefined || !examples.has(id) ? [] : [{ type: 'evidence', index, runner: results.runner, checks: evidence }]));
}

function decide(runners: readonly RunnerResults[], header: RunHeader, shards: readonly ShardRun[], evidence: readonly EvidenceLine[]) {
  const tally = createTally();
  for (const { cases } of runners) for (const line of cases) tally.add(line);
  const planned = runners.reduce((sum, { cases }) => sum + cases.length, 0);
  const listed = shards[0]?.run.footer?.listed ?? { unmatched: [], expired: [] };
  const decided = decideGate({
    counts: tally.counts(planned), planned, knownShare: header.filtered ? null : header.knownShare, strict: header.strict, grading: tally.grading(), ...listed,
  });
  return { decision: failOnWrongReference(decided, evidence), listed };
}
