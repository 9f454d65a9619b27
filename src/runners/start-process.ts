import { env } from 'node:process';
import { childEnvironment } from './child-environment.ts';
import { type Launch, type RunnerProcess, spawnRunner } from './runner-process.ts';
import { openStderrLog, type StderrLog } from './stderr-log.ts';

/** What a session needs to know of a runner. */
export interface SessionRunner {
  /** Used in messages. */
  readonly id: string;
  readonly launch: Launch;
}

/** What the process of a runner is started with. */
export interface ProcessOptions {
  /** Folder for the runner's stderr, and the working folder of a Python runner. */
  readonly logFolder: string;
  /** Name of the log, the runner's id by default; several sessions of one runner need several. */
  readonly logName?: string | undefined;
  /** Interpreter of a Python runner; python3 on PATH by default. */
  readonly python?: string | undefined;
  /** Variables for the runner beside the usual ones; an undefined value removes one. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
}

/** A process of which nothing has been asked, and where its stderr goes. */
export interface StartedProcess {
  readonly process: RunnerProcess;
  readonly log: StderrLog;
}

/** Starts a process for a session to come: it loads its framework while what a session needs is read. */
export function startProcess(runner: SessionRunner, options: ProcessOptions): StartedProcess {
  const log = openLog(runner, options);
  return { process: spawnFor(runner, options, log), log };
}

export function openLog(runner: SessionRunner, { logFolder, logName }: ProcessOptions): StderrLog {
  return openStderrLog(logFolder, logName ?? runner.id);
}

export function spawnFor({ launch }: SessionRunner, { logFolder, python, variables }: ProcessOptions, log: StderrLog): RunnerProcess {
  log.mark();
  return spawnRunner(launch, { python: python ?? 'python3', folder: logFolder, variables: childEnvironment(env, variables), stderrDescriptor: log.descriptor });
}
