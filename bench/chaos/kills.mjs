import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { asked, differences, main } from './same-run.mjs';

/** @import { Trial } from './runner-faults.mjs' */

const signals = /** @type {const} */ (['SIGKILL', 'SIGKILL', 'SIGINT', 'SIGTERM']);

/**
 * Starts a run, kills it at a random moment, goes on with it, kills it again, until it ends by itself; then the next, until there were
 * so many kills. Each run that ends must say what an undisturbed one says.
 *
 * @param {{ readonly folder: string, readonly whole: string, readonly durationMs: number, readonly draw: () => number }} setting  with the out folder of an undisturbed run, and its duration
 * @param {number} kills
 * @param {(text: string) => void} onProgress
 * @returns {Promise<readonly Trial[]>}
 */
export async function killOrchestrator({ folder, whole, durationMs, draw }, kills, onProgress) {
  const trials = /** @type {Trial[]} */ ([]);
  for (let run = 1; trials.length < kills; run++) {
    const out = join(folder, `run-${run}`);
    const killed = await killUntilItEnds(out, kills - trials.length, () => signals[Math.floor(draw() * signals.length)] ?? 'SIGKILL', () => draw() * durationMs);
    const lost = differences(out, whole);
    for (const [i, { signal, pid, left }] of killed.entries()) trials.push({ kind: `${signal} of the harness, then --resume`, lost: [...left, ...foldersOf(pid), ...(i === 0 ? lost : [])] });
    if (killed.length === 0 && lost.length > 0) trials.push({ kind: 'undisturbed run', lost });
    onProgress(`harness: ${trials.length} of ${kills} kills`);
    await rm(out, { recursive: true });
  }
  return trials;
}

/**
 * @param {string} out
 * @param {number} most
 * @param {() => 'SIGKILL' | 'SIGINT' | 'SIGTERM'} signalOf
 * @param {() => number} delayOf
 */
async function killUntilItEnds(out, most, signalOf, delayOf) {
  const killed = /** @type {{ signal: string, pid: number | undefined, left: readonly string[] }[]} */ ([]);
  for (;;) {
    const args = hasHeader(out) ? ['run', '--resume', out] : [...asked, '--out', out];
    const child = execa('node', [main, ...args], { reject: false, stdin: 'ignore' });
    const over = child.then(() => true);
    const isOver = killed.length >= most ? await over : await Promise.race([over, sleep(delayOf()).then(() => false)]);
    if (isOver) return killed;
    const signal = signalOf();
    const runners = childrenOf(child.pid);
    child.kill(signal);
    await child;
    killed.push({ signal, pid: child.pid, left: await survivors(runners) });
  }
}

/** Killed before the plan was written there is nothing to go on with. @param {string} out */
function hasHeader(out) {
  try {
    return readFileSync(join(out, 'run.ndjson'), 'utf8').includes('\n');
  } catch {
    return false;
  }
}

/** Processes that a harness started, by their parent. @param {number | undefined} parent */
function childrenOf(parent) {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((pid) => parentOf(pid) === parent);
}

/** Undefined where it has gone, or waits to be buried. @param {string} pid */
function parentOf(pid) {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return state === 'Z' || state === 'X' ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

/** Shared memory of a killed harness, which the one that went on removes. @param {number | undefined} pid */
function foldersOf(pid) {
  const names = existsSync('/dev/shm') ? readdirSync('/dev/shm') : [];
  return names.filter((name) => name.startsWith('bn-conformance-exchange-') && name.includes(`-${pid}-`)).map((name) => `/dev/shm/${name} outlived its harness`);
}

/** Those that are there ten seconds after their harness was killed: nobody can end them but they themselves. @param {readonly string[]} pids */
async function survivors(pids) {
  const left = () => pids.filter((pid) => parentOf(pid) !== undefined);
  for (let wait = 0; wait < 200 && left().length > 0; wait++) await sleep(50);
  return left().map((pid) => `process ${pid} outlived its harness`);
}
