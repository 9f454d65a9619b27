import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { kill, pid } from 'node:process';
import { lock } from 'proper-lockfile';
import { unwritable } from '../../reports/run-file.ts';
import { UserError } from '../../spec/user-error.ts';
import { writeAnew } from '../../spec/write-anew.ts';

const lockName = '.run';
const holderName = '.run.holder';
/** A holder whose process cannot be looked for, on another machine, counts as dead after this long. */
const staleMs = 30_000;

/**
 * Keeps other runs out of an out folder, which exists. A run that was killed holds it no longer.
 *
 * @returns lets go of it
 * @throws {UserError} OUT_FOLDER_IN_USE, OUT_FOLDER_UNWRITABLE
 */
export async function holdFolder(folder: string): Promise<() => Promise<void>> {
  if (!isHeldByLiving(folder)) await rm(join(folder, `${lockName}.lock`), { recursive: true, force: true });
  const release = await acquire(folder);
  await writeAnew(join(folder, holderName), JSON.stringify({ pid, host: hostname() })).catch((error: unknown) => { throw unwritable(folder, error); });
  return async () => {
    await rm(join(folder, holderName), { force: true });
    await release().catch(() => undefined); // a folder that has vanished holds no lock
  };
}

async function acquire(folder: string): Promise<() => Promise<void>> {
  try {
    return await lock(join(folder, lockName), { realpath: false, stale: staleMs, update: staleMs / 6, onCompromised: () => undefined });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ELOCKED') throw unwritable(folder, error);
    throw new UserError('OUT_FOLDER_IN_USE', `another run is writing into ${folder}`, 'wait until it ends, or give another folder with --out', { cause: error });
  }
}

/** Whether the process that took the folder may still be there; true where nobody can say. */
function isHeldByLiving(folder: string): boolean {
  const holder = readHolder(join(folder, holderName));
  if (holder?.host !== hostname()) return true;
  try {
    kill(holder.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function readHolder(path: string): { readonly pid: number; readonly host: string } | null {
  try {
    const { pid: holder, host } = JSON.parse(readFileSync(path, 'utf8')) as { readonly pid?: unknown; readonly host?: unknown };
    return typeof holder === 'number' && Number.isSafeInteger(holder) && holder > 0 && typeof host === 'string' ? { pid: holder, host } : null;
  } catch {
    return null;
  }
}
