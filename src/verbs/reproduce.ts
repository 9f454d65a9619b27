import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { materialise } from '../cases/materialise.ts';
import { underContract } from '../diff/contract.ts';
import { deviates } from '../diff/findings.ts';
import { type Expectation, expectationOf } from '../diff/judge.ts';
import { readRun } from '../reports/read-run.ts';
import { runFileName } from '../reports/run-file.ts';
import type { Run } from '../reports/run.ts';
import { readDialect } from '../spec/dialect.ts';
import { UserError } from '../spec/user-error.ts';
import { findCases } from './find-cases.ts';
import { comparisonScript, type Written } from './reproduce/compare-script.ts';
import { standAloneScript, type Story, whyNoScript } from './reproduce/script.ts';
import { deviationOf } from './reproduce/story.ts';
import { runnerNamed } from './runners-folder.ts';

export interface ReproduceOptions {
  readonly runners: readonly string[];
  readonly suite?: string;
  /** Folder of a run: its suite and seed, and what it says of the case. */
  readonly run?: string;
  readonly seed?: number;
  readonly out: string;
}

/**
 * Writes one stand-alone script per runner: framework and numpy only, all data inline. With two runners a third compares their answers.
 *
 * @returns the paths written
 * @throws {UserError} SELECT_EMPTY, CASE_AMBIGUOUS, UNKNOWN_RUNNER, NOT_REPRODUCIBLE, those of reading a run
 */
export async function reproduce(pattern: string, options: ReproduceOptions): Promise<readonly string[]> {
  const run = options.run === undefined ? undefined : await readRun(join(options.run, runFileName));
  const { plan, cases } = findCases(pattern, options.suite ?? run?.header.suite, options.seed ?? run?.header.seed);
  const [planned, another] = cases;
  if (planned === undefined || another !== undefined) throw new UserError('CASE_AMBIGUOUS', `'${pattern}' names ${String(cases.length)} cases`, `name one, such as ${planned?.id ?? ''}`);
  const expectation = expectationOf(planned, materialise(planned, plan.seed));
  await mkdir(options.out, { recursive: true });
  const written: Written[] = [];
  for (const id of options.runners) {
    const { framework, dialect, environment } = await runnerNamed(id);
    const { errors } = readDialect(dialect, environment?.version ?? 'newest');
    const expected = { ...expectation, accepted: underContract(expectation.accepted, expectation.case, errors) };
    written.push({ framework, path: await writeScript(framework, expected, storyOf(framework, planned.id, run), options.out) });
  }
  const [first, second] = written;
  if (first === undefined || second === undefined) return written.map(({ path }) => path);
  const comparison = join(options.out, `${slugOf(planned.id)}-comparison.py`);
  await writeFile(comparison, comparisonScript(planned.id, [first, second]));
  return [...written.map(({ path }) => path), comparison];
}

async function writeScript(framework: string, expectation: Expectation, story: Story, out: string): Promise<string> {
  const script = standAloneScript(framework, expectation, story);
  if (script === null) {
    const why = whyNoScript(framework, expectation.case) ?? '';
    throw new UserError('NOT_REPRODUCIBLE', `no script can be written of ${expectation.case.id} for ${framework}: ${why}`, 'name another case of the finding, or another runner: show --run lists what deviates');
  }
  const path = join(out, `${slugOf(expectation.case.id)}-${framework}.py`);
  await writeFile(path, script);
  return path;
}

/** What the run says of the case, else only where the case is from. */
function storyOf(framework: string, id: string, run: Run | undefined): Story {
  const result = run?.runners.find(({ facts }) => facts?.framework === framework)?.cases.find((one) => one.id === id);
  const from = `A case of bn-conformance, ${id}.`;
  if (result === undefined || !deviates(result.found)) return { status: 'violates', cause: null, rule: null, title: null, from };
  return { ...deviationOf(result), from };
}

/** An id as a file name. */
export function slugOf(id: string): string {
  return id.replaceAll(/[^\w.+=-]+/g, '_').slice(0, 180);
}
