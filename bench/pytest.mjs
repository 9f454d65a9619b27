import { closeSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { env } from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { childEnvironment, ensureEnvironment, logsFolder } from './built.mjs';
import { writeCases } from './choose-cases.mjs';
import { figure } from './figure.mjs';
import { chooseCases, onStage } from './measure.mjs';
import { measurePairs, ratiosOf } from './ratios.mjs';

/**
 * @import { Plan } from '../src/cases/plan.ts'
 * @import { Figure } from './figure.mjs'
 * @import { Options } from './measure.mjs'
 */

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * The same cases as a parametrised pytest with expected values by NumPy and fixed tolerances, against the harness. Both import the
 * framework before, both write a result for each case.
 *
 * @param {string} id
 * @param {number} cases
 * @param {Plan} plan
 * @param {Options} options
 * @returns {Promise<readonly Figure[]>}
 */
export function measurePytest(id, cases, plan, options) {
  const { pairs, home, onProgress } = options;
  return onStage(id, plan, options, async ({ runner, python, harness, folder }) => {
    onProgress(`${id}: choosing cases for pytest`);
    const candidates = await chooseCases(2 * cases, plan, runner, harness);
    const casesFile = join(folder, 'cases.frames');
    await writeCases(casesFile, plan, candidates);
    const { python: own } = await ensureEnvironment({ runner: 'pytest', version: '1', file: path('environments/pytest.txt') }, { home, onProgress });
    const tests = openPytest(python, await sitePackages(own), [path(`hand_written_${id}.py`), casesFile], folder, join(logsFolder(home), `bench-pytest-${id}.stderr.log`));
    try {
      const positions = /** @type {number[]} */ (await tests.ask(`choose ${cases}`));
      const indices = positions.map((position) => candidates[position] ?? NaN);
      onProgress(`${id}: pytest against harness, ${indices.length} cases, ${pairs} pairs`);
      const measure = (/** @type {number} */ count) => measurePairs(count, [{ from: 0, to: indices.length }], async () => Number(await tests.ask('run')), async () => (await harness.pass(indices)).seconds);
      await measure(1);
      return [figure(`${id}: pytest ÷ harness`, 4, ratiosOf(await measure(pairs)), `${indices.length} cases`, { atLeast: true })];
    } finally {
      await tests.close();
    }
  });
}

/** @param {string} python */
async function sitePackages(python) {
  const { stdout } = await execa(python, ['-c', 'import pytest; print(pytest.__file__)']);
  return dirname(dirname(stdout.trim()));
}

/**
 * @param {string} python        the framework's
 * @param {string} packages      pytest's
 * @param {readonly string[]} args
 * @param {string} folder
 * @param {string} log
 */
function openPytest(python, packages, args, folder, log) {
  const stderr = openSync(log, 'w');
  const child = execa(python, [path('pytest_cases.py'), ...args], {
    cwd: folder, env: childEnvironment(env, { PYTHONPATH: packages }), extendEnv: false, buffer: false, reject: false, stdio: ['pipe', 'pipe', /** @type {3} */ (stderr)],
  });
  closeSync(stderr);
  child.stdin.on('error', () => {}); // a broken pipe shows as the end of the answers
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (/** @type {string} */ command) => {
      child.stdin.write(`${command}\n`);
      const answer = /** @type {IteratorResult<string, undefined>} */ (await answers.next());
      if (answer.done === true) throw new Error(`pytest broke on '${command}'; its stderr is in ${log}`);
      const parsed = /** @type {unknown} */ (JSON.parse(answer.value));
      return parsed;
    },
    close: async () => {
      child.stdin.end();
      await child;
    },
  };
}
