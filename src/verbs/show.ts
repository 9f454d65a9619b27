import { join } from 'node:path';
import { materialise } from '../cases/materialise.ts';
import { ownDataSuite } from '../cases/own-data.ts';
import { select } from '../cases/select.ts';
import { expectationOf } from '../diff/judge.ts';
import { readRun } from '../reports/read-run.ts';
import type { Run } from '../reports/run.ts';
import { runFileName } from '../reports/run-file.ts';
import { readDialect } from '../spec/dialect.ts';
import { didYouMean } from '../spec/did-you-mean.ts';
import { readRules } from '../spec/rules.ts';
import { UserError } from '../spec/user-error.ts';
import { loadPlan } from './load-plan.ts';
import { formatCase, type ShownObservation } from './show/case.ts';
import type { ShownContract } from './show/contract.ts';
import { formatRecorded } from './show/recorded.ts';
import { formatRule } from './show/rule.ts';
import { findCases } from './find-cases.ts';
import { defaultRunners, runnerKey, runnerNamed } from './runners-folder.ts';

export interface ShowOptions {
  readonly suite?: string;
  /** Folder of a run whose observations are shown too. */
  readonly run?: string;
  readonly seed?: number;
}

/** At most so many cases of a pattern. */
const shownCases = 20;

/**
 * Text about a rule, or about the cases that a pattern names.
 *
 * @throws {UserError} RULE_UNKNOWN, SELECT_EMPTY, and those of reading a run
 */
export async function show(what: string, options: ShowOptions): Promise<string> {
  if (what.startsWith('BN-')) return showRule(what, options.suite ?? 'core');
  const run = options.run === undefined ? undefined : await readRun(join(options.run, runFileName), { observed: true });
  if (run?.header.suite === ownDataSuite) return showRecorded(what, run);
  const contracts = await contractsOf(run);
  const { plan, cases } = findCases(what, options.suite ?? run?.header.suite, options.seed ?? run?.header.seed);
  const shown = cases.slice(0, shownCases).map((planned) => {
    const observations = run?.runners.flatMap(({ runner, cases: results }) => results.filter(({ id }) => id === planned.id).map((record): ShownObservation => ({ runner, record })));
    return formatCase(expectationOf(planned, materialise(planned, plan.seed)), observations ?? [], contracts);
  });
  const more = cases.length > shownCases ? `and ${String(cases.length - shownCases)} more cases match\n` : '';
  return shown.join('\n') + more;
}

/** The error contracts of the runners of a run, else of those that are asked by default. */
async function contractsOf(run: Run | undefined): Promise<readonly ShownContract[]> {
  const asked = run === undefined ? defaultRunners.map((runner) => ({ runner, version: undefined })) : run.runners.map(({ runner, facts }) => ({ runner, version: facts?.version }));
  const known = await Promise.all(asked.map(async ({ runner, version }): Promise<readonly ShownContract[]> => {
    const spec = await runnerNamed(runner).catch(() => null); // one that a run described by its path
    return spec === null ? [] : [{ runner: runnerKey(spec), errors: readDialect(spec.dialect, version ?? spec.version ?? 'newest').errors }];
  }));
  return known.flat();
}

function showRecorded(what: string, run: Run): string {
  const titles = new Map(readRules().map(({ id, title }) => [id, title]));
  return select(Array.from(run.header.cases, (id) => ({ id })), [what]).map(({ id }) => formatRecorded(id, run, titles)).join('\n');
}

function showRule(id: string, suite: string): string {
  const rules = readRules();
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) throw new UserError('RULE_UNKNOWN', `no rule is called '${id}'`, `${didYouMean(id, rules.map((known) => known.id))}spec/batch-norm.md lists them`);
  return formatRule(rule, loadPlan(suite));
}
