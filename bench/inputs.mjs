/** Asks every parser many damaged inputs and prints what became of them. Exit 0 when each was refused in our words or read right, 1 otherwise. */
import { argv, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { inputsTable, tryInputs } from './chaos/inputs.mjs';

const usage = `Usage: npm run fuzz:inputs -- [--inputs N] [--seed N] [--json]

  --inputs N  inputs per parser (default 20000)
  --seed N    of the mutations (default 1)
  --json      one JSON object on stdout, its rows are { name, value, target, met }
`;
const { values } = parseArgs({ args: argv.slice(2), options: { inputs: { type: 'string', default: '20000' }, seed: { type: 'string', default: '1' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } });
if (values.help) stdout.write(usage);
else if (!/^[1-9]\d{0,8}$/.test(values.inputs) || !/^\d{1,9}$/.test(values.seed)) {
  stderr.write(`fuzz:inputs: expected whole numbers, got --inputs '${values.inputs}' --seed '${values.seed}'\n`);
  process.exitCode = 2;
} else {
  const { tallies, failed } = await tryInputs({ inputs: Number(values.inputs), seed: Number(values.seed) });
  const rows = tallies.map(({ parser, tried, refused, read }) => ({ name: `${parser}: neither refused nor read, of ${tried}`, value: tried - refused - read, target: '0', met: tried === refused + read }));
  stdout.write(values.json ? `${JSON.stringify({ schemaVersion: 1, rows })}\n` : inputsTable(tallies));
  if (failed !== '') stderr.write(failed);
  process.exitCode = failed === '' && rows.every(({ met }) => met) ? 0 : 1;
}
