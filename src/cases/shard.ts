import { createHash } from 'node:crypto';
import { parseProgram } from './axes.ts';
import type { CostOf } from './costs.ts';
import type { Plan, PlannedCase } from './plan.ts';

/** Which part of a plan: the `index`-th of `count`, from 1. */
export interface ShardName {
  readonly index: number;
  readonly count: number;
}

/** A part of a plan, and where its cases stand in the whole. */
export interface Shard {
  readonly plan: Plan;
  /** Indices into the whole plan, ascending. */
  readonly positions: readonly number[];
}

/**
 * Cuts a plan into parts of like cost, the same on every machine, and gives one of them.
 *
 * Every case is in exactly one part. Cases that share what is dear to make, a compiled cell or a process of its own, stay together.
 * Longest first, each to the part that has least so far.
 */
export function shardOf(plan: Plan, { index, count }: ShardName, costOf: CostOf): Shard {
  const parts = Array.from({ length: count }, () => ({ cost: 0, positions: [] as number[] }));
  const units = [...unitsOf(plan.cases, costOf)].sort((a, b) => b.cost - a.cost || a.first - b.first);
  for (const { cost, positions } of units) {
    const lightest = parts.reduce((best, part) => (part.cost < best.cost ? part : best));
    lightest.cost += cost;
    lightest.positions.push(...positions);
  }
  const positions = (parts[index - 1]?.positions ?? []).sort((a, b) => a - b);
  return { plan: { ...plan, cases: positions.flatMap((position) => plan.cases[position] ?? []) }, positions };
}

/** Digest of a plan's ids, by which shards of one plan know each other. */
export function planDigest(ids: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const id of ids) hash.update(id).update('\n');
  return hash.digest('hex');
}

interface Unit {
  readonly first: number;
  readonly cost: number;
  readonly positions: readonly number[];
}

function unitsOf(cases: readonly PlannedCase[], costOf: CostOf): Iterable<Unit> {
  const units = new Map<string, Unit>();
  for (const [position, planned] of cases.entries()) {
    const key = sharedBy(planned) ?? planned.id;
    const unit = units.get(key);
    units.set(key, { first: unit?.first ?? position, cost: (unit?.cost ?? 0) + costOf(planned), positions: [...unit?.positions ?? [], position] });
  }
  return units.values();
}

const costlyRoutes: readonly (string | undefined)[] = ['compiled', 'graph', 'asynchronous'];

/** Whether a case needs what each process would make for itself: a compiled cell, or processes of its own. */
export function isCostly(planned: PlannedCase | undefined): boolean {
  return costlyRoutes.includes(planned?.axes['route']) || hasRanks(planned) || planned?.axes['threads'] !== undefined;
}

function hasRanks(planned: PlannedCase | undefined): boolean {
  return planned?.axes['ranks'] !== undefined || (planned?.literal?.ranks.length ?? 1) > 1;
}

/** Whether a case differentiates a backward pass once more: a framework that cannot shows it by processes that each of its own would start anew. */
export function isTwiceDifferentiated(planned: PlannedCase | undefined): boolean {
  return planned?.literal === null && parseProgram(planned.axes['program'] ?? 'train').some((step) => step.op === 'backward' && step.direction !== undefined);
}

/** Whether a case asks for forward passes alone: some frameworks read more of themselves when they first differentiate. */
export function isQuick(planned: PlannedCase | undefined): boolean {
  return planned?.literal === null && parseProgram(planned.axes['program'] ?? 'train').every(({ op }) => op === 'forward');
}

/** What a case shares with others, by a name; null where it stands alone. */
function sharedBy(planned: PlannedCase): string | null {
  const { layer, axes: { route, threads } } = planned;
  if (!isCostly(planned)) return null;
  if (threads !== undefined) return 'threads';
  return !hasRanks(planned) && route !== 'graph' ? String(route) : `${route ?? 'ranks'} ${layer}`;
}
