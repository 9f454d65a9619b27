/** Breaks runners and the harness on purpose, and prints what was lost, which must be nothing. Exit 0 when nothing was, 1 when something was. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

/** @import { Trial } from './chaos/runner-faults.mjs' */

const usage = `Usage: npm run chaos -- [--faults N] [--kills N] [--folders N] [--environments N] [--seed N] [--json]

  --faults N        faults of a runner to try (default 500)
  --kills N         kills of the harness itself, each followed by run --resume (default 100)
  --folders N       times that each trouble with the out folder and the clock is tried (default 3)
  --environments N  kills while an environment is made; above 0, each damage to one is tried once too (default 3)
  --seed N          of the random choices (default 1)
  --json            one JSON object on stdout, its rows are { name, value, target, met }
`;

const counts = /** @type {const} */ (['faults', 'kills', 'folders', 'environments', 'seed']);

function readOptions() {
  const number = (/** @type {string} */ initial) => ({ type: /** @type {const} */ ('string'), default: initial });
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      faults: number('500'), kills: number('100'), folders: number('3'), environments: number('3'), seed: number('1'),
      json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
    },
  });
  const [faults, kills, folders, environments, seed] = counts.map((name) => {
    const count = Number(values[name]);
    if (!/^\d+$/.test(values[name]) || !Number.isSafeInteger(count)) throw new Error(`--${name}: expected a whole number, got '${values[name]}'`);
    return count;
  });
  return { faults, kills, folders, environments, seed, json: values.json, help: values.help };
}

/** @typedef {ReturnType<typeof readOptions>} Options */

/** @param {string} text */
function tell(text) {
  if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
}

/** @param {Options} options */
async function campaign({ faults = 0, kills = 0, folders = 0, environments = 0, seed = 1 }) {
  const { draws } = await import('./chaos/faults.mjs');
  const draw = draws(seed);
  const folder = await mkdtemp(join(tmpdir(), 'bn-chaos-'));
  try {
    const broken = faults === 0 ? [] : await breakRunners(faults, draw);
    const disturbed = kills + folders === 0 ? [] : await disturbRuns(folder, { kills, folders }, draw);
    const { breakEnvironments } = await import('./chaos/environments.mjs');
    return [...broken, ...disturbed, ...(environments === 0 ? [] : await breakEnvironments(folder, environments, draw, tell))];
  } finally {
    tell('');
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {number} faults @param {() => number} draw */
async function breakRunners(faults, draw) {
  const { runnerFaults } = await import('./chaos/faults.mjs');
  const { tryRunnerFault } = await import('./chaos/runner-faults.mjs');
  // a launcher in front of the interpreter would be a process of its own
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
  const total = runnerFaults.reduce((sum, { share = 1 }) => sum + share, 0);
  const planned = runnerFaults.flatMap((kind) => Array.from({ length: Math.ceil((faults * (kind.share ?? 1)) / total) }, () => kind));
  const trials = /** @type {Trial[]} */ ([]);
  const work = async () => {
    for (let kind = planned.pop(); kind !== undefined; kind = planned.pop()) {
      trials.push(await tryRunnerFault(kind, { python, draw }));
      tell(`runners: ${trials.length} faults, ${planned.length} to go`);
    }
  };
  await Promise.all([work(), work()]);
  return trials;
}

/** @param {string} folder @param {{ readonly kills: number, readonly folders: number }} counted @param {() => number} draw */
async function disturbRuns(folder, { kills, folders }, draw) {
  const { killOrchestrator } = await import('./chaos/kills.mjs');
  const { folderScenarios } = await import('./chaos/folders.mjs');
  const { asked, askedHonest, cli } = await import('./chaos/same-run.mjs');
  const [whole, honest] = [join(folder, 'whole'), join(folder, 'honest')];
  if (folders > 0) await cli([...askedHonest, '--out', honest], { cwd: folder });
  const began = performance.now();
  if (kills > 0) await cli([...asked, '--out', whole], { cwd: folder });
  const durationMs = performance.now() - began;
  const trials = /** @type {Trial[]} */ ([]);
  for (const { kind, lost } of Array.from({ length: folders }, () => folderScenarios).flat()) {
    const own = await mkdtemp(join(folder, 'trouble-'));
    trials.push({ kind, lost: await lost({ folder: own, whole: honest, draw }).catch((/** @type {unknown} */ error) => [`the trial broke: ${String(error)}`]) });
    await rm(own, { recursive: true, force: true });
    tell(`runs: ${trials.length} troubles`);
  }
  return [...trials, ...await killOrchestrator({ folder, whole, durationMs, draw }, kills, tell)];
}

/** @param {readonly Trial[]} trials */
function rowsOf(trials) {
  return [...new Set(trials.map(({ kind }) => kind))].map((kind) => {
    const own = trials.filter((trial) => trial.kind === kind);
    const lost = own.flatMap((trial) => trial.lost);
    return { kind, tried: own.length, lost };
  });
}

/** @param {readonly Trial[]} trials @param {number | undefined} seed */
function table(trials, seed) {
  const rows = rowsOf(trials);
  const lines = rows.map(({ kind, tried, lost }) => `${kind.padEnd(40)}${String(tried).padStart(6)}${String(lost.length).padStart(6)}${lost[0] === undefined ? '' : `  ${lost[0]}`}\n`);
  const lost = rows.reduce((sum, row) => sum + row.lost.length, 0);
  return `${'fault'.padEnd(40)} tried  lost\n${lines.join('')}${String(trials.length)} faults tried, ${String(lost)} lost, seed ${String(seed)}\n`;
}

try {
  const options = readOptions();
  if (options.help) stdout.write(usage);
  else {
    const trials = await campaign(options);
    const rows = rowsOf(trials).map(({ kind, tried, lost }) => ({ name: `${kind}: lost of ${tried}`, value: lost.length, target: '0', met: lost.length === 0 }));
    stdout.write(options.json ? `${JSON.stringify({ schemaVersion: 1, seed: options.seed, rows })}\n` : table(trials, options.seed));
    process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
  }
} catch (error) {
  stderr.write(`chaos: ${/** @type {Error} */ (error).message}\n`);
  process.exitCode = 2;
}
