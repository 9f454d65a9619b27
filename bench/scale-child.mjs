/** Runs a suite in this process and prints what it took: node scale-child.mjs SUITE RUNNER OUT. For the bench, which starts one per measurement. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { argv, env, stdout } from 'node:process';
import { harnessHome, keepHeapSmall, run } from './built.mjs';

keepHeapSmall(); // as the command does
const [, , suite = '', runner = '', out = ''] = argv;
const options = { suite, runners: [runner], python: {}, select: [], out, strict: false, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 60_000, home: harnessHome(env), command: 'bench' };
let [begun, cases] = [0, 0];
const progress = (/** @type {string} */ _, /** @type {{ readonly done: number }} */ { done }) => {
  if (begun === 0) begun = performance.now();
  cases = done;
};
await run(options, { stage: () => {}, progress }, new AbortController().signal);
const seconds = (performance.now() - begun) / 1000;
stdout.write(`${JSON.stringify({ cases, secondsPerCase: seconds / cases, peakBytes: peakBytes() })}\n`);

/** Of this process since it runs this program: what the system counts for its parent, too, is inherited by `getrusage`. */
function peakBytes() {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kibibytes === undefined) throw new Error('/proc/self/status names no VmHWM');
  return Number(kibibytes) * 1024;
}
