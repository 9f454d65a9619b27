import { setImmediate } from 'node:timers/promises';
import type { Plan } from '../../cases/plan.ts';
import { type Expectation, judge, judgeOrLater } from '../../diff/judge.ts';
import type { Verdict } from '../../diff/verdict.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { failingStatuses } from '../../gate/decide.ts';
import { applicableEntries, type CompiledEntry, consultList } from '../../gate/known-failing.ts';
import type { RunFile } from '../../reports/run-file.ts';
import { encodeLine } from '../../reports/run-lines.ts';
import { claimsSuite } from '../../spec/claims.ts';
import type { CaseLine, RunnerFacts } from '../../reports/run.ts';
import type { Answer, Question } from '../../runners/answer.ts';
import { giveBack } from '../../runners/read-memory.ts';
import type { Session } from '../../runners/session.ts';
import { type Dialect, readDialects } from '../../spec/dialect.ts';
import { UserError } from '../../spec/user-error.ts';
import type { AskedRunner } from './asked-runner.ts';
import { caseRecord } from './case-record.ts';
import { countElementsOf, type Expectations } from './expectations.ts';
import type { HeadStart } from './head-start.ts';
import { openSound } from './open-sound.ts';
import type { RunListener, RunOptions } from './options.ts';
import { sessionOptionsOf } from './session-options.ts';
import { createTurns, type Job, type Turns } from './turns.ts';
import { createQueue, type Queue } from './queue.ts';

/** What a runner answered before the run was interrupted. */
export interface EarlierResults {
  /** Null when it was not there yet. */
  readonly facts: RunnerFacts | null;
  readonly lines: readonly CaseLine[];
}

/** What all runners of one run share. */
export interface SharedRun {
  readonly plan: Plan;
  readonly options: RunOptions;
  readonly listener: RunListener;
  readonly expectations: Expectations;
  readonly file: RunFile;
  readonly signal: AbortSignal;
  /** Told of each case as its line is written. */
  readonly onLine: (line: CaseLine) => void;
  /** What an interrupted run has measured; by runner. */
  readonly earlier?: ReadonlyMap<string, EarlierResults> | undefined;
  /** Processes that are on their way already. */
  readonly ahead?: HeadStart | undefined;
}

/** One runner's part of a run, which one or several processes share. */
export interface Work {
  readonly runner: AskedRunner;
  readonly queue: Queue;
  /** The first process has begun. */
  begun: boolean;
  /** Processes at it now. */
  processes: number;
  interpreter: Promise<string | undefined> | undefined;
  introduced: boolean;
  /** Who it was before the run was interrupted; null when it was not there. */
  readonly facts: RunnerFacts | null;
  done: number;
  deviations: number;
  /** The last line on its way to the disk, and what went wrong there. */
  written: Promise<void>;
  failure: Error | undefined;
}

/**
 * @param isCostly  which cases only one process is asked, by index
 * @param isQuick   which are asked first
 */
export function createWork(runner: AskedRunner, isCostly: (index: number) => boolean, { facts, lines }: EarlierResults = { facts: null, lines: [] }, isQuick: (index: number) => boolean = () => false): Work {
  const answered = new Set(lines.map(({ index }) => index));
  const open = answered.size === 0 ? runner.indices : runner.indices.filter((index) => !answered.has(index));
  return {
    runner, queue: createQueue(open, isCostly, isQuick), begun: false,
    processes: 0, interpreter: undefined, introduced: false, facts, done: answered.size, deviations: lines.filter(({ status }) => failingStatuses.includes(status)).length,
    written: Promise.resolve(), failure: undefined,
  };
}

