import type { Case, Step } from '../cases/case.ts';
import { outline } from '../cases/materialise.ts';
import type { PlannedCase } from '../cases/plan.ts';
import { entriesRefusing } from '../diff/contract.ts';
import type { Dialect } from '../spec/dialect.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';

/** What a dialect does not offer or refuses of a plan, by the entry that says so. */
export interface Limit {
  readonly runner: string;
  /** Whose entry it is, as `framework@version`. */
  readonly dialect: string;
  readonly kind: 'not-offered' | 'refused';
  /** Axis values, or facts of a call, that the entry is about; of `program` the step that the framework lacks. */
  readonly combination: Readonly<Record<string, readonly string[]>>;
  readonly why: string;
  /** Where the framework says so. */
  readonly source: string;
  /** Cases of the runner that it concerns. A case may have several; one that is not offered is not asked whether it is refused. */
  readonly cells: number;
}

/** A runner of a plan, with the layers that it speaks. */
export interface Speaker {
  readonly runner: string;
  readonly layers: readonly string[];
  readonly dialect: Dialect;
}

/** The limits of each runner that the plan runs into: what it does not offer, then what it refuses. */
export function findLimits(cases: readonly PlannedCase[], speakers: readonly Speaker[]): readonly Limit[] {
  const tallies = speakers.map((speaker) => ({ speaker, lacks: missingIn(speaker.dialect), cells: new Map<Missing | ErrorContract, number>() }));
  for (const planned of cases) {
    const question = outline(planned);
    for (const { speaker, lacks, cells } of tallies) {
      if (!speaker.layers.includes(planned.layer)) continue;
      for (const entry of entriesOn(question, speaker.dialect, lacks)) cells.set(entry, (cells.get(entry) ?? 0) + 1);
    }
  }
  return tallies.flatMap(({ speaker: { runner, dialect }, lacks, cells }) => [...lacks.values(), ...dialect.errors].flatMap((entry) => {
    const count = cells.get(entry);
    return count === undefined ? [] : [{ runner, dialect: `${dialect.framework}@${dialect.version}`, ...told(entry), cells: count }];
  }));
}

/** Something that a dialect has no spelling for. */
interface Missing {
  readonly axis: 'statistics' | 'route' | 'program';
  readonly value: string;
  readonly reason: string;
  readonly source: string;
}

/** By the words of `needs`. */
function missingIn({ statistics, routes, steps }: Dialect): ReadonlyMap<string, Missing> {
  const tables = [['statistics', statistics], ['route', routes], ['program', steps]] as const;
  return new Map(tables.flatMap(([axis, table]) => Object.entries(table ?? {}).flatMap(([value, spelled]) => (
    spelled.spelling === null ? [[`${axis} ${value}`, { axis, value, reason: spelled.reason, source: spelled.source }] as const] : []
  ))));
}

function entriesOn(question: Case, { errors }: Dialect, lacks: ReadonlyMap<string, Missing>): readonly (Missing | ErrorContract)[] {
  const missing = [...new Set(needs(question))].flatMap((need) => lacks.get(need) ?? []);
  return missing.length > 0 ? missing : entriesRefusing(question, errors);
}

/** What a case needs the framework to have: a row, a way of calling, steps that not every framework has. */
function needs({ config, route = 'module', program }: Case): readonly string[] {
  return [`statistics ${config.statistics}`, `route ${route}`, ...program.flatMap(needsOfStep)];
}

function needsOfStep(step: Step): readonly string[] {
  if (step.op === 'backward') return [...(step.accumulates === true ? ['program accumulate'] : []), ...(step.direction === undefined ? [] : ['program double'])];
  if (step.op !== 'configure') return [];
  const { momentum, eps, frozen, statistics } = step.set;
  return [
    ...(momentum === undefined ? [] : ['program momentum']), ...(eps === undefined ? [] : ['program eps']), ...(frozen === undefined ? [] : ['program freeze']),
    ...(statistics === undefined ? [] : rowNeeds[statistics]),
  ];
}

/** Back to `tracked` a layer comes by whichever step has led away from it. */
const rowNeeds = {
  tracked: [], untracked: ['statistics untracked'], paused: ['program paused'], batch: ['statistics batch', 'program statistics'], running: ['statistics running', 'program statistics'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

function told(entry: Missing | ErrorContract): Pick<Limit, 'kind' | 'combination' | 'why' | 'source'> {
  if ('axis' in entry) return { kind: 'not-offered', combination: { [entry.axis]: [entry.value] }, why: entry.reason, source: entry.source };
  const message = entry.messageContains === undefined ? '' : ` “${entry.messageContains}”`;
  return { kind: 'refused', combination: { ...entry.when }, why: `${entry.class}${message} ${entry.point === 'construct' ? 'at construction' : 'at the call'}`, source: entry.source };
}
