import { rmSync } from 'node:fs';
import { lstat, rm, writeFile } from 'node:fs/promises';

/**
 * Writes a file in place of whatever bears its name. A link of that name is replaced, not followed: a folder from a stranger must not
 * lead what we write elsewhere.
 *
 * @throws what the file system throws
 */
export async function writeAnew(path: string, content: string | Uint8Array): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, content, { flag: 'wx' });
}

/** Makes room for a file that is opened with `wx`. */
export function removeOld(path: string): void {
  rmSync(path, { force: true });
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
