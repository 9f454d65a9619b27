import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { askCases, createExpectations, createRunFile, createWork, factsOf, keepHeapSmall, keptForOne, openSession, readDialect, runFileName, smokeTest } from './built.mjs';

/**
 * @import { Plan } from '../src/cases/plan.ts'
 * @import { Status } from '../src/diff/verdict.ts'
 * @import { AskedRunner } from '../src/verbs/run/asked-runner.ts'
 * @import { RunOptions } from '../src/verbs/run/options.ts'
 */

/**
 * @typedef {object} Pass
 * @property {number} seconds  from the first question to the last verdict handed to the file
 * @property {ReadonlyMap<number, Status>} found  status by index into the plan
 */

/**
 * @typedef {object} HarnessSide  a started runner, in as many processes as a run has by default, with the real path around it
 * @property {(indices: readonly number[], processes?: number) => Promise<Pass>} pass  asks with so many runner processes, all by default
 * @property {() => Promise<void>} close
 */

/**
 * What a run does between the smoke exchange and the footer, case by case: materialise, simulate, accept, send, judge, write.
 *
 * @param {Plan} plan
 * @param {AskedRunner} runner
 * @param {string} python
 * @param {RunOptions} options  `out` is the folder of run.ndjson
 * @param {string} logFolder
 * @returns {Promise<HarnessSide>}
 */
export async function openHarnessSide(plan, runner, python, options, logFolder) {
  keepHeapSmall(); // as the command does
  // never recycled: starting a process is a cost of the run, not of a case
  const open = (/** @type {number} */ nth) => openSession(runner.spec, { logFolder, logName: `bench-${runner.key}-${nth}`, python, recycleAfterCases: Infinity });
  const first = await open(0);
  const sessions = [first, ...await Promise.all(Array.from({ length: options.jobs - 1 }, (_, i) => open(i + 1)))];
  for (const session of sessions) await smokeTest(session);
  const dialect = readDialect(runner.spec.dialect, first.identity.version);
  const facts = factsOf(runner, first, dialect);
  const listener = { stage: () => {}, progress: () => {} };

  /** @type {HarnessSide['pass']} */
  const pass = async (indices, processes = sessions.length) => {
    const found = /** @type {Map<number, Status>} */ (new Map());
    const file = await createRunFile(join(options.out, runFileName));
    const expectations = createExpectations(plan.cases, plan.seed, keptForOne); // as in a run of this runner; nothing is left over from an earlier pass
    const onLine = (/** @type {{ readonly index: number, readonly found: Status }} */ line) => void found.set(line.index, line.found);
    const shared = { plan, options, listener, expectations, file, signal: new AbortController().signal, onLine };
    const work = createWork({ ...runner, indices }, () => false);
    const began = performance.now();
    await Promise.all(sessions.slice(0, processes).map((session, nth) => askCases({ work, isFirst: nth === 0 }, session, dialect, facts, shared)));
    const seconds = (performance.now() - began) / 1000;
    await file.close(); // once per run, and the disk's business
    return { seconds, found };
  };
  return { pass, close: async () => { await Promise.all(sessions.map((session) => session.close())); } };
}
