import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { materialise } from '../cases/materialise.ts';
import { underContract } from '../diff/contract.ts';
import { deviates } from '../diff/findings.ts';
import { type Expectation, expectationOf } from '../diff/judge.ts';
import { readRun } from '../reports/read-run.ts';
import { runFileName } from '../reports/run-file.ts';
import type { Run } from '../reports/run.ts';
import type { RunnerSpec } from '../runners/registry.ts';
import { readDialect } from '../spec/dialect.ts';
import { UserError } from '../spec/user-error.ts';
import { writeAnew } from '../spec/write-anew.ts';
import { findCases } from './find-cases.ts';
import { comparisonScript, type Written } from './reproduce/compare-script.ts';
import { scriptOf, type Story } from './reproduce/script.ts';
import { deviationOf } from './reproduce/story.ts';
import { whyNoScript } from './reproduce/why-no-script.ts';
import { writeScript } from './reproduce/write-script.ts';
import { runnerKey, runnerNamed } from './runners-folder.ts';

export interface ReproduceOptions {
  readonly runners: readonly string[];
  readonly suite?: string;
  /** Folder of a run: its suite and seed, and what it says of the case. */
  readonly run?: string;
  readonly seed?: number;
  readonly out: string;
}

/**
 * Writes one stand-alone script per runner: framework and numpy only, all data inline, or in a .npy file of its name where it is much. A miniature is inline itself. With two runners a third compares their answers.
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
  const paths: string[] = [];
  for (const word of options.runners) {
    const runner = await runnerNamed(word);
    const name = nameOf(runner);
    const path = join(options.out, `${slugOf(planned.id)}-${name}.py`);
    paths.push(...await writeOne(path, runner, expectation, storyOf(runner, planned.id, run)));
    written.push({ framework: name, path });
  }
  const [first, second] = written;
  if (first === undefined || second === undefined) return paths;
  const comparison = join(options.out, `${slugOf(planned.id)}-comparison.py`);
  await writeAnew(comparison, comparisonScript(planned.id, [first, second]));
  return [...paths, comparison];
}

function nameOf({ id, framework, variant }: RunnerSpec): string {
  return variant === undefined ? framework : id;
}

async function writeOne(path: string, runner: RunnerSpec, expectation: Expectation, story: Story): Promise<readonly string[]> {
  const { errors } = readDialect(runner.dialect, runner.environment?.version ?? 'newest');
  const script = scriptOf(runner, { planned: expectation.planned, case: expectation.case, accepted: underContract(expectation.accepted, expectation.case, errors) }, story);
  if (script !== null) return writeScript(path, script);
  const why = whyNoScript(runner, expectation.case) ?? '';
  throw new UserError('NOT_REPRODUCIBLE', `no script can be written of ${expectation.case.id} for ${nameOf(runner)}: ${why}`, 'name another case of the finding, or another runner: show --run lists what deviates');
}

/** What the run says of the case, else only where the case is from. */
function storyOf(asked: RunnerSpec, id: string, run: Run | undefined): Story {
  const runners = run?.runners ?? [];
  const other = asked.variant === undefined ? runners.find(({ facts }) => facts?.framework === asked.framework) : undefined; // another version; never another lie
  const own = runners.find(({ runner }) => runner === runnerKey(asked)) ?? other;
  const result = own?.cases.find((one) => one.id === id);
  const from = `A case of bn-conformance, ${id}.`;
  if (result === undefined || !deviates(result.found)) return { status: 'violates', cause: null, rule: null, title: null, from };
  return { ...deviationOf(result), from };
}

/** An id as a file name. */
export function slugOf(id: string): string {
  return id.replaceAll(/[^\w.+=-]+/g, '_').slice(0, 180);
}
