/** What the bench needs of the built harness. Values come from dist/, types from src/: dist/ holds no types, and may not exist yet. */

/**
 * @template T
 * @param {string} path below dist/, without its suffix
 * @returns {Promise<T>}
 */
async function built(path) {
  const url = new URL(`../dist/${path}.js`, import.meta.url);
  return /** @type {T} */ (await import(url.href));
}

/** @type {typeof import('../src/cases/materialise.ts')} */
export const { materialise } = await built('cases/materialise');
/** @type {typeof import('../src/diff/judge.ts')} */
export const { judge } = await built('diff/judge');
/** @type {typeof import('../src/environments/ensure.ts')} */
export const { ensureEnvironment } = await built('environments/ensure');
/** @type {typeof import('../src/environments/home.ts')} */
export const { harnessHome, logsFolder } = await built('environments/home');
/** @type {typeof import('../src/gate/known-failing.ts')} */
export const { applicableEntries, statusByList } = await built('gate/known-failing');
/** @type {typeof import('../src/reports/run-file.ts')} */
export const { createRunFile, runFileName } = await built('reports/run-file');
/** @type {typeof import('../src/runners/child-environment.ts')} */
export const { childEnvironment } = await built('runners/child-environment');
/** @type {typeof import('../src/runners/encode-messages.ts')} */
export const { encodeRun } = await built('runners/encode-messages');
/** @type {typeof import('../src/runners/session.ts')} */
export const { openSession } = await built('runners/session');
/** @type {typeof import('../src/runners/smoke-test.ts')} */
export const { smokeTest } = await built('runners/smoke-test');
/** @type {typeof import('../src/spec/dialect.ts')} */
export const { readDialect } = await built('spec/dialect');
/** @type {typeof import('../src/verbs/load-plan.ts')} */
export const { loadPlan } = await built('verbs/load-plan');
/** @type {typeof import('../src/verbs/run/asked-runner.ts')} */
export const { askRunners } = await built('verbs/run/asked-runner');
/** @type {typeof import('../src/verbs/run/case-record.ts')} */
export const { caseRecord } = await built('verbs/run/case-record');
/** @type {typeof import('../src/verbs/run/expectations.ts')} */
export const { createExpectations } = await built('verbs/run/expectations');
