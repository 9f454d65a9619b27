import { openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { acceptCase, askRunners, ensureEnvironment, materialise } from './built.mjs';
import { figure } from './figure.mjs';
import { plannedCase } from './large-cases.mjs';
import { measurePairs, ratiosOf } from './ratios.mjs';

/**
 * @import { Accepted } from '../src/accept/accepted.ts'
 * @import { Figure } from './figure.mjs'
 * @import { Options } from './measure.mjs'
 */

const script = fileURLToPath(new URL('numpy_reference.py', import.meta.url));
const shapes = { whole: '64x64x32x32', quick: '8x4x8x8' };
/** Both are float64; NumPy's sums are not compensated, and it leaves out what may be flushed to zero. */
const agreement = 1e-6;

/**
 * Reference and bounds of a forward and its backward, on one thread, against the same formulas in NumPy.
 *
 * @param {Options & { readonly quick: boolean }} options
 * @returns {Promise<readonly Figure[]>}
 */
export async function measureReference({ home, pairs, quick, onProgress }) {
  const shape = quick ? shapes.quick : shapes.whole;
  onProgress(`reference on ${shape}: against NumPy, ${pairs} pairs`);
  const question = materialise(plannedCase('batchnorm2d', { program: 'train-backward', shape, data: 'unit' }), 1);
  const [runner] = await askRunners(['pytorch'], {}, { suite: 'none', seed: 0, minimum: 0, knownShare: 0, cases: [], excluded: [], blocks: [] }, undefined);
  if (runner?.spec.environment === undefined) throw new Error('pytorch has no environment to take NumPy from');
  const { python } = await ensureEnvironment(runner.spec.environment, { home, onProgress });
  const folder = await mkdtemp(join(tmpdir(), 'bn-conformance-bench-'));
  try {
    const [{ inputs: [x], grads: [dy] }] = /** @type {[import('../src/cases/case.ts').RankData]} */ (question.ranks);
    if (x === undefined || dy === undefined) throw new Error('the case has no data');
    await writeFile(join(folder, 'x'), x.data);
    await writeFile(join(folder, 'dy'), dy.data);
    const numpy = openNumpy(python, [join(folder, 'x'), join(folder, 'dy'), ...x.shape.map(String)], folder);
    const ours = () => {
      const began = performance.now();
      acceptCase(question);
      return Promise.resolve((performance.now() - began) / 1000);
    };
    requireSame(sumsOf(acceptCase(question)), (await numpy.ask()).sums);
    const all = [{ from: 0, to: 1 }];
    const theirs = async () => (await numpy.ask()).seconds;
    await measurePairs(1, all, ours, theirs);
    const measured = await measurePairs(pairs, all, ours, theirs);
    await numpy.close();
    return [figure('reference and bounds ÷ NumPy float64', 3, ratiosOf(measured), `(${shape.replaceAll('x', ',')}), forward and backward, one thread`)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * Σ|y|, Σ|dx| and the sums of their bounds, so that it is known that both compute the same.
 *
 * @param {Accepted} accepted
 */
function sumsOf({ ranks: [rank] }) {
  const values = (rank?.steps ?? []).flatMap((step) => (step.kind === 'values' ? step.values : []));
  const sums = /** @type {Record<string, number>} */ ({});
  for (const name of ['y', 'dx']) {
    const one = values.find(({ observable }) => observable === name);
    for (const part of /** @type {const} */ (['value', 'stable', 'naive'])) sums[`${name} ${part}`] = one?.[part].reduce((sum, value) => sum + Math.abs(value), 0) ?? NaN;
  }
  return sums;
}

/**
 * @param {Readonly<Record<string, number>>} ours
 * @param {Readonly<Record<string, number>>} theirs
 */
function requireSame(ours, theirs) {
  for (const [name, value] of Object.entries(ours)) {
    const other = theirs[name] ?? NaN;
    if (!(Math.abs(value - other) <= agreement * Math.abs(value))) throw new Error(`reference and NumPy do not compute the same: the sum of ${name} is ${value} here, ${other} there`);
  }
}

/**
 * @param {string} python
 * @param {readonly string[]} args
 * @param {string} folder
 */
function openNumpy(python, args, folder) {
  const child = execa(python, ['-I', script, ...args], { cwd: folder, buffer: false, reject: false, stdio: ['pipe', 'pipe', /** @type {3} */ (openSync(join(folder, 'stderr.log'), 'w'))] });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async () => {
      child.stdin.write('run\n');
      const answer = /** @type {IteratorResult<string, undefined>} */ (await answers.next());
      if (answer.done === true) throw new Error('the NumPy side broke');
      const parsed = /** @type {unknown} */ (JSON.parse(answer.value));
      return /** @type {{ seconds: number, sums: Record<string, number> }} */ (parsed);
    },
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}
