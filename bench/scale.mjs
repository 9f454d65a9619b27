import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execArgv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { figure } from './figure.mjs';
import { scaleSuite } from './scale-suite.mjs';

/**
 * @import { Figure } from './figure.mjs'
 * @import { Options } from './measure.mjs'
 */

/**
 * @typedef {object} Measured  of one process
 * @property {number} cases
 * @property {number} secondsPerCase  from the first verdict to the last report
 * @property {number} peakBytes
 */

const child = fileURLToPath(new URL('scale-child.mjs', import.meta.url));
const sizes = { whole: { few: 1000, many: 100_000 }, quick: { few: 1000, many: 2000 } };
const shortRuns = 9;

/**
 * One long run against short ones, of an honest miniature, planned, judged, written and reported as any run.
 *
 * @param {Options & { readonly quick: boolean }} options
 * @returns {Promise<readonly Figure[]>}
 */
export async function measureScale({ quick, onProgress }) {
  const { few, many } = quick ? sizes.quick : sizes.whole;
  const folder = await mkdtemp(join(tmpdir(), 'bn-conformance-bench-'));
  try {
    const measure = (/** @type {number} */ cases) => measureRun(folder, cases);
    onProgress(`scale: ${shortRuns} runs of ${few} cases and one of ${many}`);
    const before = await inTurn(Math.floor(shortRuns / 2), () => measure(few));
    const long = await measure(many);
    const short = [...before, ...(await inTurn(shortRuns - before.length, () => measure(few)))];
    const about = `one run of ${many} cases, ${shortRuns} of ${few}, with all reports`;
    return [
      figure('time per case: long run ÷ short', 1.05, short.map(({ secondsPerCase }) => long.secondsPerCase / secondsPerCase), about),
      figure('peak memory: long run ÷ short', 1.3, short.map(({ peakBytes }) => long.peakBytes / peakBytes), about),
      figure('peak memory of the long run', 300, [long.peakBytes / 2 ** 20], about, { unit: ' MB' }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * @template T
 * @param {number} times
 * @param {() => Promise<T>} work
 */
async function inTurn(times, work) {
  const results = /** @type {T[]} */ ([]);
  for (let i = 0; i < times; i++) results.push(await work());
  return results;
}

/**
 * @param {string} folder
 * @param {number} cases
 * @returns {Promise<Measured>}
 */
async function measureRun(folder, cases) {
  const suite = join(folder, `${cases}.json`);
  await writeFile(suite, JSON.stringify(scaleSuite(cases)));
  const { stdout } = await execa('node', [...execArgv, child, suite, 'miniature-honest', join(folder, `out-${cases}`)]);
  const parsed = /** @type {unknown} */ (JSON.parse(stdout));
  const measured = /** @type {Measured} */ (parsed);
  if (measured.cases !== cases) throw new Error(`the run of ${cases} cases asked ${measured.cases}`);
  return measured;
}
