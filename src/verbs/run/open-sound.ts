import { logsFolder } from '../../environments/home.ts';
import { openSession, type Session, type SessionOptions, type SessionRunner } from '../../runners/session.ts';
import { smokeTest } from '../../runners/smoke-test.ts';
import type { RunListener, RunOptions } from './options.ts';

/** What a run tells a runner's process. */
export interface SoundOptions {
  readonly options: RunOptions;
  readonly listener: RunListener;
  readonly signal: AbortSignal;
}

/** @param process  number of the process among those of the runner, from 1 */
export function sessionOptionsOf(key: string, process: number, python: string | undefined, { options, listener, signal }: SoundOptions): SessionOptions {
  return {
    logFolder: logsFolder(options.home), logName: `${key}-${String(process)}`, python, threads: options.threads, device: options.device,
    timeLimitMs: options.timeLimitMs, signal, onProgress: (text) => { listener.stage(key, text); },
  };
}

/** A session whose runner has passed the smoke exchange. */
export async function openSound(runner: SessionRunner, options: SessionOptions): Promise<Session> {
  const session = await openSession(runner, options);
  try {
    await smokeTest(session);
    return session;
  } catch (error) {
    await session.close();
    throw error;
  }
}
