/** What the bench needs of the built harness. Values come from dist/, types from src/: dist/ holds no types, and may not exist yet. */

/**
 * @param {string} path below dist/, without its suffix
 * @returns {Promise<unknown>}
 */
function built(path) {
  const url = new URL(`../dist/${path}.js`, import.meta.url);
  return import(url.href);
}

export const { acceptCase } = /** @type {typeof import('../src/accept/accept.ts')} */ (await built('accept/accept'));
export const { keepHeapSmall } = /** @type {typeof import('../src/cli/heap.ts')} */ (await built('cli/heap'));
export const { materialise } = /** @type {typeof import('../src/cases/materialise.ts')} */ (await built('cases/materialise'));
export const { isCostly } = /** @type {typeof import('../src/cases/shard.ts')} */ (await built('cases/shard'));
export const { ensureEnvironment } = /** @type {typeof import('../src/environments/ensure.ts')} */ (await built('environments/ensure'));
export const { harnessHome, logsFolder } = /** @type {typeof import('../src/environments/home.ts')} */ (await built('environments/home'));
export const { createRunFile, runFileName } = /** @type {typeof import('../src/reports/run-file.ts')} */ (await built('reports/run-file'));
export const { childEnvironment } = /** @type {typeof import('../src/runners/child-environment.ts')} */ (await built('runners/child-environment'));
export const { encodeRun } = /** @type {typeof import('../src/runners/encode-messages.ts')} */ (await built('runners/encode-messages'));
export const { giveBack } = /** @type {typeof import('../src/runners/read-memory.ts')} */ (await built('runners/read-memory'));
export const { openSession } = /** @type {typeof import('../src/runners/session.ts')} */ (await built('runners/session'));
export const { smokeTest } = /** @type {typeof import('../src/runners/smoke-test.ts')} */ (await built('runners/smoke-test'));
export const { readDialect } = /** @type {typeof import('../src/spec/dialect.ts')} */ (await built('spec/dialect'));
export const { loadPlan } = /** @type {typeof import('../src/verbs/load-plan.ts')} */ (await built('verbs/load-plan'));
export const { askCases, createWork, factsOf } = /** @type {typeof import('../src/verbs/run/ask-runner.ts')} */ (await built('verbs/run/ask-runner'));
export const { askRunners } = /** @type {typeof import('../src/verbs/run/asked-runner.ts')} */ (await built('verbs/run/asked-runner'));
export const { defaultJobs } = /** @type {typeof import('../src/verbs/run/options.ts')} */ (await built('verbs/run/options'));
export const { run, runPlan } = /** @type {typeof import('../src/verbs/run/run.ts')} */ (await built('verbs/run/run'));
export const { createExpectations, keptForOne } = /** @type {typeof import('../src/verbs/run/expectations.ts')} */ (await built('verbs/run/expectations'));
