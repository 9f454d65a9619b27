import type { RunListener, RunOptions } from './options.ts';

/** Options of a run as the command line would fill them in, changed where a test says so. */
export function runOptions(change: Partial<RunOptions> & Pick<RunOptions, 'out' | 'home'>): RunOptions {
  return {
    suite: 'smoke', runners: [], python: {}, select: [], strict: false, jobs: 2, threads: 1, device: 'cpu', timeLimitMs: 60_000, command: 'bn-conformance run', ...change,
  };
}

/** A listener that hears nothing. */
export const silentListener: RunListener = { stage: () => undefined, progress: () => undefined };
