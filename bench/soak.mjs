/** Asks one pair of runners for as long as wanted, and says whether memory, descriptors and cost per case stay what they are. Exit 0 when they do, 1 when not. */
import { readFileSync } from 'node:fs';
import { argv, env, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

/** @import { Sample } from './soak/loop.mjs' */

const usage = `Usage: npm run soak -- [--minutes N] [--runner ID]… [--recycle N] [--samples FILE] [--json]

  --minutes N     how long, fractions too (default 60)
  --runner ID     whom to ask side by side (repeatable; default pytorch and mindspore)
  --recycle N     cases after which a runner's process is replaced (default 20000, that of a run)
  --samples FILE  where each sample goes as it is taken, one JSON line each
  --judge FILE    judge such a file, of a soak that may have been interrupted, in place of a new one
  --json          one JSON object on stdout, its rows are { name, value, target, met }
`;

function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      minutes: { type: 'string', default: '60' }, runner: { type: 'string', multiple: true, default: [] }, recycle: { type: 'string', default: '20000' },
      samples: { type: 'string' }, judge: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
    },
  });
  const [minutes, recycle] = [Number(values.minutes), Number(values.recycle)];
  if (!(minutes > 0 && minutes <= 10_000)) throw new Error(`--minutes: expected a number above 0, at most 10000, got '${values.minutes}'`);
  if (!Number.isSafeInteger(recycle) || recycle < 1) throw new Error(`--recycle: expected a whole number of at least 1, got '${values.recycle}'`);
  return { minutes, recycle, runners: values.runner.length > 0 ? values.runner : ['pytorch', 'mindspore'], samples: values.samples, judge: values.judge, json: values.json, help: values.help };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    stdout.write(usage);
    return;
  }
  const { soak } = await import('./soak/loop.mjs'); // needs the build, the usage does not
  const { judgeSoak, soakTable } = await import('./soak/flat.mjs');
  const tell = (/** @type {string} */ text) => {
    if (stderr.isTTY) stderr.write(`\r\x1b[K${text}`);
  };
  const judged = judgeSoak(options.judge === undefined ? await soak({ ...options, variables: env, tell }) : samplesIn(options.judge));
  tell('');
  stdout.write(options.json ? `${JSON.stringify({ schemaVersion: 1, ...judged })}\n` : soakTable(judged));
  process.exitCode = judged.rows.every(({ met }) => met) ? 0 : 1;
}

/** @param {string} path */
function samplesIn(path) {
  return readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => {
    const parsed = /** @type {unknown} */ (JSON.parse(line));
    return /** @type {Sample} */ (parsed);
  });
}

try {
  await main();
} catch (error) {
  const { message, hint } = /** @type {Error & { readonly hint?: string }} */ (error);
  stderr.write(`soak: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
  process.exitCode = 2;
}
