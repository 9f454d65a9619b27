import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Plan } from '../../cases/plan.ts';
import { decideGate, type GateDecision } from '../../gate/decide.ts';
import { expiredEntries, unmatchedEntries } from '../../gate/known-failing.ts';
import { schemaVersion } from '../../reports/read-run.ts';
import { createRunFile, runFileName, unwritable } from '../../reports/run-file.ts';
import type { RunHeader } from '../../reports/run.ts';
import { writeReports } from '../../reports/write.ts';
import { readRules } from '../../spec/rules.ts';
import { UserError } from '../../spec/user-error.ts';
import { openBaseline } from '../diff/baseline.ts';
import { compareRuns } from '../diff/compare.ts';
import { catalogueIds, loadPlan, selectFrom } from '../load-plan.ts';
import { writeReproducers } from '../reproduce/findings.ts';
import { toolVersion } from '../tool.ts';
import type { SharedRun } from './ask-runner.ts';
import { type AskedRunner, askRunners } from './asked-runner.ts';
import { openBlame } from './blame.ts';
import { failOnWrongReference } from './blame-harness.ts';
import { createExpectations, type Keep } from './expectations.ts';
import type { RunListener, RunOptions, RunOutcome } from './options.ts';
import { askAll } from './schedule.ts';
import { createTally, type Tally } from './tally.ts';

/** Runners of a run that names none. */
export const defaultRunners: readonly string[] = ['pytorch', 'mindspore'];

/**
 * Asks every runner every case of its plan, judges, writes the out folder and decides the gate.
 *
 * An abort or a broken runner loses nothing: what was measured is in the files, the rest is `not-run`.
 *
 * @throws {UserError} for bad input, before anything starts; for an environment or a runner that is broken, after the files are written
 */
export async function run(options: RunOptions, listener: RunListener, signal: AbortSignal): Promise<RunOutcome> {
  readRules(); // what the reports will need must not fail after the measurement
  return runPlan(selectFrom(loadPlan(options.suite, options.seed), options.select), options, listener, signal);
}

/** How a plan that is no suite's is run. */
export interface OwnPlan {
  /** No known-failing list is consulted: lists speak of the cases of suites. */
  readonly unlisted?: boolean;
  readonly keep?: Keep;
}

/** As `run`, of a plan that is made already. */
export async function runPlan(plan: Plan, options: RunOptions, listener: RunListener, signal: AbortSignal, { unlisted = false, keep }: OwnPlan = {}): Promise<RunOutcome> {
  const asked = await askRunners(options.runners.length > 0 ? options.runners : defaultRunners, options.python, plan, options.known);
  const runners = unlisted ? asked.map((runner) => ({ ...runner, entries: [] })) : asked;
  refuseSmallPlans(runners, plan, options);
  const baseline = options.baseline === undefined ? null : await openBaseline(options.baseline, runners.map(({ key }) => key), plan.cases.map(({ id }) => id), options.strict);
  await mkdir(options.out, { recursive: true }).catch((error: unknown) => { throw unwritable(options.out, error); });
  const started = Date.now();
  const file = await createRunFile(join(options.out, runFileName));
  await file.write(headerOf(plan, runners, options, started));
  const tally = createTally();
  const limit = stopAfter(options.maxFailures, tally, signal);
  const shared = { plan, options, listener, expectations: createExpectations(plan.cases, plan.seed, keep), file, signal: limit.signal };
  const blame = openBlame(runners, shared);
  const failures = await askAll(runners, { ...shared, onLine: (line) => { blame.add(line); baseline?.add(line); limit.onLine(line); } });
  const complete = failures.length === 0;
  const evidence = await blame.evidence();
  for (const line of evidence) await file.write(line);
  const decided = failOnWrongReference(decide(runners, plan, options, tally), evidence);
  const decision = baseline?.decide(decided) ?? decided;
  await file.write({ type: 'footer', complete, gate: decision.gate, reasons: [...decision.reasons], durationMs: Date.now() - started });
  await file.close();
  const written = await writeReports(options.out, options.formats);
  const dialects = new Map(runners.map(({ key, spec }) => [key, spec.dialect]));
  const reproducers = await writeReproducers(written.run, options.out, { dialects, expectationAt: shared.expectations.at });
  const [failure] = failures;
  if (failure !== undefined && !limit.signal.aborted) throw failure;
  return { ...written, decision, complete, reproducers, changes: baseline === null ? null : compareRuns(baseline.run, written.run) };
}

/** Follows the user's own signal, and stops the run when so many cases have failed. */
function stopAfter(maxFailures: number | undefined, tally: Tally, signal: AbortSignal): Pick<SharedRun, 'signal' | 'onLine'> {
  const controller = new AbortController();
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    onLine: (line) => {
      tally.add(line);
      if (maxFailures !== undefined && tally.failures() >= maxFailures) controller.abort();
    },
  };
}

function refuseSmallPlans(runners: readonly AskedRunner[], plan: Plan, options: RunOptions): void {
  const least = options.select.length > 0 ? 1 : plan.minimum;
  const small = runners.find(({ indices }) => indices.length < least);
  if (small === undefined) return;
  const hint = small.excluded.length > 0
    ? `its adapter does not speak ${small.excluded.join(', ')}: select cases of other layers`
    : 'the suite has lost cases: restore them, or change its recorded minimum in a commit that says why';
  throw new UserError('PLAN_TOO_SMALL', `${small.key} would be asked ${String(small.indices.length)} cases of suite '${plan.suite}', expected at least ${String(least)}`, hint);
}

function headerOf(plan: Plan, runners: readonly AskedRunner[], options: RunOptions, started: number): RunHeader {
  return {
    type: 'header', schemaVersion, tool: { name: 'bn-conformance', version: toolVersion() }, suite: plan.suite, seed: plan.seed,
    cases: plan.cases.map(({ id }) => id), runners: runners.map(({ key, excluded }) => ({ runner: key, excluded: [...excluded] })),
    filtered: options.select.length > 0, knownShare: plan.knownShare, minimum: plan.minimum, strict: options.strict,
    command: options.command, startedAt: new Date(started).toISOString(),
  };
}

function decide(runners: readonly AskedRunner[], plan: Plan, options: RunOptions, tally: Tally): GateDecision {
  const planned = runners.reduce((sum, { indices }) => sum + indices.length, 0);
  const entries = runners.flatMap((runner) => runner.entries);
  return decideGate({
    counts: tally.counts(planned), planned, knownShare: options.select.length > 0 ? null : plan.knownShare, strict: options.strict, grading: tally.grading(),
    unmatched: unmatchedEntries(entries, catalogueIds(plan)),
    expired: expiredEntries(entries, new Date().toISOString().slice(0, 10)),
  });
}
