/** @import { Counts, Sample } from './loop.mjs' */

/**
 * @typedef {object} Row
 * @property {string} name
 * @property {number} value
 * @property {string} target
 * @property {boolean} met
 *
 * @typedef {object} Judged
 * @property {readonly Row[]} rows
 * @property {object} measured
 */

/** Of the time: caches fill, code is compiled, allocators find their size. What is left is cut in three, and the last third is held against the first. */
const warmUp = 0.1;
const fewestSamples = 3;
const mostGrowth = 1.05;
const mostCpu = 1.1;

/**
 * Whether a soak was flat. Throughput is judged by processor time: how much of the wall's a machine gives is the business of whatever else runs there.
 *
 * @param {readonly Sample[]} samples
 * @returns {Judged}
 * @throws {Error} when there are too few of them
 */
export function judgeSoak(samples) {
  const { early, late } = windowsOf(samples);
  const runners = Object.keys(late[0]?.runners ?? {});
  const counted = (/** @type {string} */ runner, /** @type {keyof Counts} */ what) => samples.at(-1)?.runners[runner]?.[what] ?? NaN;
  const rssOf = (/** @type {string} */ runner) => (/** @type {Sample} */ sample) => sample.runners[runner]?.residentBytes ?? NaN;
  const filesOf = (/** @type {string} */ runner) => (/** @type {Sample} */ sample) => sample.runners[runner]?.descriptors ?? NaN;
  const rows = [
    ...runners.map((runner) => atLeast(`cases of ${runner}`, counted(runner, 'cases'), 1)),
    ...runners.map((runner) => atLeast(`processes of ${runner}`, new Set(samples.map((sample) => sample.runners[runner]?.pid)).size, 2)),
    ...runners.map((runner) => atMost(`cases that broke ${runner}`, counted(runner, 'broken'), 0)),
    ...runners.map((runner) => atMost(`verdicts on ${runner} that changed`, counted(runner, 'changed'), 0)),
    atMost('resident memory of the harness, late ÷ early', ratio(late, early, ({ harness }) => harness.residentBytes), mostGrowth),
    ...runners.map((runner) => atMost(`resident memory of ${runner}, late ÷ early`, ratio(late, early, rssOf(runner)), mostGrowth)),
    atMost('descriptors of the harness, late − early', most(late, ({ harness }) => harness.descriptors) - most(early, ({ harness }) => harness.descriptors), 0),
    ...runners.map((runner) => atMost(`descriptors of ${runner}, late − early`, most(late, filesOf(runner)) - most(early, filesOf(runner)), 0)),
    atMost('processor time per case in units of a fixed work, late ÷ early', cpuPerCase(late) / cpuPerCase(early), mostCpu),
  ];
  return { rows, measured: measuredOf(samples, { early, late }, runners) };
}

/** @param {readonly Sample[]} samples */
function windowsOf(samples) {
  const end = samples.at(-1)?.seconds ?? 0;
  const warm = samples.filter(({ seconds }) => seconds >= warmUp * end);
  const size = Math.floor(warm.length / 3);
  if (size < fewestSamples) throw new Error(`${samples.length} samples say nothing, at least ${Math.ceil((3 * fewestSamples) / (1 - warmUp)) + 1} are needed: soak for longer`);
  return { early: warm.slice(0, size), late: warm.slice(-size) };
}

/** @param {readonly Sample[]} samples @param {{ readonly early: readonly Sample[], readonly late: readonly Sample[] }} windows @param {readonly string[]} runners */
function measuredOf(samples, { early, late }, runners) {
  const megabytes = (/** @type {readonly Sample[]} */ window, /** @type {(sample: Sample) => number} */ of) => Number((median(window.map(of)) / 2 ** 20).toFixed(1));
  const perSecond = (/** @type {readonly Sample[]} */ window, /** @type {'seconds' | 'cpuSeconds'} */ clock) => Number((span(window, 'cases') / span(window, clock)).toFixed(1));
  const of = (/** @type {readonly Sample[]} */ window) => ({
    casesPerSecond: perSecond(window, 'seconds'), casesPerProcessorSecond: perSecond(window, 'cpuSeconds'), descriptors: most(window, ({ harness }) => harness.descriptors),
    fixedWorkMs: Number((1000 * median(window.map(({ fixedWorkSeconds }) => fixedWorkSeconds))).toFixed(2)),
    residentMiB: { harness: megabytes(window, ({ harness }) => harness.residentBytes), ...Object.fromEntries(runners.map((runner) => [runner, megabytes(window, (sample) => sample.runners[runner]?.residentBytes ?? NaN)])) },
  });
  return { minutes: Number(((samples.at(-1)?.seconds ?? 0) / 60).toFixed(1)), cases: samples.at(-1)?.cases ?? 0, samples: samples.length, early: of(early), late: of(late) };
}

/** In units of a fixed piece of work, which a busy machine slows too. @param {readonly Sample[]} window */
function cpuPerCase(window) {
  return span(window, 'cpuSeconds') / span(window, 'cases') / median(window.map(({ fixedWorkSeconds }) => fixedWorkSeconds));
}

/** From the first to the last sample of a window. @param {readonly Sample[]} window @param {'cases' | 'seconds' | 'cpuSeconds'} name */
function span(window, name) {
  return (window.at(-1)?.[name] ?? NaN) - (window[0]?.[name] ?? NaN);
}

/** Of the medians: a process that is replaced begins small again. @param {readonly Sample[]} late @param {readonly Sample[]} early @param {(sample: Sample) => number} of */
function ratio(late, early, of) {
  return median(late.map(of)) / median(early.map(of));
}

/** @param {readonly Sample[]} window @param {(sample: Sample) => number} of */
function most(window, of) {
  return Math.max(...window.map(of));
}

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/** @param {string} name @param {number} value @param {number} limit @returns {Row} */
function atMost(name, value, limit) {
  return { name, value: Number(value.toFixed(3)), target: `≤ ${limit}`, met: value <= limit };
}

/** @param {string} name @param {number} value @param {number} limit @returns {Row} */
function atLeast(name, value, limit) {
  return { name, value, target: `≥ ${limit}`, met: value >= limit };
}

/** @param {Judged} judged */
export function soakTable({ rows, measured }) {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, value, target, met }) => `${name.padEnd(width)}  ${String(value).padStart(10)}  ${target.padEnd(7)} ${met ? 'yes' : 'NO'}\n`);
  return `${lines.join('')}${JSON.stringify(measured, null, 2)}\n`;
}
