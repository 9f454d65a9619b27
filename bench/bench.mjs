import { availableParallelism, loadavg } from 'node:os';
import { harnessHome, loadPlan } from './built.mjs';
import { frameworks, measureFramework } from './measure.mjs';
import { formatJson, formatTable } from './format.mjs';

const casesOfQuick = 150;

/**
 * @param {object} options
 * @param {boolean} options.json
 * @param {number} options.pairs
 * @param {readonly string[]} options.runner  ids; all when empty
 * @param {boolean} options.quick  few cases
 * @param {Readonly<Record<string, string | undefined>>} options.variables
 * @param {(text: string) => void} options.onProgress
 * @returns {Promise<string>} what goes to stdout
 */
export async function bench({ json, pairs, runner, quick, variables, onProgress }) {
  warnOfLoad(onProgress);
  const plan = loadPlan('core');
  const home = harnessHome(variables);
  const comparisons = [];
  for (const framework of chosen(runner)) comparisons.push(...await measureFramework(quick ? { ...framework, cases: casesOfQuick } : framework, plan, { home, pairs, onProgress }));
  return json ? formatJson(comparisons) : formatTable(comparisons);
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
function chosen(ids) {
  const known = frameworks.map(({ id }) => id);
  const stray = ids.find((id) => !known.includes(id));
  if (stray !== undefined) throw new Error(`--runner: '${stray}' is not measured; known: ${known.join(', ')}`);
  return frameworks.filter(({ id }) => ids.length === 0 || ids.includes(id));
}
