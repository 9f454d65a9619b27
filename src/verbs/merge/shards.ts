import type { Run, RunHeader, RunnerFacts } from '../../reports/run.ts';
import { UserError } from '../../spec/user-error.ts';

/** A run of one part of a plan. */
export interface ShardRun {
  /** Where it was read. */
  readonly place: string;
  readonly run: Run;
  readonly shard: NonNullable<RunHeader['shard']>;
}

/**
 * The parts in their order.
 *
 * @throws {UserError} MERGE_NOTHING, MERGE_NOT_A_SHARD, MERGE_INCOMPLETE, MERGE_TWICE, MERGE_MISSING
 */
export function sortShards(read: readonly Omit<ShardRun, 'shard'>[]): readonly ShardRun[] {
  const shards = read.map(({ place, run }) => ({ place, run, shard: shardIn(place, run) })).sort((a, b) => a.shard.index - b.shard.index);
  const [first] = shards;
  if (first === undefined) throw new UserError('MERGE_NOTHING', 'no run was named', 'name the out folders of all shards');
  const twice = shards.find(({ shard }, i) => shards[i + 1]?.shard.index === shard.index);
  if (twice !== undefined) throw new UserError('MERGE_TWICE', `shard ${String(twice.shard.index)} was named twice, at ${twice.place} and elsewhere`, 'name each shard once');
  const { count } = first.shard;
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((index) => shards.every(({ shard }) => shard.index !== index));
  if (missing.length > 0) throw new UserError('MERGE_MISSING', `of ${String(count)} shards ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing`, 'name the out folders of all shards');
  return shards;
}

function shardIn(place: string, { header, complete }: Run): ShardRun['shard'] {
  if (header.shard === undefined) throw new UserError('MERGE_NOT_A_SHARD', `${place} holds a run that is not one of several shards`, 'name folders that run --shard I/N wrote');
  if (!complete) throw new UserError('MERGE_INCOMPLETE', `${place}: the run was interrupted`, `end it with run --resume ${place}`);
  return header.shard;
}

/** What all shards of one whole have in common, as their headers say it. */
const common: readonly (readonly [what: string, of: (header: RunHeader) => unknown])[] = [
  ['tool', ({ tool }) => `${tool.name} ${tool.version}`], ['file version', ({ schemaVersion }) => schemaVersion], ['suite', ({ suite }) => suite], ['seed', ({ seed }) => seed],
  ['number of shards', ({ shard }) => shard?.count], ['plan', ({ shard }) => `${String(shard?.planned)} cases, ${String(shard?.digest)}`],
  ['runners', ({ runners }) => runners.map(({ runner }) => runner).join(', ')], ['--strict', ({ strict }) => strict], ['--select', ({ filtered }) => filtered],
];

/** @throws {UserError} MERGE_DIFFERENT, which names what differs and where */
export function refuseForeign(shards: readonly ShardRun[]): void {
  const [first, ...others] = shards;
  if (first === undefined) return;
  for (const other of others) {
    for (const [what, of] of common) refuseDifferent(what, [first, of(first.run.header)], [other, of(other.run.header)]);
    refuseDifferent('known-failing list', [first, JSON.stringify(first.run.footer?.listed)], [other, JSON.stringify(other.run.footer?.listed)]);
    for (const { runner, facts } of first.run.runners) refuseOtherInstallation(runner, [first, facts], [other, other.run.runners.find((each) => each.runner === runner)?.facts ?? null]);
  }
}

function refuseOtherInstallation(runner: string, [first, mine]: readonly [ShardRun, RunnerFacts | null], [other, theirs]: readonly [ShardRun, RunnerFacts | null]): void {
  if (mine === null || theirs === null) return;
  for (const [name, of] of installation) refuseDifferent(`${name} of ${runner}`, [first, of(mine)], [other, of(theirs)]);
}

/** What of a runner may change the results; the model of a CPU may differ where its capability does not. */
const installation: readonly (readonly [name: string, of: (facts: RunnerFacts) => unknown])[] = [
  ['version', ({ version }) => version], ['build', ({ build }) => build], ['language', ({ language }) => language], ['device', ({ device }) => device], ['threads', ({ threads }) => threads],
  ['CPU capability', ({ cpu }) => cpu.capability], ['interpreter', ({ interpreter }) => interpreter], ['dialect', ({ dialect }) => JSON.stringify(dialect)],
];

function refuseDifferent(what: string, [a, mine]: readonly [ShardRun, unknown], [b, theirs]: readonly [ShardRun, unknown]): void {
  if (mine === theirs) return;
  throw new UserError('MERGE_DIFFERENT', `the ${what} differs: ${String(mine)} in ${a.place}, ${String(theirs)} in ${b.place}`, 'merge shards of one run, made with the same command and the same versions');
}

/** The runner as all shards know it, with every model of CPU that there was. */
export function mergedFacts(all: readonly (RunnerFacts | null)[]): RunnerFacts | null {
  const present = all.filter((facts) => facts !== null);
  const [first] = present;
  if (first === undefined) return null;
  return { ...first, cpu: { ...first.cpu, model: [...new Set(present.map(({ cpu }) => cpu.model))].join(', ') } };
}
