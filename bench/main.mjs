/** Prints what the harness costs, measured in this run. Exit 0 when every target is met, 1 when one is missed, 2 when it could not measure. */
import { readFile, writeFile } from 'node:fs/promises';
import { argv, env, stderr, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const usage = `Usage: npm run bench -- [--json] [--pairs N] [--runner ID]… [--only NAME]… [--write] [--quick]

  --json       one JSON object on stdout, its rows are { name, value, target, met }
  --pairs N    pairs of passes per comparison, at least 9 (default 9)
  --runner ID  only this framework (repeatable; default all)
  --only NAME  only small, pytest, large, start, reference, scale or core (repeatable; default all)
  --write      put the table into README.md, between its markers
  --quick      few cases and passes: shows that both sides see the same, says nothing about speed, misses no target
  --help       this text

All of it takes about a quarter of an hour on two cores that nobody else uses.
`;

function readOptions() {
  const { values } = parseArgs({
    args: argv.slice(2),
    options: {
      json: { type: 'boolean', default: false }, pairs: { type: 'string', default: '9' }, runner: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] }, write: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
    },
  });
  const pairs = Number(values.pairs);
  if (!Number.isInteger(pairs) || pairs < 9) throw new Error(`--pairs: expected a whole number of at least 9, got '${values.pairs}'`);
  if (values.write && (values.quick || values.only.length > 0 || values.runner.length > 0)) throw new Error('--write: expected a whole bench, without --quick, --only and --runner');
  return { ...values, pairs: values.quick ? 1 : pairs };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    stdout.write(usage);
    return;
  }
  const { bench, machine } = await import('./bench.mjs'); // needs the build, the usage does not
  const { formatJson, formatTable, withFigures } = await import('./format.mjs');
  const onProgress = (/** @type {string} */ text) => void stderr.write(`${text}\n`);
  const where = machine(); // the load before we add to it
  const figures = await bench({ ...options, variables: env, onProgress });
  stdout.write(options.json ? formatJson(figures) : formatTable(figures));
  if (options.write) {
    const readme = fileURLToPath(new URL('../README.md', import.meta.url));
    await writeFile(readme, withFigures(await readFile(readme, 'utf8'), figures, where));
  }
  process.exitCode = options.quick || figures.every(({ met }) => met) ? 0 : 1;
}

try {
  await main();
} catch (error) {
  const { message, hint } = /** @type {Error & { readonly hint?: string }} */ (error);
  stderr.write(`bench: ${message}\n${hint === undefined ? '' : `hint: ${hint}\n`}`);
  process.exitCode = 2;
}
