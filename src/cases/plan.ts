import type { Behaviour, BehavioursFile } from '../spec/generated/behaviours.ts';
import type { Condition, Exclusion, SuiteBlock, SuiteFile } from '../spec/generated/suite.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { UserError } from '../spec/user-error.ts';
import type { Case, Layer } from './case.ts';
import type { Golden } from './golden.ts';
import { questionKey } from './question.ts';

/** One case as a suite asks it: an id and axis values, no tensors. */
export interface PlannedCase {
  readonly id: string;
  readonly layer: Layer;
  readonly behaviour: string;
  readonly rules: readonly RuleId[];
  /** Axis → value as spelled in the id, in declared order. */
  readonly axes: Readonly<Record<string, string>>;
  readonly expectsConstant: boolean;
  /** An earlier case of the plan asks the same: they differ only in what cannot matter. */
  readonly repeats: boolean;
  /** Literal data, for a golden. */
  readonly literal: Case | null;
}

/** An axis combination that the suite leaves out, and why. */
export interface ExcludedCombination {
  readonly behaviour: string;
  readonly combination: Condition;
  readonly rule: string;
  readonly why: string;
  /** How many cells of the full product it removed. */
  readonly cells: number;
}

export interface Plan {
  readonly suite: string;
  readonly seed: number;
  readonly minimum: number;
  readonly knownShare: number;
  readonly cases: readonly PlannedCase[];
  readonly excluded: readonly ExcludedCombination[];
}

/** Expands a suite: the product of every block over its layers, less its exclusions, then the goldens. */
export function expandSuite(suite: SuiteFile, catalogue: BehavioursFile, goldens: readonly Golden[], seed: number = suite.seed): Plan {
  const expanded = suite.blocks.map((block) => expandBlock(block, behaviourNamed(catalogue, block.behaviour, suite.suite)));
  const drafts = expanded.flatMap((block) => block.cases);
  if (suite.goldens) drafts.push(...goldens.map((golden) => goldenCase(golden, behaviourNamed(catalogue, 'num/golden', suite.suite))));
  return {
    suite: suite.suite,
    seed,
    minimum: suite.minimum,
    knownShare: suite.knownShare,
    cases: markRepeats(refuseDuplicates(drafts, suite.suite)),
    excluded: expanded.flatMap((block) => block.excluded),
  };
}

type Draft = Omit<PlannedCase, 'repeats'>;

function expandBlock(block: SuiteBlock, behaviour: Behaviour): { cases: Draft[]; excluded: ExcludedCombination[] } {
  const removed = (block.exclude ?? []).map((exclusion) => ({ exclusion, cells: 0 }));
  const cases: Draft[] = [];
  for (const layer of block.layers) {
    for (const axes of product(behaviour, block, layer)) {
      const hits = removed.filter(({ exclusion }) => matches(exclusion.when, axes));
      for (const hit of hits) hit.cells += 1;
      if (hits.length === 0) cases.push(draftCase(layer, behaviour, axes));
    }
  }
  return { cases, excluded: removed.map(({ exclusion, cells }) => describeExclusion(behaviour, exclusion, cells)) };
}

function describeExclusion({ behaviour }: Behaviour, { when, rule, why }: Exclusion, cells: number): ExcludedCombination {
  return { behaviour, combination: when, rule, why, cells };
}

function product(behaviour: Behaviour, block: SuiteBlock, layer: Layer): Record<string, string>[] {
  let combinations: Record<string, string>[] = [{}];
  for (const { axis, default: fallback } of behaviour.axes) {
    const values = axisValues(block, layer, axis) ?? (fallback === undefined ? undefined : [fallback]);
    if (values === undefined) throw missingAxis(block, layer, axis);
    combinations = combinations.flatMap((combination) => values.map((value) => ({ ...combination, [axis]: value })));
  }
  return combinations;
}

function missingAxis(block: SuiteBlock, layer: Layer, axis: string): UserError {
  return new UserError('SUITE_AXIS_MISSING', `block '${block.behaviour}' gives no values of axis '${axis}' for ${layer}`, `add "${axis}" to the block's axes: every axis that the behaviour declares needs a value`);
}

function axisValues(block: SuiteBlock, layer: Layer, axis: string): readonly string[] | undefined {
  const values = block.axes[axis];
  if (values === undefined || Array.isArray(values)) return values;
  return (values as Readonly<Record<string, readonly string[]>>)[layer];
}

/** True when every axis of the condition has one of its values. */
function matches(condition: Condition, axes: Readonly<Record<string, string>>): boolean {
  return Object.entries(condition).every(([axis, values]) => values.includes(axes[axis] ?? ''));
}

function draftCase(layer: Layer, behaviour: Behaviour, axes: Readonly<Record<string, string>>): Draft {
  const further = (behaviour.rulesWhen ?? []).filter(({ when }) => matches(when, axes)).flatMap(({ rules }) => rules);
  return {
    id: caseId(layer, behaviour, axes),
    layer,
    behaviour: behaviour.behaviour,
    rules: [...new Set([...behaviour.rules, ...further])].sort() as RuleId[],
    axes,
    expectsConstant: behaviour.expectsConstant ?? false,
    literal: null,
  };
}

function caseId(layer: Layer, behaviour: Behaviour, axes: Readonly<Record<string, string>>): string {
  const shown = behaviour.axes.filter(({ axis, default: fallback }) => axes[axis] !== fallback);
  return [layer, behaviour.behaviour, ...shown.map(({ axis }) => `${axis}=${axes[axis] ?? ''}`)].join('/');
}

function goldenCase(golden: Golden, behaviour: Behaviour): Draft {
  const axes = Object.fromEntries(golden.case.id.split('/').slice(3).map((part) => part.split('=') as [string, string]));
  return { ...draftCase(golden.case.layer, behaviour, axes), id: golden.case.id, literal: golden.case };
}

function refuseDuplicates(drafts: readonly Draft[], suite: string): readonly Draft[] {
  const seen = new Set<string>();
  for (const { id } of drafts) {
    if (seen.has(id)) throw new UserError('SUITE_CASE_TWICE', `suite '${suite}' asks case '${id}' twice`, 'exclude the combination in one of the two blocks');
    seen.add(id);
  }
  return drafts;
}

function markRepeats(drafts: readonly Draft[]): readonly PlannedCase[] {
  const seen = new Set<string>();
  return drafts.map((draft) => {
    const key = draft.literal === null ? questionKey(draft.layer, draft.behaviour, draft.axes) : draft.id;
    const repeats = seen.has(key);
    seen.add(key);
    return { ...draft, repeats };
  });
}

function behaviourNamed(catalogue: BehavioursFile, name: string, suite: string): Behaviour {
  const behaviour = catalogue.behaviours.find((candidate) => candidate.behaviour === name);
  if (behaviour === undefined) {
    throw new UserError('BEHAVIOUR_UNKNOWN', `suite '${suite}' asks behaviour '${name}', which cases/behaviours.json does not declare`, `declare it, or use one of: ${catalogue.behaviours.map((known) => known.behaviour).join(', ')}`);
  }
  return behaviour;
}
