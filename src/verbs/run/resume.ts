import { join } from 'node:path';
import type { Plan } from '../../cases/plan.ts';
import { readRun } from '../../reports/read-run.ts';
import { runFileName } from '../../reports/run-file.ts';
import { decodeLine, readLines } from '../../reports/run-lines.ts';
import type { RunHeader } from '../../reports/run.ts';
import { UserError } from '../../spec/user-error.ts';
import { loadPlan } from '../load-plan.ts';
import { recordedId } from '../runners-folder.ts';
import { toolVersion } from '../tool.ts';
import type { EarlierResults } from './ask-runner.ts';

/** An interrupted run to go on with. */
export interface Resumed {
  readonly header: RunHeader;
  readonly plan: Plan;
  readonly earlier: ReadonlyMap<string, EarlierResults>;
  /** Bytes of its file that stay: the header, who was asked, and whole lines of cases. */
  readonly keep: number;
}

/**
 * Reads what a run has measured, and the plan that it was on.
 *
 * @param folder  the run's out folder
 * @throws {UserError} RESUME_OTHER_TOOL, RUN_RUNNER_UNKNOWN, RESUME_OTHER_PLAN, and what `readRun` and `loadPlan` throw
 */
export async function readResumed(folder: string): Promise<Resumed> {
  const path = join(folder, runFileName);
  const { header, runners } = await readRun(path, { observed: true });
  for (const { runner } of header.runners) recordedId(runner, path);
  if (header.tool.version !== toolVersion()) {
    throw new UserError('RESUME_OTHER_TOOL', `${path} was begun by ${header.tool.name} ${header.tool.version}, this is ${toolVersion()}`, 'go on with the version that began it, or start anew without --resume');
  }
  const earlier = new Map(runners.map(({ runner, facts, cases }) => [runner, { facts, lines: cases.filter(({ status }) => status !== 'not-run') }]));
  return { header, plan: planOf(header, path), earlier, keep: await bytesToKeep(path) };
}

function planOf({ suite, seed, cases }: RunHeader, path: string): Plan {
  const plan = loadPlan(suite, seed);
  const planned = new Map(plan.cases.map((each) => [each.id, each]));
  const own = Array.from(cases, (id) => planned.get(id));
  const known = own.filter((each) => each !== undefined);
  if (known.length === own.length) return { ...plan, cases: known };
  const stray = cases.at(own.indexOf(undefined)) ?? '';
  throw new UserError('RESUME_OTHER_PLAN', `${path} plans '${stray}', which suite '${suite}' no longer asks`, 'start anew without --resume');
}

/** Evidence and the footer are made again; a line cut in half is asked again. */
async function bytesToKeep(path: string): Promise<number> {
  let bytes = 0;
  for await (const line of readLines(path)) {
    const type = line.ended ? decodeLine(line, path)?.type : undefined;
    if (type !== 'header' && type !== 'runner' && type !== 'case') break;
    bytes += Buffer.byteLength(line.text) + 1;
  }
  return bytes;
}
