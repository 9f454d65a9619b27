/** Breaks runners and the harness on purpose, and prints what was lost, which must be nothing. Exit 0 when nothing was, 1 when something was. */
import { execFileSync } from 'node:child_process';
import { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

/** @import { Trial } from './chaos/runner-faults.mjs' */

const usage = `Usage: npm run chaos -- [--faults N] [--kills N] [--seed N] [--json]

  --faults N  faults of a runner to try (default 500)
  --kills N   kills of the harness itself, each followed by run --resume (default 100)
  --seed N    of the random choices (default 1)
  --json      one JSON object on stdout, its rows are { name, value, target, met }
`;

function readOptions() {
  const { values } = parseArgs({ args: argv.slice(2), options: { faults: { type: 'string', default: '500' }, kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
  const count = (/** @type {'faults' | 'kills' | 'seed'} */ name) => {
    const number = Number(values[name]);
    if (!/^\d+$/.test(values[name]) || !Number.isSafeInteger(number)) throw new Error(`--${name}: expected a whole number, got '${values[name]}'`);
    return number;
  };
  return { faults: count('faults'), kills: count('kills'), seed: count('seed'), json: values.json, help: values.help };
}

/** @param {{ readonly faults: number, readonly kills: number, readonly seed: number }} options */
async function campaign({ faults, kills, seed }) {
  const { draws, runnerFaults } = await import('./chaos/faults.mjs');
  const { tryRunnerFault } = await import('./chaos/runner-faults.mjs');
  const { killOrchestrator } = await import('./chaos/kills.mjs');
  const draw = draws(seed);
  const tell = (/** @type {string} */ text) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
  };
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
  const all = [...trials, ...(kills === 0 ? [] : await killOrchestrator(kills, draw, tell))];
  tell('');
  return all;
}

/** @param {readonly Trial[]} trials */
function rowsOf(trials) {
  return [...new Set(trials.map(({ kind }) => kind))].map((kind) => {
    const own = trials.filter((trial) => trial.kind === kind);
    const lost = own.flatMap((trial) => trial.lost);
    return { kind, tried: own.length, lost };
  });
}

/** @param {readonly Trial[]} trials */
function table(trials) {
  const rows = rowsOf(trials);
  const lines = rows.map(({ kind, tried, lost }) => `${kind.padEnd(40)}${String(tried).padStart(6)}${String(lost.length).padStart(6)}${lost[0] === undefined ? '' : `  ${lost[0]}`}\n`);
  const lost = rows.reduce((sum, row) => sum + row.lost.length, 0);
  return `${'fault'.padEnd(40)} tried  lost\n${lines.join('')}${String(trials.length)} faults tried, ${String(lost)} lost\n`;
}

try {
  const options = readOptions();
  if (options.help) stdout.write(usage);
  else {
    const trials = await campaign(options);
    const rows = rowsOf(trials).map(({ kind, tried, lost }) => ({ name: `${kind}: lost of ${tried}`, value: lost.length, target: '0', met: lost.length === 0 }));
    stdout.write(options.json ? `${JSON.stringify({ schemaVersion: 1, rows })}\n` : table(trials));
    process.exitCode = rows.every(({ met }) => met) ? 0 : 1;
  }
} catch (error) {
  stderr.write(`chaos: ${/** @type {Error} */ (error).message}\n`);
  process.exitCode = 2;
}