/** Interpreter, process, smoke exchange, then cases of the runner's plan until none is left: judged and written as they come. */
export async function serve(work: Work, shared: SharedRun): Promise<void> {
  const { listener, signal } = shared;
  const { runner } = work;
  const isFirst = !work.begun;
  work.begun = true;
  const python = await (work.interpreter ??= interpreterOf(runner, shared));
  if (!work.introduced) listener.stage(runner.key, 'starting');
  const dialectAt = readDialects(runner.spec.dialect); // while a framework that is on its way already is loaded
  const open = () => openSound(runner.spec, sessionOptionsOf(runner.key, work.processes, python, shared));
  const ahead = isFirst ? shared.ahead?.take(runner.key, python, signal) : undefined;
  const session = await Promise.resolve(ahead).then((started) => started ?? open()).catch(async (error: unknown) => {
    if (!await isRepaired(runner, error, shared)) throw error;
    return open();
  });
  try {
    const dialect = dialectAt(session.identity.version);
    const facts = factsOf(runner, session, dialect);
    refuseOther(work.facts, facts);
    if (!work.introduced && work.facts === null) await shared.file.write(facts);
    work.introduced = true;
    await askCases({ work, isFirst }, session, dialect, facts, shared);
  } finally {
    await session.close();
  }
}

/** A runner that does not start may lack a file of its environment, which is then made anew. */
async function isRepaired({ interpreter, spec: { environment }, key }: AskedRunner, error: unknown, { options, listener, signal }: SharedRun): Promise<boolean> {
  const isBroken = error instanceof UserError && error.code === 'RUNNER_BROKEN';
  if (!isBroken || interpreter !== null || environment === undefined || signal.aborted) return false;
  const onProgress = (text: string) => { listener.stage(key, text); };
  return (await ensureEnvironment(environment, { home: options.home, onProgress, signal, suspect: true })).created;
}

/** @throws {UserError} RESUME_OTHER_RUNNER: results of two installations do not make one run */
function refuseOther(before: RunnerFacts | null, now: RunnerFacts): void {
  if (before === null) return;
  const written = JSON.parse(encodeLine(now)) as RunnerFacts;
  const changed = (Object.keys(written) as (keyof RunnerFacts)[]).find((name) => JSON.stringify(before[name]) !== JSON.stringify(written[name]));
  if (changed === undefined) return;
  throw new UserError('RESUME_OTHER_RUNNER', `${now.runner}: ${changed} is ${JSON.stringify(written[changed])} now, the run began with ${JSON.stringify(before[changed])}`, 'go on where it began, with the same --threads, --device and --python, or start anew without --resume');
}

/** The interpreter that the user named, or that of the runner’s own environment. */
export async function interpreterOf(runner: AskedRunner, { options, listener, signal }: Pick<SharedRun, 'options' | 'listener' | 'signal'>): Promise<string | undefined> {
  if (runner.interpreter !== null) return runner.interpreter;
  const { environment } = runner.spec;
  if (environment === undefined) return undefined;
  listener.stage(runner.key, 'looking for its environment');
  const onProgress = (text: string) => { listener.stage(runner.key, text); };
  const { python } = await ensureEnvironment(environment, { home: options.home, onProgress, signal });
  return python;
}

/** Who a started runner is, as the run file says it. */
export function factsOf(runner: AskedRunner, { identity }: Session, dialect: Dialect): RunnerFacts {
  const { framework, version, build, language, device, cpu, threads } = identity;
  return {
    type: 'runner', runner: runner.key, framework, version, build, language, device, cpu, threads,
    interpreter: runner.interpreter === null ? 'environment' : 'user',
    dialect: { framework: dialect.framework, versions: dialect.range, assumed: dialect.assumed },
  };
}

/** One process and the work that it has a part in. */
export interface Part {
  readonly work: Work;
  readonly isFirst: boolean;
}

/**
 * Answers that wait to be judged, in input elements; a small case takes as much memory as so many. What a runner has in flight keeps it
 * busy; of what waits besides, much outlives the collector's young generation, and collecting that takes more than judging it.
 */
const mostWaiting = { jobs: 2 ** 13, rests: 2 ** 17 };
const smallCase = 512;

