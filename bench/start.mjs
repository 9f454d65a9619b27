import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { env, execArgv } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { childEnvironment, runFileName } from './built.mjs';
import { figure } from './figure.mjs';
import { measurePairs, ratiosOf } from './ratios.mjs';

/**
 * @import { Figure } from './figure.mjs'
 * @import { Options } from './measure.mjs'
 */

const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const modules = /** @type {Readonly<Record<string, string>>} */ ({ pytorch: 'torch', mindspore: 'mindspore' });
const lookEveryMs = 5;

/**
 * From the command to the first result on the disk, against a Python that imports the framework and leaves.
 *
 * @param {string} id
 * @param {string} python  interpreter of its environment
 * @param {Options} options
 * @returns {Promise<readonly Figure[]>}
 */
export async function measureStart(id, python, { pairs, onProgress }) {
  onProgress(`${id}: start against bare import, ${pairs} pairs`);
  const folder = await mkdtemp(join(tmpdir(), 'bn-conformance-bench-'));
  try {
    const once = [{ from: 0, to: 1 }];
    const measure = (/** @type {number} */ count) => measurePairs(count, once, () => toFirstResult(id, folder), () => bareImport(python, modules[id] ?? id, folder));
    await measure(1);
    return [figure(`${id}: start to first result ÷ bare import`, 1.3, ratiosOf(await measure(pairs)), 'run --suite smoke, a process each')];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} id
 * @param {string} folder
 */
async function toFirstResult(id, folder) {
  const out = await mkdtemp(join(folder, 'out-'));
  const began = performance.now();
  const child = execa('node', [...execArgv, cli, 'run', '--runner', id, '--suite', 'smoke', '--out', out], { reject: false, stdio: 'ignore' });
  while (!(await hasResult(join(out, runFileName)))) {
    if (child.exitCode !== null) throw new Error(`the run of ${id} ended without a result`);
    await sleep(lookEveryMs);
  }
  const seconds = (performance.now() - began) / 1000;
  child.kill('SIGINT');
  await child;
  return seconds;
}

/** @param {string} path */
async function hasResult(path) {
  return (await readFile(path, 'utf8').catch(() => '')).includes('"type":"case"');
}

/**
 * @param {string} python
 * @param {string} module
 * @param {string} folder  frameworks drop files where they stand
 */
async function bareImport(python, module, folder) {
  const began = performance.now();
  await execa(python, ['-c', `import os, ${module}; os._exit(0)`], { cwd: folder, env: childEnvironment(env), extendEnv: false });
  return (performance.now() - began) / 1000;
}
