import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { execArgv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { figure } from './figure.mjs';

/**
 * @import { Figure } from './figure.mjs'
 * @import { Options } from './measure.mjs'
 */

const path = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * The gate as people run it, whole processes, both frameworks side by side.
 *
 * @param {Options} options
 * @returns {Promise<readonly Figure[]>}
 */
export async function measureCore({ onProgress }) {
  const folder = await mkdtemp(join(tmpdir(), 'bn-conformance-bench-'));
  try {
    onProgress('core without costly cases');
    const plain = await seconds([path('core-child.mjs'), join(folder, 'plain')], [0]);
    onProgress('core');
    const whole = await seconds([path('../dist/cli/main.js'), 'run', '--suite', 'core', '--out', join(folder, 'whole')], [0, 1]);
    return [
      figure('core without GRAPH, compile and multi-process cases', 40, [plain], 'both frameworks, a whole process', { unit: ' s' }),
      figure('core', 90, [whole], 'both frameworks, a whole process', { unit: ' s' }),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/**
 * @param {readonly string[]} args
 * @param {readonly number[]} allowed  exit codes: the verdict of the gate is another question
 */
async function seconds(args, allowed) {
  const began = performance.now();
  const { exitCode, stderr } = await execa('node', [...execArgv, ...args], { reject: false, stdin: 'ignore' });
  if (exitCode === undefined || !allowed.includes(exitCode)) throw new Error(`node ${args.join(' ')} left with exit code ${exitCode}: ${stderr}`);
  return (performance.now() - began) / 1000;
}
