import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBareLoop } from './bare-loop.mjs';
import { askRunners, defaultJobs, ensureEnvironment, logsFolder } from './built.mjs';
import { smallCases, spread, writeCases } from './choose-cases.mjs';
import { digits, figure } from './figure.mjs';
import { openHarnessSide } from './harness-side.mjs';
import { measurePairs, ratiosOf, slicesOf, spreadOf } from './ratios.mjs';

/**
 * @import { Plan } from '../src/cases/plan.ts'
 * @import { Status } from '../src/diff/verdict.ts'
 * @import { AskedRunner } from '../src/verbs/run/asked-runner.ts'
 * @import { RunOptions } from '../src/verbs/run/options.ts'
 * @import { BareLoop } from './bare-loop.mjs'
 * @import { HarnessSide } from './harness-side.mjs'
 * @import { Figure } from './figure.mjs'
 * @import { Pair, Slice } from './ratios.mjs'
 */

/**
 * @typedef {object} Framework
 * @property {string} id
 * @property {number} cases  at most so many: enough for a second or two per pass
 * @property {number} slice  cases in a row: enough that the first and the last batch, which nothing overlaps, weigh little, as in a run
 * @property {number} harnessTarget  harness ÷ bare loop, at most
 * @property {number} adapterTarget  adapter ÷ hand-written script, at most
 */

/**
 * @typedef {object} Options
 * @property {string} home
 * @property {number} pairs
 * @property {(text: string) => void} onProgress
 */

/** @type {readonly Framework[]} */
export const frameworks = [
  { id: 'pytorch', cases: 5000, slice: 2500, harnessTarget: 1.15, adapterTarget: 1.15 },
  { id: 'mindspore', cases: 600, slice: 300, harnessTarget: 1.05, adapterTarget: 1.15 },
];

/**
 * What every comparison with a framework needs.
 *
 * @typedef {object} Stage
 * @property {AskedRunner} runner
 * @property {string} python     interpreter of its environment
 * @property {HarnessSide} harness
 * @property {string} folder     for files, removed afterwards
 */

/**
 * @template T
 * @param {string} id
 * @param {Plan} plan
 * @param {Options} options
 * @param {(stage: Stage) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function onStage(id, plan, { home, onProgress }, use) {
  const [runner] = await askRunners([id], {}, plan, undefined);
  if (runner?.spec.environment === undefined) throw new Error(`${id} has no environment to measure in`);
  const { python } = await ensureEnvironment(runner.spec.environment, { home, onProgress });
  const folder = await mkdtemp(join(tmpdir(), 'bn-conformance-bench-'));
  const harness = await openHarnessSide(plan, runner, python, runOptions(folder, home), logsFolder(home));
  try {
    return await use({ runner, python, harness, folder });
  } finally {
    await harness.close();
    await rm(folder, { recursive: true });
  }
}

/**
 * Harness against bare loop, adapter against hand-written script.
 *
 * @param {Framework} framework
 * @param {Plan} plan
 * @param {Options} options
 * @returns {Promise<readonly Figure[]>}
 */
export function measureFramework(framework, plan, options) {
  return onStage(framework.id, plan, options, async ({ runner, python, harness, folder }) => {
    options.onProgress(`${framework.id}: choosing cases`);
    const indices = await chooseCases(framework.cases, plan, runner, harness);
    const casesFile = join(folder, 'cases.frames');
    await writeCases(casesFile, plan, indices);
    const open = (/** @type {string} */ name) => openBareLoop(python, framework.id, runner.spec.folder, casesFile, join(logsFolder(options.home), name));
    const [loop, twin] = [open(`bench-${framework.id}.stderr.log`), open(`bench-${framework.id}-twin.stderr.log`)];
    return compareBoth(framework, indices, harness, { loop, twin }, options).finally(() => Promise.all([loop.close(), twin.close()]));
  });
}

