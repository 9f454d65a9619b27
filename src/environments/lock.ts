import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { writeAnew } from '../spec/write-anew.ts';
import { ownHolder, stateOf } from './holder.ts';

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  readonly onWait: () => void;
}

/** A holder of whom nobody can say whether it lives, such as one on another machine, counts as dead after so long without a sign. */
const staleMs = 30_000;
const retryMs = 300;

/**
 * Runs `work` while no other process or call holds the lock at `path`. A lock whose holder died is taken over. The signal that
 * `work` receives is aborted with the caller's, and when the lock is lost.
 */
export async function withLock<T>(path: string, options: LockOptions, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lost = new AbortController();
  const release = await acquire(path, options, (error) => lost.abort(error));
  try {
    return await work(AbortSignal.any([lost.signal, ...(options.signal ? [options.signal] : [])]));
  } finally {
    await release();
  }
}

async function acquire(path: string, options: LockOptions, onLost: (error: Error) => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    options.signal?.throwIfAborted();
    const release = await tryLock(path, onLost);
    if (release !== null) return release;
    if (attempt === 0) options.onWait();
    await sleep(retryMs, undefined, options.signal ? { signal: options.signal } : {});
  }
}

/**
 * Takes the lock at `path`, whose folder exists, as the folder `<path>.lock`; a note beside it says who holds it. Of a holder on this machine the
 * note decides, and no clock, which somebody may set.
 *
 * @param onLost  called when the lock was taken away, as when its folder has gone
 * @returns lets go of it; null when somebody else holds it
 * @throws what the file system says
 */
export async function tryLock(path: string, onLost: (error: Error) => void): Promise<(() => Promise<void>) | null> {
  const note = noteOf(path);
  const state = await clearDead(path);
  if (state === 'living') return null;
  const release = await lock(path, { realpath: false, stale: staleMs, update: staleMs / 6, onCompromised: onLost }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ELOCKED') return null;
    throw error;
  });
  if (release === null) return null;
  await writeAnew(note, JSON.stringify(ownHolder())).catch(async (error: unknown) => {
    await release().catch(() => undefined);
    throw error;
  });
  return async () => {
    await rm(note, { force: true });
    await release().catch(() => undefined); // a lock that was lost cannot be released
  };
}

/** Whether somebody on this machine holds the lock at `path` for certain. */
export async function isHeld(path: string): Promise<boolean> {
  return stateOf(await readNote(noteOf(path))) === 'living';
}

function noteOf(path: string): string {
  return `${path}.holder`;
}

/** Removes the lock of a holder that is dead for certain. Of several that see the same note only one may: whoever gets it renamed. */
async function clearDead(path: string): Promise<'living' | 'free'> {
  const text = await readNote(noteOf(path));
  const state = stateOf(text);
  if (state !== 'dead') return state === 'living' ? 'living' : 'free';
  const taken = `${noteOf(path)}.${randomUUID()}`;
  if (!await rename(noteOf(path), taken).then(() => true, () => false)) return 'free';
  if (await readNote(taken) !== text) await rename(taken, noteOf(path)); // that of a new holder, meanwhile
  else await rm(`${path}.lock`, { recursive: true, force: true });
  await rm(taken, { force: true });
  return 'free';
}

function readNote(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
