import process from 'node:process';

const living = new Set<number>();

/** Remembers a process group, so that no runner outlives this process, however it leaves. */
export function adoptGroup(pid: number): void {
  if (living.size === 0) process.on('exit', killAll); // a detached child does not hear of Ctrl-C in the terminal
  living.add(pid);
}

/** Kills every member of a process group at once, grandchildren included. A group that is gone is fine. */
export function killGroup(pid: number): void {
  if (!living.delete(pid)) return; // never twice: the number may belong to somebody else by then
  if (living.size === 0) process.off('exit', killAll);
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function killAll(): void {
  for (const pid of [...living]) killGroup(pid);
}
