import type { Plan } from '../../cases/plan.ts';
import { judge } from '../../diff/judge.ts';
import type { Status } from '../../diff/verdict.ts';
import { ensureEnvironment } from '../../environments/ensure.ts';
import { logsFolder } from '../../environments/home.ts';
import { failingStatuses } from '../../gate/decide.ts';
import { applicableEntries, type CompiledEntry, consultList } from '../../gate/known-failing.ts';
import type { RunFile } from '../../reports/run-file.ts';
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

/** The last line on its way to the disk, and what went wrong there. */
interface Written {
  last: Promise<void>;
  failure: Error | undefined;
}

/** Interpreter, process, smoke exchange, then every case of the runner's plan: judged and written as it comes. */
export async function askRunner(runner: AskedRunner, shared: SharedRun): Promise<void> {
  const { options, listener, signal } = shared;
  const python = await interpreterOf(runner, shared);
  listener.stage(runner.key, 'starting');
  const session = await openSession(runner.spec, {
    logFolder: logsFolder(options.home), logName: runner.key, python, threads: options.threads, device: options.device,
    timeLimitMs: options.timeLimitMs, signal, onProgress: (text) => { listener.stage(runner.key, text); },
  });
  try {
    await smokeTest(session);
    const dialect = readDialect(runner.spec.dialect, session.identity.version);
    const facts = factsOf(runner, session, dialect);
    await shared.file.write(facts);
    await askCases(runner, session, dialect, facts, shared);
  } finally {
    await session.close();
  }
}

async function interpreterOf(runner: AskedRunner, { options, listener, signal }: SharedRun): Promise<string | undefined> {
  if (runner.interpreter !== null) return runner.interpreter;
  const { environment } = runner.spec;
  if (environment === undefined) return undefined;
  listener.stage(runner.key, 'looking for its environment');
  const onProgress = (text: string) => { listener.stage(runner.key, text); };
  const { python } = await ensureEnvironment(environment, { home: options.home, onProgress, signal });
  return python;
}

function factsOf(runner: AskedRunner, { identity }: Session, dialect: Dialect): RunnerFacts {
  const { framework, version, build, language, device, cpu, threads } = identity;
  return {
    type: 'runner', runner: runner.key, framework, version, build, language, device, cpu, threads,
    interpreter: runner.interpreter === null ? 'environment' : 'user',
    dialect: { framework: dialect.framework, versions: dialect.range, assumed: dialect.assumed },
  };
}

async function askCases(runner: AskedRunner, session: Session, dialect: Dialect, facts: RunnerFacts, shared: SharedRun): Promise<void> {
  const entries = applicableEntries(runner.entries, { version: facts.version, device: facts.device, capability: facts.cpu.capability, threads: facts.threads });
  const written: Written = { last: Promise.resolve(), failure: undefined };
  const tally = { done: 0, planned: runner.indices.length, deviations: 0 };
  const onAnswer = (answer: Answer, { seq }: Question): void => {
    const status = writeAnswer(seq, answer, runner, dialect, entries, shared, (promise) => {
      written.last = promise.catch((error: unknown) => { written.failure ??= error as Error; });
    });
    tally.done += 1;
    if (failingStatuses.includes(status)) tally.deviations += 1;
    shared.listener.progress(runner.key, tally);
  };
  await session.run(questions(runner, shared, written), onAnswer);
  await written.last;
  if (written.failure !== undefined) throw written.failure;
}

function writeAnswer(
  index: number, answer: Answer, runner: AskedRunner, dialect: Dialect, entries: readonly CompiledEntry[], shared: SharedRun, onWrite: (promise: Promise<void>) => void,
): Status {
  const expectation = shared.expectations.at(index);
  const verdict = judge(expectation, answer, dialect);
  const { status, reason } = consultList(expectation.planned.id, verdict, entries);
  const line = caseRecord(index, runner.key, expectation, answer, { ...verdict, reason: reason ?? verdict.reason }, status);
  onWrite(shared.file.write(line));
  shared.onLine(line);
  return status;
}

async function* questions(runner: AskedRunner, shared: SharedRun, written: Readonly<Written>): AsyncGenerator<Question> {
  for (const index of runner.indices) {
    if (written.failure !== undefined) throw written.failure;
    await written.last; // the disk sets the pace when it is slower than the runner
    yield { seq: index, case: shared.expectations.at(index).case };
  }
}
