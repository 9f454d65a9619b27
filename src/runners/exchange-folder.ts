import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** In memory where the system has a file system there. */
const root = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const prefix = 'bn-conformance-exchange-';

/** Folders of this process, so that none outlives it. */
const folders = new Set<string>();

/** A new folder of our own; undefined where none can be made. */
export function makeFolder(): string | undefined {
  try {
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

/**
 * Removes folders whose process was killed, as far as it may. The number of a process says nothing in another namespace, such as that of another
 * container.
 */
export function removeAbandoned(): void {
  try {
    const own = `${prefix}${processNamespace()}-`;
    for (const name of readdirSync(root).filter((one) => one.startsWith(own))) {
      if (!isAlive(parseInt(name.slice(own.length), 10))) rmSync(join(root, name), { recursive: true, force: true });
    }
  } catch {
    // somebody else's, or no such system: nobody is the worse for it
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
