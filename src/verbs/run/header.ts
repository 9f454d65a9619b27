import type { Plan } from '../../cases/plan.ts';
import { schemaVersion } from '../../reports/read-run.ts';
import type { PlannedHeader, RunHeader } from '../../reports/run.ts';
import { toolVersion } from '../tool.ts';
import type { AskedRunner } from './asked-runner.ts';
import type { RunOptions } from './options.ts';

/**
 * First line of a run file.
 *
 * @param started  milliseconds since 1970
 */
export function headerOf(plan: Plan, runners: readonly AskedRunner[], shard: RunHeader['shard'], options: RunOptions, started: number): PlannedHeader {
  return {
    type: 'header', schemaVersion, tool: { name: 'bn-conformance', version: toolVersion() }, suite: plan.suite, seed: plan.seed,
    cases: { [Symbol.iterator]: () => idsOf(plan) }, runners: runners.map(({ key, excluded }) => ({ runner: key, excluded: [...excluded] })),
    filtered: options.select.length > 0 || options.rerun !== undefined, knownShare: plan.knownShare, minimum: plan.minimum, strict: options.strict,
    command: options.command, startedAt: new Date(started).toISOString(), ...(shard === undefined ? {} : { shard }),
  };
}

/** Ids of a plan, each made when its turn comes. */
export function* idsOf({ cases }: Plan): Generator<string, undefined> {
  for (const { id } of cases) yield id;
}
