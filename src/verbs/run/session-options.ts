import { logsFolder } from '../../environments/home.ts';
import type { SessionOptions } from '../../runners/session.ts';
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
