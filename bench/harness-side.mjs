import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { applicableEntries, caseRecord, createExpectations, createRunFile, judge, openSession, readDialect, runFileName, smokeTest, statusByList } from './built.mjs';

/**
 * @import { Plan } from '../src/cases/plan.ts'
 * @import { Answer, Question } from '../src/runners/answer.ts'
 * @import { AskedRunner } from '../src/verbs/run/asked-runner.ts'
 * @import { Expectations } from '../src/verbs/run/expectations.ts'
 */

/**
 * @typedef {object} Pass
 * @property {number} seconds  from the first question to the last verdict handed to the file
 * @property {ReadonlyMap<number, Answer['kind']>} kinds  by index into the plan
 */

/**
 * @typedef {object} HarnessSide  a started runner with the real path around it
 * @property {(indices: readonly number[]) => Promise<Pass>} pass
 * @property {() => Promise<void>} close
 */

/**
 * What a run does between the smoke exchange and the footer, case by case: materialise, simulate, accept, send, judge, write.
 *
 * @param {Plan} plan
 * @param {AskedRunner} runner
 * @param {string} python
 * @param {string} folder  for run.ndjson
 * @param {string} logFolder
 * @returns {Promise<HarnessSide>}
 */
export async function openHarnessSide(plan, runner, python, folder, logFolder) {
  // never recycled: starting a process is a cost of the run, not of a case
  const session = await openSession(runner.spec, { logFolder, logName: `bench-${runner.key}`, python, recycleAfterCases: Infinity });
  await smokeTest(session);
  const { version, device, cpu: { capability }, threads } = session.identity;
  const dialect = readDialect(runner.spec.dialect, version);
  const entries = applicableEntries(runner.entries, { version, device, capability, threads });

  /** @type {HarnessSide['pass']} */
  const pass = async (indices) => {
    const expectations = createExpectations(plan.cases, plan.seed); // nothing is left over from an earlier pass
    const file = await createRunFile(join(folder, runFileName));
    const kinds = /** @type {Map<number, Answer['kind']>} */ (new Map());
    let written = Promise.resolve();
    const began = performance.now();
    await session.run(questions(indices, expectations), (answer, { seq }) => {
      const expectation = expectations.at(seq);
      const verdict = judge(expectation, answer, dialect);
      const status = statusByList(expectation.planned.id, verdict, entries);
      written = file.write(caseRecord(seq, runner.key, expectation, answer, verdict, status));
      kinds.set(seq, answer.kind);
    });
    await written;
    const seconds = (performance.now() - began) / 1000;
    await file.close(); // once per run, and the disk's business
    return { seconds, kinds };
  };
  return { pass, close: () => session.close() };
}

/**
 * @param {readonly number[]} indices
 * @param {Expectations} expectations
 * @returns {AsyncGenerator<Question>}
 */
async function* questions(indices, expectations) {
  for (const index of indices) yield { seq: index, case: expectations.at(index).case };
}
