import { readFile } from 'node:fs/promises';

const periodMs = 1000;
const pageBytes = 4096;

/**
 * Calls `onExcess` once when a process holds more than `limitBytes` of resident memory, looking every second. Where there is no
 * /proc nothing is watched.
 *
 * @returns a function that ends the watch
 */
export function watchMemory(pid: number, limitBytes: number, onExcess: (residentBytes: number) => void): () => void {
  const timer = setInterval(() => void look(), periodMs);
  timer.unref();
  const look = async () => {
    const pages = await readFile(`/proc/${pid}/statm`, 'utf8').then((text) => Number(text.split(' ')[1]), () => 0);
    if (pages * pageBytes <= limitBytes) return;
    clearInterval(timer);
    onExcess(pages * pageBytes);
  };
  return () => clearInterval(timer);
}
