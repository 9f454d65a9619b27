import type { Plan } from '../../cases/plan.ts';
import { schemaVersion } from '../../reports/read-run.ts';
import type { RunHeader } from '../../reports/run.ts';
import { toolVersion } from '../tool.ts';
import type { AskedRunner } from './asked-runner.ts';
import type { RunOptions } from './options.ts';

/**
 * First line of a run file.
 *
 * @param started  milliseconds since 1970
 */
export function headerOf(plan: Plan, runners: readonly AskedRunner[], shard: RunHeader['shard'], options: RunOptions, started: number): RunHeader {
  return {
    type: 'header', schemaVersion, tool: { name: 'bn-conformance', version: toolVersion() }, suite: plan.suite, seed: plan.seed,
    cases: plan.cases.map(({ id }) => id), runners: runners.map(({ key, excluded }) => ({ runner: key, excluded: [...excluded] })),
    filtered: options.select.length > 0, knownShare: plan.knownShare, minimum: plan.minimum, strict: options.strict,
    command: options.command, startedAt: new Date(started).toISOString(), ...(shard === undefined ? {} : { shard }),
  };
}
