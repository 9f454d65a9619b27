import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { askCases, askRunners, createExpectations, createRunFile, createWork, ensureEnvironment, factsOf, harnessHome, isCostly, loadPlan, openSession, readDialect, runFileName, smokeTest } from '../built.mjs';
import { fixedWork, readProcesses } from './sample.mjs';

/**
 * @import { Plan } from '../../src/cases/plan.ts'
 * @import { Status } from '../../src/diff/verdict.ts'
 * @import { AskedRunner } from '../../src/verbs/run/asked-runner.ts'
 * @import { ProcessSample } from './sample.mjs'
 */

/**
 * @typedef {object} Sample  at the end of a round
 * @property {number} seconds  since the beginning
 * @property {number} cases  answered since then, by all runners
 * @property {number} cpuSeconds  of harness and runners since then
 * @property {number} fixedWorkSeconds  processor time of a fixed piece of work just then
 * @property {ProcessSample} harness
 * @property {Readonly<Record<string, RunnerSample>>} runners
 *
 * @typedef {Counts & ProcessSample & { readonly pid: number }} RunnerSample
 *
 * @typedef {object} Counts  since the beginning
 * @property {number} cases  answered
 * @property {number} broken  of these: crashed, timed-out or garbled
 * @property {number} changed  whose verdict was another in an earlier round
 *
 * @typedef {object} Side  one runner of the pair
 * @property {string} key
 * @property {(round: number, expectations: ReturnType<typeof createExpectations>) => Promise<void>} ask
 * @property {() => Counts} counts
 * @property {() => Promise<void>} close
 */

/** Cases of a round: what takes each framework about a second, so that neither waits long for the other. */
const casesPerRound = /** @type {Readonly<Record<string, number>>} */ ({ pytorch: 2500, mindspore: 500 });
const casesPerRoundElse = 200;
/** A soak runs beside other work, and at its leisure. */
const patience = { startLimitMs: 900_000, timeLimitMs: 300_000 };
/** Fewer cannot be judged. */
const fewestRounds = 12;

/**
 * The way of a run, round after round over the cases of `core`: materialise, simulate, send, judge, write. Compiled cells and processes of ranks are left
 * out, which a run makes once.
 *
 * @param {{ readonly minutes: number, readonly recycle: number, readonly runners: readonly string[], readonly samples?: string | undefined,
 *   readonly variables: Readonly<Record<string, string | undefined>>, readonly tell: (text: string) => void }} options
 * @returns {Promise<readonly Sample[]>}
 */
export async function soak({ minutes, recycle, runners, samples: samplesFile, variables, tell }) {
  const plan = loadPlan('core');
  const folder = await mkdtemp(join(tmpdir(), 'bn-soak-'));
  const asked = await askRunners(runners, {}, plan, undefined);
  const home = harnessHome(variables);
  const sides = /** @type {Side[]} */ ([]);
  try {
    for (const runner of asked) sides.push(await openSide(plan, runner, { folder, home, recycle, tell }));
    if (samplesFile !== undefined) writeFileSync(samplesFile, '');
    return await rounds(sides, plan, minutes, (sample) => {
      if (samplesFile !== undefined) appendFileSync(samplesFile, `${JSON.stringify(sample)}\n`);
      tell(`${(sample.seconds / 60).toFixed(1)} of ${minutes} min, ${sample.cases} cases`);
    });
  } finally {
    await Promise.all(sides.map((side) => side.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {readonly Side[]} sides
 * @param {Plan} plan
 * @param {number} minutes
 * @param {(sample: Sample) => void} onSample
 */
async function rounds(sides, plan, minutes, onSample) {
  const samples = /** @type {Sample[]} */ ([]);
  const began = performance.now();
  const cpuBefore = readProcesses().cpuSeconds;
  for (let round = 0; round < fewestRounds || performance.now() - began < minutes * 60_000; round++) {
    const expectations = createExpectations(plan.cases, plan.seed); // those of a run, which ends
    await Promise.all(sides.map((side) => side.ask(round, expectations)));
    await expectations.close();
    const { harness, children, cpuSeconds } = readProcesses();
    const cases = sides.reduce((sum, side) => sum + side.counts().cases, 0);
    const sample = { seconds: (performance.now() - began) / 1000, cases, cpuSeconds: cpuSeconds - cpuBefore, fixedWorkSeconds: fixedWork(), harness, runners: byRunner(sides, children) };
    samples.push(sample);
    onSample(sample);
  }
  return samples;
}

/** @param {readonly Side[]} sides @param {ReadonlyMap<number, ProcessSample>} children */
function byRunner(sides, children) {
  const found = [...children].map(([pid, sample]) => ({ pid, sample, variables: readFileSync(`/proc/${pid}/environ`, 'utf8') }));
  return Object.fromEntries(sides.flatMap(({ key, counts }) => {
    const own = found.find(({ variables }) => variables.split('\0').includes(`SOAK_RUNNER=${key}`));
    return own === undefined ? [] : [[key, { pid: own.pid, ...own.sample, ...counts() }]];
  }));
}

/**
 * @param {Plan} plan
 * @param {AskedRunner} runner
 * @param {{ readonly folder: string, readonly home: string, readonly recycle: number, readonly tell: (text: string) => void }} options
 * @returns {Promise<Side>}
 */
async function openSide(plan, runner, { folder, home, recycle, tell }) {
  const { key, spec } = runner;
  const python = spec.environment === undefined ? undefined : (await ensureEnvironment(spec.environment, { home, onProgress: tell })).python;
  const session = await openSession(spec, { logFolder: folder, logName: key, python, recycleAfterCases: recycle, ...patience, variables: { SOAK_RUNNER: key } });
  await smokeTest(session);
  const dialect = readDialect(spec.dialect, session.identity.version);
  const facts = factsOf(runner, session, dialect);
  const listener = { stage: () => {}, progress: () => {} };
  const options = { suite: 'core', runners: [], python: {}, select: [], out: folder, strict: false, jobs: 1, threads: 1, device: 'cpu', timeLimitMs: 60_000, home, command: 'soak' };
  const open = runner.indices.filter((index) => !isCostly(plan.cases[index]));
  const size = Math.min(open.length, casesPerRound[spec.id] ?? casesPerRoundElse);
  const verdicts = /** @type {Map<number, Status>} */ (new Map());
  let [cases, broken, changed] = [0, 0, 0];
  const onLine = (/** @type {{ readonly index: number, readonly status: Status }} */ { index, status }) => {
    cases += 1;
    if (['crashed', 'timed-out', 'garbled'].includes(status)) broken += 1;
    if ((verdicts.get(index) ?? status) !== status) changed += 1;
    verdicts.set(index, status);
  };
  return {
    key,
    ask: async (round, expectations) => {
      const indices = Array.from({ length: size }, (_, i) => open[(round * size + i) % open.length] ?? 0);
      const file = await createRunFile(join(folder, `${key}-${runFileName}`));
      const work = createWork({ ...runner, indices }, () => false);
      const before = cases;
      await askCases({ work, isFirst: true }, session, dialect, facts, { plan, options, listener, expectations, file, signal: new AbortController().signal, onLine });
      await file.close();
      if (cases - before !== size) throw new Error(`${key} was asked ${size} cases and answered ${cases - before}`);
    },
    counts: () => ({ cases, broken, changed }),
    close: () => session.close(),
  };
}
