import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  readonly onWait: () => void;
}

const staleMs = 30_000;
const retryMs = 300;

/**
 * Runs `work` while no other process or call holds the lock at `path`. A lock whose holder died is taken over after 30 s. The
 * signal that `work` receives is aborted with the caller's, and when the lock is lost.
 */
export async function withLock<T>(path: string, options: LockOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lost = new AbortController();
  const release = await acquire(path, options, (error) => lost.abort(error));
  try {
    return await work(AbortSignal.any([lost.signal, ...(options.signal ? [options.signal] : [])]));
  } finally {
    await release().catch(() => undefined); // lost locks cannot be released
  }
}

async function acquire(path: string, options: LockOptions, onCompromised: (error: Error) => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    try {
      return await lock(path, { realpath: false, stale: staleMs, update: staleMs / 6, onCompromised });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw error;
      if (attempt === 0) options.onWait();
      await sleep(retryMs, undefined, options.signal ? { signal: options.signal } : {});
    }
  }
}
