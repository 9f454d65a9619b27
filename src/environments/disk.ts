import { lstat, readdir, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../spec/user-error.ts';

/** @throws {UserError} DISK_FULL when the file system of `folder` has fewer free bytes than `neededBytes` */
export async function requireFreeSpace(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  if (freeBytes >= neededBytes) return;
  throw new UserError(
    'DISK_FULL',
    `${formatBytes(neededBytes)} are needed in ${folder}, ${formatBytes(freeBytes)} are free`,
    'free some space (bn-conformance envs prune), or set BN_CONFORMANCE_HOME to a folder on a larger disk',
  );
}

/** Sum of the sizes of all files below a folder, bytes; links are not followed. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? folderBytes(path) : (await lstat(path)).size;
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Such as `2.8 GiB` or `12 MiB`. */
export function formatBytes(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;
}

/** Free bytes on the file system that holds a folder, or its nearest existing parent. */
export async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch (cause) {
    const parent = dirname(folder);
    if (parent === folder) throw cause;
    return freeBytes(parent);
  }
}
