import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { fileURLToPath } from 'node:url';

/**
 * What became of the inputs of one parser; see src/tensor/hostile.fixture.ts.
 *
 * @typedef {object} Tally
 * @property {string} parser
 * @property {number} tried
 * @property {number} refused  by an error of ours
 * @property {number} read  right
 * @property {number} worstMs  of processor time, for one input
 * @property {number} totalMs
 * @property {number} grownMib
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Asks every parser of files, messages and words so many damaged inputs: the tests named *.hostile.test.ts, with another count and seed.
 *
 * @param {{ readonly inputs: number, readonly seed: number }} options
 * @returns {Promise<{ readonly tallies: readonly Tally[], readonly failed: string }>}  failed: what the tests say, empty where they pass
 */
export async function tryInputs({ inputs, seed }) {
  const folder = mkdtempSync(join(tmpdir(), 'bn-inputs-'));
  const path = join(folder, 'tallies.ndjson');
  const variables = { ...env, HOSTILE_INPUTS: String(inputs), HOSTILE_SEED: String(seed), HOSTILE_TALLIES: path };
  const args = ['vitest', 'run', '.hostile.', '--testTimeout=0', `--outputFile.json=${join(folder, 'tests.json')}`];
  const failed = await new Promise((/** @type {(text: string) => void} */ resolve) => {
    execFile('npx', args, { cwd: root, env: variables, maxBuffer: 2 ** 28 }, (error, stdout) => resolve(error === null ? '' : stdout || error.message));
  });
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return { tallies: lines.map((line) => { const tally = /** @type {unknown} */ (JSON.parse(line)); return /** @type {Tally} */ (tally); }), failed };
  } catch {
    return { tallies: [], failed: failed === '' ? 'no test left a tally' : failed };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {readonly Tally[]} tallies */
export function inputsTable(tallies) {
  const row = (/** @type {readonly (string | number)[]} */ [name, ...numbers]) => `${String(name).padEnd(34)}${numbers.map((value) => String(value).padStart(11)).join('')}\n`;
  const rows = tallies.toSorted((a, b) => (a.parser < b.parser ? -1 : 1)).map(({ parser, tried, refused, read, worstMs, grownMib }) => row([parser, tried, refused, read, worstMs.toFixed(1), grownMib]));
  const sum = tallies.reduce((total, { tried }) => total + tried, 0);
  const seconds = tallies.reduce((total, { totalMs }) => total + totalMs, 0) / 1000;
  return `${row(['parser', 'inputs', 'refused', 'read', 'worst ms', 'MiB'])}${rows.join('')}${String(tallies.length)} parsers, ${String(sum)} inputs, ${seconds.toFixed(0)} s of one processor\n`;
}
