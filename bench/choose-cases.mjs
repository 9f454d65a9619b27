import { writeFile } from 'node:fs/promises';
import { encodeRun, materialise } from './built.mjs';

/** @import { Plan } from '../src/cases/plan.ts' */

/** Input elements of a case that still counts as small: what is measured is the cost of a case, not that of its elements. */
const largestSmall = 256;
const casesPerFrame = 32;

const plainLayers = ['batchnorm1d', 'batchnorm2d', 'batchnorm3d'];

/**
 * What the hand-written scripts do: a layer in one process is constructed, called with tensors of its own type, and all its parameters trained.
 *
 * @param {import('../src/cases/case.ts').Case} question
 */
function isPlain({ layer, config, ranks, program, route = 'module', layout = 'contiguous', inputType, threads, capability }) {
  const plainConfig = config.frozen !== true && config.scaleOnly !== true && config.option === undefined;
  return plainLayers.includes(layer) && plainConfig && threads === undefined && capability === undefined && ranks.length === 1 && route === 'module' && layout === 'contiguous'
    && inputType === undefined && ranks.every(({ inputs, grads }) => [...inputs, ...grads].every(({ dtype }) => dtype === config.dtype)) && program.every((step, at) => isPlainStep(step, program, at));
}

/**
 * @param {import('../src/cases/case.ts').Step} step
 * @param {import('../src/cases/case.ts').Case['program']} program
 * @param {number} at
 */
function isPlainStep(step, program, at) {
  if (step.op === 'backward') return step.of === lastForward(program, at) && step.accumulates !== true && step.direction === undefined;
  return step.op === 'forward' && step.stays !== true;
}

/**
 * Position of the last forward before a step: a script keeps the gradient of that one alone.
 *
 * @param {import('../src/cases/case.ts').Case['program']} program
 * @param {number} before
 */
function lastForward(program, before) {
  return program.slice(0, before).findLastIndex(({ op }) => op === 'forward');
}

/**
 * Those of the indices whose cases are small and plain.
 *
 * @param {Plan} plan
 * @param {readonly number[]} indices
 */
export function smallCases(plan, indices) {
  return indices.filter((index) => {
    const question = caseAt(plan, index);
    return isPlain(question) && question.ranks.flatMap(({ inputs }) => inputs).reduce((sum, { data }) => sum + data.length, 0) <= largestSmall;
  });
}

/**
 * So many of the items at most, evenly spread over all of them, in their order.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} limit
 * @returns {readonly T[]}
 */
export function spread(items, limit) {
  return items.filter((_, i) => Math.floor((i * limit) / items.length) !== Math.floor(((i + 1) * limit) / items.length) || limit >= items.length);
}

/**
 * Writes cases as the run frames that a runner would get.
 *
 * @param {string} path
 * @param {Plan} plan
 * @param {readonly number[]} indices
 */
export async function writeCases(path, plan, indices) {
  const questions = indices.map((index) => ({ seq: index, case: caseAt(plan, index) }));
  const batches = Array.from({ length: Math.ceil(questions.length / casesPerFrame) }, (_, i) => questions.slice(i * casesPerFrame, (i + 1) * casesPerFrame));
  await writeFile(path, Buffer.concat(batches.map((batch, i) => encodeRun(i, batch))));
}

/**
 * @param {Plan} plan
 * @param {number} index
 */
function caseAt(plan, index) {
  const planned = plan.cases[index];
  if (planned === undefined) throw new RangeError(`expected an index below ${plan.cases.length}, got ${index}`);
  return materialise(planned, plan.seed);
}
