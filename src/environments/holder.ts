import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';

/** A process that holds something, told apart from a later one with the same number. */
export interface Holder {
  /** Machine, its boot, and the namespace in which the number means something. */
  readonly machine: string;
  readonly pid: number;
  /** When it began, in the kernel's ticks; null where there is no /proc. */
  readonly began: string | null;
}

/** `unknown` where nobody on this machine can say. */
export type HolderState = 'living' | 'dead' | 'unknown';

export function ownHolder(): Holder {
  return { machine: thisMachine(), pid: process.pid, began: beganOf(process.pid) };
}

/** @param text  JSON of a holder, or anything else */
export function stateOf(text: string): HolderState {
  const holder = parseHolder(text);
  if (holder?.machine !== thisMachine()) return 'unknown';
  if (!exists(holder.pid)) return 'dead';
  const began = beganOf(holder.pid);
  if (began === null || holder.began === null) return 'unknown';
  return began === holder.began ? 'living' : 'dead';
}

function parseHolder(text: string): Holder | null {
  try {
    const { machine, pid, began } = JSON.parse(text) as { readonly [name in keyof Holder]?: unknown };
    const isNumber = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0;
    return isNumber && typeof machine === 'string' ? { machine, pid, began: typeof began === 'string' ? began : null } : null;
  } catch {
    return null;
  }
}

function thisMachine(): string {
  const [boot, namespace] = [attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()), attempt(() => readlinkSync('/proc/self/ns/pid'))];
  return [hostname(), boot, namespace].join(' ');
}

/** Field 22 of proc_pid_stat(5). */
function beganOf(pid: number): string | null {
  return attempt(() => readFileSync(`/proc/${String(pid)}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ')[19] ?? null);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
