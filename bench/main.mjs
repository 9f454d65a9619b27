/** Prints what the harness costs, as ratios measured in this run. Exit 0 when it measured, whatever it found; 2 when it could not. */
import { argv, env, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run bench -- [--json] [--pairs N] [--runner ID]… [--quick]

  --json       one JSON object on stdout, its rows are { name, value, target, met }
  --pairs N    pairs of passes per comparison, at least 5 (default 15)
  --runner ID  only this framework (repeatable; default all)
  --quick      few cases and passes: shows that both sides see the same, says little about speed
  --help       this text
`;

function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '15' },
      runner: { type: 'string', multiple: true, default: [] }, quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
    },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 5) throw new Error(`--pairs: expected a whole number of at least 5, got '${values.pairs}'`);
  return { ...values, pairs: values.quick ? 1 : pairs };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    stdout.write(usage);
    return;
  }
  const { bench } = await import('./bench.mjs'); // needs the build, the usage does not
  const onProgress = (/** @type {string} */ text) => void stderr.write(`${text}\n`);
  stdout.write(await bench({ ...options, variables: env, onProgress }));
}

try {
  await main();
} catch (error) {
  const { message, hint } = /** @type {Error & { readonly hint?: string }} */ (error);
  stderr.write(`bench: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
  process.exitCode = 2;
}
