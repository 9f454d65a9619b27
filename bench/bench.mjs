import { availableParallelism, cpus, loadavg } from 'node:os';
import { askRunners, ensureEnvironment, harnessHome, loadPlan } from './built.mjs';
import { measureCore } from './core.mjs';
import { measureLarge } from './large.mjs';
import { frameworks, measureFramework } from './measure.mjs';
import { measurePytest } from './pytest.mjs';
import { measureReference } from './reference.mjs';
import { measureScale } from './scale.mjs';
import { measureStart } from './start.mjs';

/**
 * @import { Plan } from '../src/cases/plan.ts'
 * @import { Figure } from './figure.mjs'
 * @import { Framework, Options } from './measure.mjs'
 */

const casesOfQuick = 150;
/** Enough for a second or so of either side. */
const casesOfPytest = /** @type {Readonly<Record<string, number>>} */ ({ pytorch: 1000, mindspore: 300 });

/**
 * @typedef {Options & { readonly quick: boolean }} Asked
 */

/** What `--only` names: measurements of each framework, or of the harness by itself. */
const perFramework = {
  small: (/** @type {Framework} */ framework, /** @type {Plan} */ plan, /** @type {Asked} */ asked) => (asked.quick ? measureFramework({ ...framework, cases: casesOfQuick }, plan, asked) : measureFramework(framework, loadPlan('full'), asked)), // core has too few that a plain loop can do
  pytest: (/** @type {Framework} */ { id }, /** @type {Plan} */ plan, /** @type {Asked} */ asked) => measurePytest(id, asked.quick ? 30 : casesOfPytest[id] ?? 300, plan, asked),
  large: (/** @type {Framework} */ { id }, /** @type {Plan} */ _, /** @type {Asked} */ asked) => measureLarge(id, asked),
  start: async (/** @type {Framework} */ { id }, /** @type {Plan} */ plan, /** @type {Asked} */ asked) => measureStart(id, await pythonOf(id, plan, asked), asked),
};
const once = { reference: measureReference, scale: measureScale, core: measureCore };

/** Everything that can be measured, in the order of the table. */
export const groups = [...Object.keys(perFramework), ...Object.keys(once)];
/** What shows that both sides see the same; the others are named one by one. */
const groupsOfQuick = ['small', 'reference'];

/**
 * @param {object} options
 * @param {number} options.pairs
 * @param {readonly string[]} options.runner  ids; all when empty
 * @param {readonly string[]} options.only    groups; all when empty
 * @param {boolean} options.quick  few cases
 * @param {Readonly<Record<string, string | undefined>>} options.variables
 * @param {(text: string) => void} options.onProgress
 * @returns {Promise<readonly Figure[]>}
 */
export async function bench({ pairs, runner, only, quick, variables, onProgress }) {
  warnOfLoad(onProgress);
  const asked = { home: harnessHome(variables), pairs, quick, onProgress };
  const wanted = chosenGroups(only.length > 0 || !quick ? only : groupsOfQuick);
  const chosen = chosenFrameworks(runner);
  const plan = loadPlan('core');
  const figures = /** @type {Figure[]} */ ([]);
  for (const [name, measure] of Object.entries(perFramework)) {
    if (!wanted.includes(name)) continue;
    for (const framework of chosen) figures.push(...await measure(framework, plan, asked));
  }
  for (const [name, measure] of Object.entries(once)) if (wanted.includes(name)) figures.push(...await measure(asked));
  return figures;
}

/** Such as `2 × AMD EPYC 9B14, Node v20.20.2`. */
export function machine() {
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}, Node ${process.version}, load ${loadavg().map((load) => load.toFixed(1)).join(' ')}`;
}

/**
 * The harness works beside the framework, the bare loop alone: where others hold the second core, the ratio shows them.
 *
 * @param {(text: string) => void} tell
 */
function warnOfLoad(tell) {
  const [load = 0] = loadavg();
  const cores = availableParallelism();
  if (load > cores - 1.5) tell(`warning: load ${load.toFixed(1)} on ${cores} cores; the ratios of the harness will be too high, and spread`);
}

/** @param {readonly string[]} ids */
function chosenFrameworks(ids) {
  const known = frameworks.map(({ id }) => id);
  const stray = ids.find((id) => !known.includes(id));
  if (stray !== undefined) throw new Error(`--runner: '${stray}' is not measured; known: ${known.join(', ')}`);
  return frameworks.filter(({ id }) => ids.length === 0 || ids.includes(id));
}

/** @param {readonly string[]} names */
function chosenGroups(names) {
  const stray = names.find((name) => !groups.includes(name));
  if (stray !== undefined) throw new Error(`--only: '${stray}' is not measured; known: ${groups.join(', ')}`);
  return names.length === 0 ? groups : names;
}

/**
 * @param {string} id
 * @param {Plan} plan
 * @param {Options} options
 */
async function pythonOf(id, plan, { home, onProgress }) {
  const [runner] = await askRunners([id], {}, plan, undefined);
  if (runner?.spec.environment === undefined) throw new Error(`${id} has no environment to measure in`);
  return (await ensureEnvironment(runner.spec.environment, { home, onProgress })).python;
}