/**
 * Small cases that the framework answers, evenly spread over the plan.
 *
 * @param {number} limit
 * @param {Plan} plan
 * @param {AskedRunner} runner
 * @param {HarnessSide} harness
 */
export async function chooseCases(limit, plan, runner, harness) {
  const candidates = spread(smallCases(plan, runner.indices), 3 * limit);
  const { found } = await harness.pass(candidates);
  return spread(candidates.filter((index) => answered(found.get(index))), limit);
}

/** @param {Status | undefined} status */
export function answered(status) {
  return status !== undefined && !['unsupported', 'crashed', 'timed-out', 'garbled', 'not-run'].includes(status);
}

/**
 * @param {string} out
 * @param {string} home
 * @returns {RunOptions}
 */
export function runOptions(out, home) {
  return { suite: 'core', runners: [], python: {}, select: [], out, strict: false, jobs: defaultJobs, threads: 1, device: 'cpu', timeLimitMs: 60_000, home, command: 'bench' };
}

/**
 * @param {Framework} framework
 * @param {readonly number[]} indices
 * @param {HarnessSide} harness
 * @param {{ readonly loop: BareLoop, readonly twin: BareLoop }} loops  the second only shows what this machine makes of two processes
 * @param {Options} options
 * @returns {Promise<readonly Figure[]>}
 */
async function compareBoth({ id, slice: most, harnessTarget, adapterTarget }, indices, harness, { loop, twin }, { pairs, onProgress }) {
  const throughHarness = async (/** @type {Slice} */ { from, to }) => (await harness.pass(indices.slice(from, to))).seconds;
  const throughOneProcess = async (/** @type {Slice} */ { from, to }) => (await harness.pass(indices.slice(from, to), 1)).seconds;
  const throughAdapter = (/** @type {Slice} */ slice) => loop.ask('adapter', slice);
  const byHand = (/** @type {Slice} */ slice) => loop.ask('by-hand', slice);
  const slices = slicesOf(indices.length, most);
  onProgress(`${id}: warming up on ${indices.length} cases`);
  await Promise.all([loop, twin].map((each) => each.ask('compare', { from: 0, to: indices.length })));
  await measurePairs(1, slices, throughHarness, throughAdapter);
  onProgress(`${id}: harness against bare loop, ${pairs} pairs`);
  const whole = await measurePairs(pairs, slices, throughHarness, throughAdapter);
  onProgress(`${id}: the same through one runner process`);
  const alone = spreadOf(ratiosOf(await measurePairs(pairs, slices, throughOneProcess, throughAdapter))).median;
  onProgress(`${id}: two bare loops at once against one`);
  const both = async (/** @type {Slice} */ slice) => Math.max(...await Promise.all([throughAdapter(slice), twin.ask('adapter', slice)]));
  const twice = spreadOf(ratiosOf(await measurePairs(pairs, slices, both, throughAdapter))).median;
  onProgress(`${id}: adapter against hand-written script, ${pairs} pairs`);
  const adapter = await measurePairs(pairs, slices, throughAdapter, byHand);
  return [
    comparison(`${id}: harness ÷ bare loop`, harnessTarget, indices.length, whole, `; ${defaultJobs} runner processes, as by default; with one it is ${digits(alone)}. Two bare loops at once, each with all cases, take ${digits(twice)} × as long as one: 1 on two processors, 2 on one`),
    comparison(`${id}: adapter ÷ hand-written script`, adapterTarget, indices.length, adapter),
  ];
}

/**
 * @param {string} name
 * @param {number} target
 * @param {number} cases
 * @param {readonly Pair[]} pairs
 * @param {string} [more]
 */
function comparison(name, target, cases, pairs, more = '') {
  const perCaseUs = (/** @type {keyof Pair} */ side) => ((spreadOf(pairs.map((pair) => pair[side])).median / cases) * 1e6).toFixed(0);
  return figure(name, target, ratiosOf(pairs), `${cases} cases, ${perCaseUs('dividend')} ÷ ${perCaseUs('divisor')} µs each${more}`);
}
