import type { Plan, PlannedBlock } from '../cases/plan.ts';
import type { Hole, Reach, Vocabulary } from './holes.ts';
import type { Limit } from './limits.ts';

/** What `list --json` prints. */
export interface Listing {
  readonly schemaVersion: 1;
  readonly suite: string;
  readonly seed: number;
  /** Cases per runner. */
  readonly planned: Readonly<Record<string, number>>;
  /** Cases that ask the same as an earlier one. */
  readonly repeats: number;
  readonly axes: Readonly<Record<string, readonly string[]>>;
  readonly excluded: readonly { readonly combination: Readonly<Record<string, readonly string[]>>; readonly behaviour: string; readonly rule: string; readonly why: string; readonly cells: number }[];
  /** What the dialects of the runners do not offer or refuse of the plan: asked all the same, and its refusal is what is judged. */
  readonly limits: readonly Limit[];
  /** What is asked block by block: cells = excluded + allowed; a full product asks every allowed cell, a block of strength t covers them. */
  readonly blocks: readonly PlannedBlock[];
  /** Cases with literal data, which no block asks. */
  readonly literals: readonly string[];
  readonly words: Vocabulary;
  readonly holes: readonly Hole[];
}

/** Runner ids with the layers that each speaks. */
export type RunnerLayers = Readonly<Record<string, readonly string[]>>;

/** The plan as arithmetic: cases per runner, values per axis, what is left out and why, what a framework refuses of it, what is never asked. */
export function describePlan(plan: Plan, runners: RunnerLayers, { words, holes }: Reach, limits: readonly Limit[] = []): Listing {
  const axes: Record<string, Set<string>> = { layer: new Set() };
  for (const planned of plan.cases) {
    axes['layer']?.add(planned.layer);
    for (const [axis, value] of Object.entries(planned.axes)) (axes[axis] ??= new Set()).add(value);
  }
  return {
    schemaVersion: 1,
    suite: plan.suite,
    seed: plan.seed,
    planned: Object.fromEntries(Object.entries(runners).map(([runner, layers]) => [runner, plan.cases.filter(({ layer }) => layers.includes(layer)).length])),
    repeats: plan.cases.filter(({ repeats }) => repeats).length,
    axes: Object.fromEntries(Object.entries(axes).map(([axis, values]) => [axis, [...values]])),
    excluded: [...plan.excluded.map(({ combination, ...rest }) => ({ combination, ...rest })), ...layersNotSpoken(plan, runners)],
    limits,
    blocks: plan.blocks,
    literals: plan.cases.filter(({ literal }) => literal !== null).map(({ id }) => id),
    words, holes,
  };
}

function layersNotSpoken(plan: Plan, runners: RunnerLayers): Listing['excluded'] {
  const layers = [...new Set(plan.cases.map(({ layer }) => layer))];
  return Object.entries(runners).flatMap(([runner, spoken]) => layers.filter((layer) => !spoken.includes(layer)).map((layer) => ({
    combination: { runner: [runner], layer: [layer] }, behaviour: '*', rule: 'none', why: `the adapter of ${runner} does not speak ${layer} yet`,
    cells: plan.cases.filter((planned) => planned.layer === layer).length,
  })));
}

/** The plan for a person: totals, then per behaviour and block, then what is left out and what is never asked. */
export function formatListing(plan: Plan, listing: Listing): string {
  const distinct = plan.cases.length - listing.repeats;
  const lines = [
    `suite ${listing.suite}, seed ${String(listing.seed)}: ${String(plan.cases.length)} cases, ${String(distinct)} distinct and ${String(listing.repeats)} invariance repeats`,
    ...Object.entries(listing.planned).map(([runner, planned]) => `  ${runner}: ${String(planned)} planned`),
    '', 'behaviours',
    ...countBy(plan.cases.map(({ layer, behaviour }) => `${layer}/${behaviour}`)).map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`),
    '', 'blocks: cases asked, of the cells of the product that no exclusion matches',
    ...listing.blocks.map((block) => `  ${String(block.cases.length).padStart(6)}  ${block.layer}/${block.behaviour}: ${formatBlock(block)}`),
    '', 'axes',
    ...Object.entries(listing.axes).map(([axis, values]) => `  ${axis}: ${values.join(', ')}`),
    '', 'excluded cells',
    ...listing.excluded.map(({ behaviour, combination, rule, why, cells }) => `  ${String(cells).padStart(6)}  ${behaviour} ${formatCombination(combination)}: ${why} (${rule})`),
    ...Object.keys(listing.planned).flatMap((runner) => formatLimits(runner, listing)),
    '', 'holes: what is never asked',
    ...(listing.holes.length === 0 ? ['  none'] : listing.holes.map(formatHole)),
  ];
  return `${lines.join('\n')}\n`;
}

function formatBlock({ axes, cells, allowed, strength, impossible }: PlannedBlock): string {
  const factors = Object.values(axes).map(({ length }) => length).filter((length) => length > 1).join('·') || '1';
  const left = `${factors} = ${String(cells)} cells, ${String(cells - allowed)} excluded, ${String(allowed)} allowed`;
  if (strength === null) return left;
  return `${left}; every ${String(strength)} values together, but for ${String(impossible)} combinations that the exclusions rule out`;
}

/** What one runner does not offer or refuses, each with whose dialect says so and where that has it from. */
function formatLimits(runner: string, { limits }: Listing): readonly string[] {
  const own = limits.filter((limit) => limit.runner === runner);
  const kinds = [['not-offered', 'does not offer'], ['refused', 'refuses']] as const;
  return kinds.flatMap(([kind, words]) => {
    const told = own.filter((limit) => limit.kind === kind);
    return told.length === 0 ? [] : ['', `what ${runner} ${words}: cases, the entry of its dialect, and the source of that`, ...told.map(formatLimit)];
  });
}

function formatLimit({ cells, combination, why, dialect, source }: Limit): string {
  return `  ${String(cells).padStart(6)}  ${formatCombination(combination) || 'always'}: ${why} (${dialect}: ${source})`;
}

function formatHole({ axis, value, allowedBy }: Hole): string {
  return `  ${axis}=${value}, ${allowedBy.length === 0 ? 'which every dialect refuses' : `which ${allowedBy.join(' and ')} allow`}`;
}

function countBy(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts];
}

function formatCombination(combination: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(combination).map(([axis, values]) => `${axis}=${values.join('|')}`).join(' ');
}
