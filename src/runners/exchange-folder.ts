import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const inMemory = '/dev/shm';
const prefix = 'bn-conformance-exchange-';

/** Folders of this process, so that none outlives it. */
const folders = new Set<string>();

/** A new folder of our own, in memory where the system has a file system there; undefined where none can be made. */
export function makeFolder(): string | undefined {
  try {
    const root = existsSync(inMemory) ? inMemory : tmpdir();
    if (folders.size === 0) removeAbandoned(root);
    const folder = mkdtempSync(join(root, `${prefix}${processNamespace()}-${String(process.pid)}-`));
    if (folders.size === 0) process.on('exit', removeAll);
    folders.add(folder);
    return folder;
  } catch {
    return undefined;
  }
}

/** Removes such a folder with all that is in it. */
export function removeFolder(folder: string): void {
  if (!folders.delete(folder)) return;
  if (folders.size === 0) process.off('exit', removeAll);
  rmSync(folder, { recursive: true, force: true });
}

function removeAll(): void {
  for (const folder of [...folders]) removeFolder(folder);
}

/** Folders whose process was killed. The number of a process says nothing in another namespace, such as that of another container. */
function removeAbandoned(root: string): void {
  const own = `${prefix}${processNamespace()}-`;
  for (const name of readdirSync(root).filter((one) => one.startsWith(own))) {
    if (!isAlive(parseInt(name.slice(own.length), 10))) rmSync(join(root, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function processNamespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
}
