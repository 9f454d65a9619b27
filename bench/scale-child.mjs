/** Runs a suite in this process and prints what it took: node scale-child.mjs SUITE RUNNER OUT. For the bench, which starts one per measurement. */
import { performance } from 'node:perf_hooks';
import { argv, env, resourceUsage, stdout } from 'node:process';
import { harnessHome, run } from './built.mjs';

const [, , suite = '', runner = '', out = ''] = argv;
const options = { suite, runners: [runner], python: {}, select: [], out, strict: false, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 60_000, home: harnessHome(env), command: 'bench' };
let [begun, cases] = [0, 0];
const progress = (/** @type {string} */ _, /** @type {{ readonly done: number }} */ { done }) => {
  if (begun === 0) begun = performance.now();
  cases = done;
};
await run(options, { stage: () => {}, progress }, new AbortController().signal);
const seconds = (performance.now() - begun) / 1000;
stdout.write(`${JSON.stringify({ cases, secondsPerCase: seconds / cases, peakBytes: resourceUsage().maxRSS * 1024 })}\n`);
