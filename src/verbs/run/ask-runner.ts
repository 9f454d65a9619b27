import type { Plan } from '../../cases/plan.ts';
import { judge } from '../../diff/judge.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { logsFolder } from '../../environments/home.ts';
import { failingStatuses } from '../../gate/decide.ts';
import { applicableEntries, type CompiledEntry, consultList } from '../../gate/known-failing.ts';
import type { RunFile } from '../../reports/run-file.ts';
import { claimsSuite } from '../../spec/claims.ts';
import type { CaseLine, RunnerFacts } from '../../reports/run.ts';
import type { Answer, Question } from '../../runners/answer.ts';
import { openSession, type Session } from '../../runners/session.ts';
import { smokeTest } from '../../runners/smoke-test.ts';
import { type Dialect, readDialect } from '../../spec/dialect.ts';
import type { AskedRunner } from './asked-runner.ts';
import { caseRecord } from './case-record.ts';
import type { Expectations } from './expectations.ts';
import type { RunListener, RunOptions } from './options.ts';

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
}

/** One runner's part of a run, which one or several processes share. */
export interface Work {
  readonly runner: AskedRunner;
  /** The next case that nobody has taken. */
  readonly take: () => number | undefined;
  readonly remaining: () => number;
  /** Processes at it now. */
  processes: number;
  interpreter: Promise<string | undefined> | undefined;
  introduced: boolean;
  done: number;
  deviations: number;
  /** The last line on its way to the disk, and what went wrong there. */
  written: Promise<void>;
  failure: Error | undefined;
}

export function createWork(runner: AskedRunner): Work {
  let next = 0;
  return {
    runner, take: () => runner.indices[next++], remaining: () => Math.max(0, runner.indices.length - next),
    processes: 0, interpreter: undefined, introduced: false, done: 0, deviations: 0, written: Promise.resolve(), failure: undefined,
  };
}

/** Interpreter, process, smoke exchange, then cases of the runner's plan until none is left: judged and written as they come. */
export async function serve(work: Work, shared: SharedRun): Promise<void> {
  const { options, listener, signal } = shared;
  const { runner } = work;
  work.interpreter ??= interpreterOf(runner, shared);
  const python = await work.interpreter;
  if (!work.introduced) listener.stage(runner.key, 'starting');
  const session = await openSession(runner.spec, {
    logFolder: logsFolder(options.home), logName: `${runner.key}-${String(work.processes)}`, python, threads: options.threads, device: options.device,
    timeLimitMs: options.timeLimitMs, signal, onProgress: (text) => { listener.stage(runner.key, text); },
  });
  try {
    await smokeTest(session);
    const dialect = readDialect(runner.spec.dialect, session.identity.version);
    const facts = factsOf(runner, session, dialect);
    if (!work.introduced) await shared.file.write(facts);
    work.introduced = true;
    await askCases(work, session, dialect, facts, shared);
  } finally {
    await session.close();
  }
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

/** Asks one session cases of the work until none is left. */
export async function askCases(work: Work, session: Session, dialect: Dialect, facts: RunnerFacts, shared: SharedRun): Promise<void> {
  const entries = applicableEntries(work.runner.entries, { version: facts.version, device: facts.device, capability: facts.cpu.capability, threads: facts.threads });
  const onAnswer = (answer: Answer, { seq }: Question): void => {
    const line = judgeAnswer(seq, answer, work.runner.key, dialect, entries, shared);
    work.written = shared.file.write(line).catch((error: unknown) => { work.failure ??= error as Error; });
    shared.onLine(line);
    work.done += 1;
    if (failingStatuses.includes(line.status)) work.deviations += 1;
    shared.listener.progress(work.runner.key, { done: work.done, planned: work.runner.indices.length, deviations: work.deviations });
  };
  await session.run(questions(work, shared), onAnswer);
  await work.written;
  if (work.failure !== undefined) throw work.failure;
}

function judgeAnswer(index: number, answer: Answer, runner: string, dialect: Dialect, entries: readonly CompiledEntry[], shared: SharedRun): CaseLine {
  const expectation = shared.expectations.at(index);
  const verdict = judge(expectation, answer, dialect);
  const { status, reason } = consultList(expectation.planned.id, verdict, entries);
  return caseRecord(index, runner, expectation, answer, { ...verdict, reason: reason ?? verdict.reason }, status, shared.plan.suite === claimsSuite);
}

async function* questions(work: Work, shared: SharedRun): AsyncGenerator<Question> {
  for (let index = work.take(); index !== undefined; index = work.take()) {
    if (work.failure !== undefined) throw work.failure;
    await work.written; // the disk sets the pace when it is slower than the runner
    yield { seq: index, case: shared.expectations.at(index).case };
  }
}
