import { readdirSync, readFileSync } from 'node:fs';
import { cpuUsage, pid as ownPid } from 'node:process';

/**
 * @typedef {object} ProcessSample
 * @property {number} residentBytes
 * @property {number} descriptors
 *
 * @typedef {object} Reading  what /proc says between two rounds, when no process is starting or leaving
 * @property {ProcessSample} harness
 * @property {ReadonlyMap<number, ProcessSample>} children  by process id
 * @property {number} cpuSeconds  of the harness, its children, and those of them that have ended
 */

const pageBytes = 4096;
const ticksPerSecond = 100; // USER_HZ of Linux on every architecture that Node runs on

/** @returns {Reading} */
export function readProcesses() {
  const own = statOf(ownPid);
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
  const children = pids.map((pid) => ({ pid, stat: statOf(pid) })).filter(({ stat }) => stat?.parent === ownPid);
  return {
    harness: processSample(ownPid),
    children: new Map(children.map(({ pid }) => [pid, processSample(pid)])),
    cpuSeconds: [own, ...children.map(({ stat }) => stat)].reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) / ticksPerSecond,
  };
}

/** @param {number} pid @returns {ProcessSample} */
function processSample(pid) {
  return { residentBytes: Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * pageBytes, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}

/** Parent, and processor time with that of ended children. @param {number} pid */
function statOf(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
    const [, parent] = fields;
    return { parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
  } catch {
    return undefined; // gone since the folder was read
  }
}

const table = Float64Array.from({ length: 2 ** 19 }, (_, i) => i % 1000);

/**
 * Processor seconds of a fixed piece of work: what a core gives just now, beside whatever else runs on the machine. Arithmetic over more memory than
 * the nearest caches hold, texts and small objects, as the harness has.
 */
export function fixedWork() {
  const before = cpuUsage();
  let sum = 0;
  for (let pass = 0; pass < 10; pass++) for (const value of table) sum += Math.sqrt(value);
  for (let i = 0; i < 300; i++) sum += JSON.stringify(Array.from({ length: 100 }, (_, j) => ({ name: `case ${j}`, value: j / 3 }))).length;
  const { user, system } = cpuUsage(before);
  return sum > 0 ? (user + system) / 1e6 : NaN;
}
