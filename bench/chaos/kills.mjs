import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** @import { Trial } from './runner-faults.mjs' */

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** A fault that deviates, so that there are findings and evidence to lose, and an honest one beside it. */
const asked = ['run', '--select', 'batchnorm2d/norm/output/**', '--runner', 'miniature-eps-outside-sqrt', '--runner', 'miniature-honest'];
const signals = /** @type {const} */ (['SIGKILL', 'SIGKILL', 'SIGINT', 'SIGTERM']);

/**
 * Starts a run, kills it at a random moment, goes on with it, kills it again, until it ends by itself; then the next, until there were
 * so many kills. Each run that ends must say what an undisturbed one says.
 *
 * @param {number} kills
 * @param {() => number} draw
 * @param {(text: string) => void} onProgress
 * @returns {Promise<readonly Trial[]>}
 */
export async function killOrchestrator(kills, draw, onProgress) {
  const folder = await mkdtemp(join(tmpdir(), 'bn-chaos-'));
  try {
    const whole = join(folder, 'whole');
    const { durationMs } = await timed(() => execa('node', [main, ...asked, '--out', whole], { reject: false, cwd: folder, stdin: 'ignore' }));
    const trials = /** @type {Trial[]} */ ([]);
    for (let run = 1; trials.length < kills; run++) {
      const out = join(folder, `run-${run}`);
      const killed = await killUntilItEnds(out, kills - trials.length, () => signals[Math.floor(draw() * signals.length)] ?? 'SIGKILL', () => draw() * durationMs);
      const lost = differences(out, whole);
      for (const [i, signal] of killed.entries()) trials.push({ kind: `${signal} of the harness, then --resume`, lost: i === 0 ? lost : [] });
      if (killed.length === 0 && lost.length > 0) trials.push({ kind: 'undisturbed run', lost });
      onProgress(`harness: ${trials.length} of ${kills} kills`);
      await rm(out, { recursive: true });
    }
    return trials;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} out
 * @param {number} most
 * @param {() => 'SIGKILL' | 'SIGINT' | 'SIGTERM'} signalOf
 * @param {() => number} delayOf
 */
async function killUntilItEnds(out, most, signalOf, delayOf) {
  const killed = /** @type {string[]} */ ([]);
  for (;;) {
    const args = hasHeader(out) ? ['run', '--resume', out] : [...asked, '--out', out];
    const child = execa('node', [main, ...args], { reject: false, stdin: 'ignore' });
    const over = child.then(() => true);
    const isOver = killed.length >= most ? await over : await Promise.race([over, sleep(delayOf()).then(() => false)]);
    if (isOver) return killed;
    const signal = signalOf();
    child.kill(signal);
    await child;
    killed.push(signal);
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

/** What of the summary, but for the duration, and of the cases differs. @param {string} out @param {string} whole */
function differences(out, whole) {
  try {
    const [mine, other] = [summaryOf(out), summaryOf(whole)];
    const keys = linesOf(out).map(({ index, runner }) => `${index} ${runner}`);
    return [
      ...(mine === other ? [] : ['the summary is not that of an undisturbed run']),
      ...(new Set(keys).size === keys.length ? [] : ['a case has two lines']),
      ...(keys.length === linesOf(whole).length ? [] : [`${keys.length} cases, an undisturbed run has ${linesOf(whole).length}`]),
    ];
  } catch (error) {
    return [/** @type {Error} */ (error).message];
  }
}

/** @param {string} folder */
function summaryOf(folder) {
  return JSON.stringify({ .../** @type {object} */ (JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8'))), durationMs: 0 });
}

/** @param {string} folder */
function linesOf(folder) {
  const lines = readFileSync(join(folder, 'run.ndjson'), 'utf8').trimEnd().split('\n');
  return lines.filter((line) => line.startsWith('{"type":"case"')).map((line) => {
    const parsed = /** @type {unknown} */ (JSON.parse(line));
    return /** @type {{ readonly index: number, readonly runner: string }} */ (parsed);
  });
}

/** @param {() => Promise<unknown>} work */
async function timed(work) {
  const began = Date.now();
  await work();
  return { durationMs: Date.now() - began };
}
