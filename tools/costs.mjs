/**
 * Writes cases/costs.json from the durations of a run, which is that of reports/latest unless a folder is given.
 *
 *     npm run conformance && node tools/costs.mjs
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * @param {string} path below dist/, without its suffix
 * @returns {Promise<unknown>}
 */
const built = (path) => import(new URL(`../dist/${path}.js`, import.meta.url).href);
const { readRun } = /** @type {typeof import('../src/reports/read-run.ts')} */ (await built('reports/read-run'));
const { kindOf } = /** @type {typeof import('../src/cases/costs.ts')} */ (await built('cases/costs'));
const { loadPlan } = /** @type {typeof import('../src/verbs/load-plan.ts')} */ (await built('verbs/load-plan'));

const root = fileURLToPath(new URL('..', import.meta.url));
const [folder = join(root, 'reports', 'latest')] = process.argv.slice(2);
const run = await readRun(join(folder, 'run.ndjson'));
const planned = new Map(loadPlan(run.header.suite, run.header.seed).cases.map((each) => [each.id, each]));

/**
 * Mean cost of each kind; what a framework does not offer costs next to nothing, and counts.
 *
 * @param {readonly { readonly id: string, readonly durationUs: number }[]} results
 */
function meansOf(results) {
  const sums = /** @type {Map<string, { cases: number, us: number }>} */ (new Map());
  for (const { id, durationUs } of results) {
    const one = planned.get(id);
    if (one === undefined) throw new Error(`suite ${run.header.suite} has no case ${id}: run it again`);
    const sum = sums.get(kindOf(one)) ?? { cases: 0, us: 0 };
    sums.set(kindOf(one), { cases: sum.cases + 1, us: sum.us + durationUs });
  }
  return Object.fromEntries([...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, { cases, us }]) => [kind, Math.round(us / cases)]));
}

const kinds = Object.fromEntries(run.runners.map(({ runner, cases }) => [runner.split('@', 1)[0] ?? runner, meansOf(cases)]));
await writeFile(join(root, 'cases', 'costs.json'), `${JSON.stringify({ schemaVersion: 1, kinds }, null, 2)}\n`);
