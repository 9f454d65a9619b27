import { lstatSync, rmSync } from 'node:fs';
import { lstat, writeFile } from 'node:fs/promises';

/**
 * Writes a file in place of whatever bears its name. A link of that name is replaced, not followed: a folder from a stranger must not
 * lead what we write elsewhere.
 *
 * @throws what the file system throws
 */
export async function writeAnew(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content, { flag: removeOld(path) });
}

/**
 * Removes a file or a link of that name. A device such as /dev/full stays what it is.
 *
 * @returns the flag to open it with: a link that comes back meanwhile is not followed
 */
export function removeOld(path: string): 'w' | 'wx' {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found !== undefined && !found.isFile() && !found.isSymbolicLink()) return 'w';
  rmSync(path, { force: true });
  return 'wx';
}

/**
 * Refuses a folder of ours that is a link: what is written into it, or removed from it, would be elsewhere.
 *
 * @throws {Error} with the code ELOOP, as the file system itself says it
 */
export async function refuseLink(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSymbolicLink() === true) throw loop(path);
}

function loop(path: string): Error {
  return Object.assign(new Error(`ELOOP: it is a symbolic link, which is not followed, '${path}'`), { code: 'ELOOP', syscall: 'lstat' });
}
