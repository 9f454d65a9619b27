import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from '../../environments/lock.ts';
import { unwritable } from '../../reports/run-file.ts';
import { UserError } from '../../spec/user-error.ts';

const lockName = '.run';

/** A folder that no other run writes into. */
export interface HeldFolder {
  readonly letGo: () => Promise<void>;
  /** Aborted when the folder has vanished, or was taken by another run. */
  readonly lost: AbortSignal;
  /** What to tell of an error: that the folder has vanished, where it has. */
  readonly explain: (error: unknown) => unknown;
}

/**
 * Keeps other runs out of an out folder, which exists. A run that was killed holds it no longer.
 *
 * @throws {UserError} OUT_FOLDER_IN_USE, OUT_FOLDER_UNWRITABLE
 */
export async function holdFolder(folder: string): Promise<HeldFolder> {
  const lost = new AbortController();
  const letGo = await tryLock(join(folder, lockName), () => { lost.abort(vanished(folder)); }).catch((error: unknown) => { throw unwritable(folder, error); });
  if (letGo === null) throw new UserError('OUT_FOLDER_IN_USE', `another run is writing into ${folder}`, 'wait until it ends, or give another folder with --out');
  const explain = (error: unknown): unknown => (lost.signal.aborted || !existsSync(folder) ? vanished(folder) : error);
  return { letGo, lost: lost.signal, explain };
}

function vanished(folder: string): UserError {
  return new UserError('OUT_FOLDER_LOST', `${folder} was removed or replaced while the run wrote into it`, 'run again, and keep others from the folder meanwhile');
}
