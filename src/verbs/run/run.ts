import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { recordedCosts } from '../../cases/costs.ts';
import type { Plan } from '../../cases/plan.ts';
import { planDigest, type ShardName, shardOf } from '../../cases/shard.ts';
import { decideGate, type GateDecision } from '../../gate/decide.ts';
import { createRunFile, runFileName, unwritable } from '../../reports/run-file.ts';
import type { CaseLine, RunHeader } from '../../reports/run.ts';
import { removeAbandoned } from '../../runners/exchange-folder.ts';
import { readRules } from '../../spec/rules.ts';
import { UserError } from '../../spec/user-error.ts';
import { type Baseline, openBaseline } from '../diff/baseline.ts';
import { loadPlan, selectFrom } from '../load-plan.ts';
import { runnersAsked } from '../runners-folder.ts';
import type { SharedRun } from './ask-runner.ts';
import { type AskedRunner, askRunners } from './asked-runner.ts';
import { openBlame } from './blame.ts';
import { failOnWrongReference } from './blame-harness.ts';
import { createExpectations, type Keep, keptForOne } from './expectations.ts';
import type { HeadStart } from './head-start.ts';
import { headerOf, idsOf } from './header.ts';
import { holdFolder } from './hold-folder.ts';
import { type Listed, listedOf } from './listed.ts';
import type { RunListener, RunOptions, RunOutcome } from './options.ts';
import { readRerun } from './rerun.ts';
import { readResumed, type Resumed } from './resume.ts';
import { askAll } from './schedule.ts';
import { createTally, type Tally } from './tally.ts';

/**
 * Asks every runner every case of its plan, judges, writes the out folder and decides the gate.
 *
 * An abort or a broken runner loses nothing: what was measured is in the files, the rest is `not-run`.
 *
 * @param ahead  runner processes that are on their way already; whoever started them ends those that are left
 * @throws {UserError} for bad input, before anything is asked; for an environment or a runner that is broken, after the files are written
 */
export async function run(options: RunOptions, listener: RunListener, signal: AbortSignal, ahead?: HeadStart): Promise<RunOutcome> {
  readRules(); // what the reports will need must not fail after the measurement
  removeAbandoned(); // here, since a run that is resumed may have nothing left to ask
  if (options.resume) return resume(options, listener, signal);
  if (options.rerun !== undefined) return rerun(options.rerun, options, listener, signal, ahead);
  const plan = selectFrom(loadPlan(options.suite, options.seed), options.select);
  return options.shard === undefined ? runPlan(plan, options, listener, signal, { ahead }) : runShard(plan, options.shard, options, listener, signal, ahead);
}

/** The whole plan must be there before it is cut. */
async function runShard(whole: Plan, name: ShardName, options: RunOptions, listener: RunListener, signal: AbortSignal, ahead: HeadStart | undefined): Promise<RunOutcome> {
  const asked = await askRunners(runnersAsked(options.runners), options.python, whole, options.known);
  refuseSmallPlans(asked, whole, isPart(options, {}));
  const { plan, positions } = shardOf(whole, name, recordedCosts(asked.map(({ spec }) => spec.id)));
  const digest = planDigest(idsOf(whole));
  return runPlan(plan, options, listener, signal, { shard: { ...name, planned: whole.cases.length, digest, positions }, ahead });
}

/** Goes on with the run in the out folder, which says what was asked of whom. */
async function resume(options: RunOptions, listener: RunListener, signal: AbortSignal): Promise<RunOutcome> {
  const resumed = await readResumed(options.out);
  const { header, plan } = resumed;
  const asked = { ...options, runners: header.runners.map(({ runner }) => namedBy(runner)), seed: header.seed, suite: header.suite, strict: header.strict, command: header.command };
  return runPlan(plan, asked, listener, signal, { resumed, shard: header.shard });
}

/** Asks again what failed in an earlier run, of whom it asked unless others are named. */
async function rerun(place: string, options: RunOptions, listener: RunListener, signal: AbortSignal, ahead: HeadStart | undefined): Promise<RunOutcome> {
  const { header, plan } = await readRerun(place, options.strict);
  const runners = options.runners.length > 0 ? options.runners : header.runners.map(({ runner }) => namedBy(runner));
  return runPlan(selectFrom(plan, options.select), { ...options, runners, suite: header.suite, seed: header.seed }, listener, signal, { ahead });
}

/** `pytorch@user` is the runner that --python names. */
function namedBy(key: string): string {
  return key.endsWith('@user') ? key.slice(0, -'@user'.length) : key;
}

/** How a plan that is no suite's is run, or a part of one. */
export interface OwnPlan {
  /** No known-failing list is consulted: lists speak of the cases of suites. */
  readonly unlisted?: boolean;
  readonly keep?: Keep;
  readonly shard?: RunHeader['shard'];
  /** What was measured before. */
  readonly resumed?: Resumed;
  readonly ahead?: HeadStart | undefined;
}

