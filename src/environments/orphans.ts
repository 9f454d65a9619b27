import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Ends what a harness that was killed has left at work on an environment's folder: its pip would go on writing into the new one. The caller holds the
 * lock of the folder, so that nobody else has anybody there.
 */
export async function endOrphans(folder: string): Promise<void> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) if (isMaking(folder, await argumentsOf(pid))) end(pid);
}

/** Such as `python -m venv <folder>`, `<folder>/bin/python -m pip …`, or what those start in turn: `<folder>/bin/python -c '… ensurepip …'`. */
function isMaking(folder: string, words: readonly string[]): boolean {
  const isOf = (word: string): boolean => word === folder || word.startsWith(join(folder, 'bin/'));
  return words.some(isOf) && words.some((word) => !isOf(word) && /\b(?:ensure)?pip\b|^venv$/.test(word));
}

async function argumentsOf(pid: number): Promise<readonly string[]> {
  const line = await readFile(`/proc/${String(pid)}/cmdline`, 'utf8').catch(() => '');
  return pid === process.pid ? [] : line.split('\0');
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has gone, or is somebody else's
  }
}