/** Asks one session cases of the work until none is left for it. */
export async function askCases({ work, isFirst }: Part, session: Session, dialect: Dialect, facts: RunnerFacts, shared: SharedRun): Promise<void> {
  const entries = applicableEntries(work.runner.entries, { version: facts.version, device: facts.device, capability: facts.cpu.capability, threads: facts.threads });
  const { expectations } = shared;
  const [large, waiting] = [new Set<number>(), new Set<Promise<void>>()]; // large cases, asked and not judged: their expectations come from worker threads
  const record = (index: number, answer: Answer, expectation: Expectation, verdict: Verdict): void => {
    const line = lineOf(index, answer, work.runner.key, verdict, entries, expectation, shared);
    work.written = shared.file.write(line).catch((error: unknown) => { work.failure ??= error as Error; });
    shared.onLine(line);
    count(work, line, shared.listener);
  };
  const fail = (error: unknown): void => { work.failure ??= error as Error; };
  const judging = createTurns(mostWaiting, fail);
  const verdictOn = shared.options.maxFailures === undefined ? judgeOrLater : judge; // who waits for a failure is told at once
  const onAnswer = (answer: Answer, { seq }: Question): void => {
    const expectation = expectations.of(seq);
    if (!(expectation instanceof Promise)) {
      const finish = (verdict: Verdict): void => {
        record(seq, answer, expectation, verdict);
        expectations.release(seq);
      };
      judging.add(countElementsOf(expectation) + smallCase, () => finishOrLeave(verdictOn(expectation, answer, dialect), finish));
      return;
    }
    const judged = expectation.then((own) => { record(seq, answer, own, judge(own, answer, dialect)); }).catch(fail).finally(() => {
      waiting.delete(judged);
      giveBack(answer);
      if (large.delete(seq)) expectations.release(seq);
    });
    waiting.add(judged);
  };
  try {
    await session.run(questions({ work, isFirst }, large, shared, judging), onAnswer);
  } finally {
    await Promise.all([judging.done(), ...waiting]); // what was answered counts, whatever happened since
    for (const index of large) expectations.release(index);
  }
  await work.written;
  if (work.failure !== undefined) throw work.failure;
}

function count(work: Work, { status }: CaseLine, listener: RunListener): void {
  work.done += 1;
  if (failingStatuses.includes(status)) work.deviations += 1;
  listener.progress(work.runner.key, { done: work.done, planned: work.runner.indices.length, deviations: work.deviations });
}

/** A verdict that is there is recorded; one that takes long is left for later. */
function finishOrLeave(verdict: Verdict | (() => Verdict), finish: (verdict: Verdict) => void): ReturnType<Job> {
  if (typeof verdict === 'function') return () => { finish(verdict()); };
  finish(verdict);
  return undefined;
}

function lineOf(index: number, answer: Answer, runner: string, verdict: Verdict, entries: readonly CompiledEntry[], expectation: Expectation, shared: SharedRun): CaseLine {
  const { status, reason } = consultList(expectation.case.id, verdict, entries);
  return caseRecord(index, runner, expectation, answer, { ...verdict, reason: reason ?? verdict.reason }, status, shared.plan.suite === claimsSuite);
}

/** What was asked so far goes to the runner as a batch: two turns of the event loop pass without a further case. */
async function aTurn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** @param large  to which the large cases are added as they are asked */
async function* questions({ work, isFirst }: Part, large: Set<number>, shared: SharedRun, judging: Turns): AsyncGenerator<Question> {
  for (let index = work.queue.take(isFirst); index !== undefined; index = work.queue.take(isFirst)) {
    if (work.failure !== undefined) throw work.failure;
    await work.written; // the disk sets the pace when it is slower than the runner
    await judging.room();
    const question = shared.expectations.ask(index);
    if (question instanceof Promise) large.add(index);
    yield { seq: index, case: question instanceof Promise ? await question : question };
    if (work.queue.pauses()) await aTurn();
  }
}