/** As `run`, of a plan that is made already. */
export async function runPlan(plan: Plan, options: RunOptions, listener: RunListener, signal: AbortSignal, own: OwnPlan = {}): Promise<RunOutcome> {
  const asked = await askRunners(runnersAsked(options.runners), options.python, plan, options.known);
  const runners = own.unlisted === true ? asked.map((runner) => ({ ...runner, entries: [] })) : asked;
  refuseSmallPlans(runners, plan, isPart(options, own));
  refuseOtherRunners(runners, own.resumed);
  const baseline = options.baseline === undefined ? null : await openBaseline(options.baseline, runners.map(({ key }) => key), (index) => plan.cases[index]?.id ?? '', options.strict);
  await mkdir(options.out, { recursive: true }).catch((error: unknown) => { throw unwritable(options.out, error); });
  const folder = await holdFolder(options.out);
  try {
    return await measure({ plan, runners, baseline, own }, options, listener, AbortSignal.any([signal, folder.lost]));
  } catch (error) {
    throw folder.explain(error);
  } finally {
    await folder.letGo();
  }
}

/** A run whose input is known to be good. */
interface Measurement {
  readonly plan: Plan;
  readonly runners: readonly AskedRunner[];
  readonly baseline: Baseline | null;
  readonly own: OwnPlan;
}

async function measure({ plan, runners, baseline, own }: Measurement, options: RunOptions, listener: RunListener, signal: AbortSignal): Promise<RunOutcome> {
  const [started, began] = [Date.now(), performance.now()]; // the clock of the wall may be set meanwhile
  const file = await createRunFile(join(options.out, runFileName), own.resumed?.keep);
  if (own.resumed === undefined) await file.begin(headerOf(plan, runners, own.shard, options, started));
  const tally = createTally();
  const limit = stopAfter(options.maxFailures, tally, signal);
  const shared = { plan, options, listener, expectations: createExpectations(plan.cases, plan.seed, own.keep ?? (runners.length === 1 ? keptForOne : undefined)), file, signal: limit.signal, earlier: own.resumed?.earlier, ahead: own.ahead };
  const blame = openBlame(runners, shared);
  let writing: ReturnType<typeof importWriting> | undefined;
  const onLine = (line: CaseLine): void => { blame.add(line); baseline?.add(line); limit.onLine(line); writing ??= importWriting(); };
  for (const { lines } of own.resumed?.earlier.values() ?? []) lines.forEach(onLine);
  const failures = await askAll(runners, { ...shared, onLine }).finally(shared.expectations.close);
  const complete = failures.length === 0;
  const evidence = await blame.evidence();
  for (const line of evidence) await file.write(line);
  const listed = listedOf(runners.flatMap(({ entries }) => entries), plan);
  const decided = failOnWrongReference(decide(runners, { plan, own, listed }, options, tally), evidence);
  const decision = baseline?.decide(decided) ?? decided;
  await file.write({ type: 'footer', complete, gate: decision.gate, reasons: [...decision.reasons], durationMs: Math.round(performance.now() - began), listed });
  await file.close();
  const dialects = new Map(runners.map(({ key, spec }) => [key, spec.dialect]));
  const writeResults = await (writing ?? importWriting());
  const { run: measured, summary, comparison, reproducers } = await writeResults(options, baseline, { dialects, expectationAt: shared.expectations.at });
  const [failure] = failures;
  if (failure !== undefined && !limit.signal.aborted) throw failure;
  return { run: measured, summary, decision, complete, reproducers, changes: comparison };
}

/** What a run needs at its end is read once the first results are there: before, it would keep the framework from starting. */
async function importWriting() {
  return (await import('./finish.ts')).writeResults;
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

/** Whether not all of a suite is asked, so that its minimum and its shares say nothing. */
function isPart({ select, rerun: again }: RunOptions, { shard, resumed }: OwnPlan): boolean {
  return select.length > 0 || again !== undefined || shard !== undefined || resumed?.header.filtered === true;
}

function refuseSmallPlans(runners: readonly AskedRunner[], plan: Plan, part: boolean): void {
  const least = part ? 1 : plan.minimum;
  const small = runners.find(({ indices }) => indices.length < least);
  if (small === undefined) return;
  const hint = small.excluded.length > 0
    ? `its adapter does not speak ${small.excluded.join(', ')}: select cases of other layers`
    : 'the suite has lost cases: restore them, or change its recorded minimum in a commit that says why';
  throw new UserError('PLAN_TOO_SMALL', `${small.key} would be asked ${String(small.indices.length)} cases of suite '${plan.suite}', expected at least ${String(least)}`, hint);
}

/** @throws {UserError} RESUME_OTHER_RUNNERS */
function refuseOtherRunners(runners: readonly AskedRunner[], resumed: Resumed | undefined): void {
  if (resumed === undefined) return;
  const [before, now] = [resumed.header.runners.map(({ runner }) => runner), runners.map(({ key }) => key)];
  if (before.join() === now.join()) return;
  throw new UserError('RESUME_OTHER_RUNNERS', `the run asks ${before.join(', ')}, not ${now.join(', ')}`, 'give the same --python as it had');
}

function decide(runners: readonly AskedRunner[], { plan, own, listed }: Pick<Measurement, 'plan' | 'own'> & { readonly listed: Listed }, options: RunOptions, tally: Tally): GateDecision {
  const planned = runners.reduce((sum, { indices }) => sum + indices.length, 0);
  return decideGate({ counts: tally.counts(planned), planned, knownShare: isPart(options, own) ? null : plan.knownShare, strict: options.strict, grading: tally.grading(), ...listed });
}
