import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { openBareLoop } from './bare-loop.mjs';
import { acceptCase, giveBack, logsFolder, materialise, openSession } from './built.mjs';
import { writeCases } from './choose-cases.mjs';
import { figure } from './figure.mjs';
import { largePlan } from './large-cases.mjs';
import { onStage } from './measure.mjs';
import { ratiosOf } from './ratios.mjs';

/**
 * @import { Case } from '../src/cases/case.ts'
 * @import { Session } from '../src/runners/session.ts'
 * @import { Figure } from './figure.mjs'
 * @import { HarnessSide } from './harness-side.mjs'
 * @import { Options } from './measure.mjs'
 * @import { Slice } from './ratios.mjs'
 */

const script = fileURLToPath(new URL('null_adapter.py', import.meta.url));
const fewest = 20;

/**
 * Cases of a million elements: the whole of what a run does with them against the slower of the framework by itself and the reference by
 * itself, and the way there and back, with a runner that computes nothing, against the framework by itself.
 *
 * @param {string} id
 * @param {Options & { readonly quick: boolean }} options
 * @returns {Promise<readonly Figure[]>}
 */
export function measureLarge(id, options) {
  const { pairs, quick, home, onProgress } = options;
  return onStage(id, largePlan, options, async ({ runner, python, harness, folder }) => {
    onProgress(`${id}: choosing large cases`);
    const indices = await conforming(harness, runner.indices.slice(0, quick ? 1 : Infinity));
    if (!quick && indices.length < fewest) throw new Error(`only ${indices.length} of the large cases conform, expected at least ${fewest}: what a deviation costs is another question`);
    const casesFile = join(folder, 'cases.frames');
    await writeCases(casesFile, largePlan, indices);
    const loop = openBareLoop(python, id, runner.spec.folder, casesFile, join(logsFolder(home), `bench-${id}.stderr.log`));
    const session = await openSession({ id: 'null', launch: { kind: 'python', script, arguments: [] } }, { logFolder: logsFolder(home), logName: 'bench-null', python, recycleAfterCases: Infinity });
    try {
      onProgress(`${id}: ${indices.length} large cases, ${pairs} pairs`);
      const measured = [];
      for (let pair = 0; pair < pairs; pair++) measured.push(await measureOnce(indices, harness, loop, session));
      const about = `${indices.length} cases of 1 Mi elements, forward, backward and state`;
      return [
        figure(`${id}: large cases ÷ slower of framework and reference`, 1.3, ratiosOf(measured.map(({ wall, framework, reference }) => ({ dividend: wall, divisor: Math.max(framework, reference) }))), about),
        figure(`${id}: large cases’ transport ÷ framework`, 1.3, ratiosOf(measured.map(({ transport, framework }) => ({ dividend: transport, divisor: framework }))), about),
      ];
    } finally {
      await session.close();
      await loop.close();
    }
  });
}

/**
 * @param {HarnessSide} harness
 * @param {readonly number[]} indices
 */
async function conforming(harness, indices) {
  const { found } = await harness.pass(indices, 1);
  return indices.filter((index) => found.get(index) === 'conforms').slice(0, fewest);
}

/**
 * Case by case in turn, so that what slows the machine for a second slows all four; seconds.
 *
 * @param {readonly number[]} indices
 * @param {HarnessSide} harness
 * @param {{ readonly ask: (command: 'by-hand', slice: Slice) => Promise<number> }} loop
 * @param {Session} session
 */
async function measureOnce(indices, harness, loop, session) {
  const wall = (await harness.pass(indices, 1)).seconds; // a run starts a second process of a runner for hundreds of cases, not for these
  let [framework, reference] = [0, 0];
  for (const [at, index] of indices.entries()) {
    framework += await loop.ask('by-hand', { from: at, to: at + 1 });
    const question = caseAt(index);
    const began = performance.now();
    acceptCase(question);
    reference += (performance.now() - began) / 1000;
  }
  return { wall, framework, reference, transport: await secondsOfTransport(indices.map(caseAt), session) };
}

/**
 * @param {readonly Case[]} cases
 * @param {Session} session
 */
async function secondsOfTransport(cases, session) {
  const began = performance.now();
  await session.run(questions(cases), giveBack);
  return (performance.now() - began) / 1000;
}

/** @param {readonly Case[]} cases */
// eslint-disable-next-line @typescript-eslint/require-await -- a session takes its cases from an async source
async function* questions(cases) {
  for (const [seq, one] of cases.entries()) yield { seq, case: one };
}

/** @param {number} index */
function caseAt(index) {
  const planned = largePlan.cases[index];
  if (planned === undefined) throw new RangeError(`there is no large case ${index}`);
  return materialise(planned, largePlan.seed);
}
