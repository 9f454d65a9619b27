import { acceptCase } from '../accept/accept.ts';
import type { AcceptedValues } from '../accept/accepted.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import type { Observation } from '../runners/observation.ts';
import type { RuleId } from '../spec/rule-id.ts';
import { roundArray, roundTo } from '../tensor/round.ts';
import type { Cause } from './cause-entry.ts';
import { compare } from './compare.ts';
import { countDistinct, outsideOf, type Place, placesOf } from './elements.ts';
import { commonFactor } from './factor.ts';
import { isRoundedTo } from './narrow-type.ts';
import { isPermuted } from './permutation.ts';
import { predicts, type Situation } from './prediction.ts';

/** Causes read off the numbers, when no formula predicts them. */
export const generalCauses = {
  'not-finite': { id: 'not-finite', rule: 'BN-NUM-01', title: 'NaN or infinity where the result is finite, all else as accepted', translation: 'none; look for elements that are never written' },
  'constant-factor': { id: 'constant-factor', rule: 'BN-NORM-03', title: 'results are the accepted ones times one factor', translation: 'divide by the factor' },
  'permuted-elements': { id: 'permuted-elements', rule: 'BN-SHAPE-01', title: 'the accepted values in another order', translation: 'check the memory order of the result' },
  'half-precision-state': { id: 'half-precision-state', rule: 'BN-DTYPE-02', title: 'the running statistics are rounded to float16', translation: 'keep the running statistics in the type of the layer' },
  'half-precision-inside': { id: 'half-precision-inside', rule: 'BN-NUM-01', title: 'arithmetic in float16 somewhere inside', translation: 'keep Batch Normalization in float32 under mixed precision' },
  'bfloat16-inside': { id: 'bfloat16-inside', rule: 'BN-NUM-01', title: 'arithmetic in bfloat16 somewhere inside', translation: 'keep Batch Normalization in float32 under mixed precision' },
  'groups-ignored': { id: 'groups-ignored', rule: 'BN-SYNC-01', title: 'statistics are pooled over all ranks, whatever groups they form', translation: 'give each layer the process group that it is for' },
  'narrow-layer-arithmetic': { id: 'narrow-layer-arithmetic', rule: 'BN-NUM-01', title: 'a layer of float16 or bfloat16 computes in that type throughout', translation: 'keep the layer in float32; its input may be narrow' },
} as const satisfies Readonly<Record<string, Cause>>;

/** The general causes that explain a situation, each in the words of this case. */
export function explainGenerally(situation: Situation): readonly Cause[] {
  const { question, observation, asked, deviations, stably } = situation;
  if (deviations.some(({ kind, observable }) => kind !== 'value' || observable === 'step_count')) return [];
  const places = placesOf(acceptCase(question), observation, asked, stably);
  const outside = places.filter((place) => outsideOf(place).length > 0);
  const leavesNothing = deviations.every(({ observable }) => outside.some(({ accepted }) => accepted.observable === observable)); // an inaccuracy elsewhere included
  const causes = [groupsIgnored(situation), notFinite(outside), leavesNothing ? factor(outside) : null, permuted(outside), halfState(situation)];
  return [...causes.filter((cause) => cause !== null), ...explainByRounding(situation)];
}

/** Arithmetic in a narrower type: no formula, and a formula may predict on a few numbers what rounding makes of them. */
export function explainByRounding(situation: Situation): readonly Cause[] {
  const { question, observation, asked } = situation;
  if (!mayBeRounded(observation)) return [];
  const places = placesOf(acceptCase(question), observation, asked);
  return narrowTypesOf(question).filter((type) => isRoundedTo(type, situation, places)).map((type) => generalCauses[insideBy[type]]);
}

const insideBy = { float16: 'half-precision-inside', bfloat16: 'bfloat16-inside' } as const;

/** Narrow types that arithmetic may have been done in: where the input has one, that is it. */
function narrowTypesOf({ ranks }: Situation['question']): readonly (keyof typeof insideBy)[] {
  const given = ranks[0]?.inputs[0]?.dtype;
  return given === 'float16' || given === 'bfloat16' ? [given] : ['float16', 'bfloat16'];
}

function mayBeRounded({ ranks }: Observation): boolean {
  return ranks.every(({ steps }) => steps.every(({ y }) => y === undefined || y.data.every((value) => roundTo(value, 'float16') === value || roundTo(value, 'bfloat16') === value)));
}

function groupsIgnored({ question, observation, asked }: Situation): Cause | null {
  if (question.config.option !== 'groups-pairs') return null;
  const together = acceptCase({ ...question, config: { ...question.config, option: 'groups-none' } });
  return compare(together, observation, asked).deviations.length === 0 ? generalCauses['groups-ignored'] : null;
}

function notFinite(outside: readonly Place[]): Cause | null {
  const unwritten = outside.every((place) => outsideOf(place).every((i) => !Number.isFinite(place.got[i]) && Number.isFinite(place.accepted.value[i])));
  return unwritten ? generalCauses['not-finite'] : null;
}

const factorRules: Readonly<Record<AcceptedValues['observable'], RuleId>> = {
  y: 'BN-NORM-03', dx: 'BN-GRAD-01', dgamma: 'BN-GRAD-02', dbeta: 'BN-GRAD-03', ddx: 'BN-GRAD-06', ddy: 'BN-GRAD-06', ddgamma: 'BN-GRAD-06', running_mean: 'BN-STATE-02', running_var: 'BN-STATE-03',
};

function factor(outside: readonly Place[]): Cause | null {
  const found = commonFactor(outside);
  const observable = outside[0]?.accepted.observable;
  if (found === null || observable === undefined) return null;
  const { title, ...cause } = generalCauses['constant-factor'];
  return { ...cause, rule: factorRules[observable], title: `${title}, ${String(found)}`, translation: `divide by ${String(found)}` };
}

function permuted(outside: readonly Place[]): Cause | null {
  return outside.every((place) => outsideOf(place).length >= 4 && countDistinct(place.accepted) >= 3 && isPermuted(place)) ? generalCauses['permuted-elements'] : null;
}

const halfFormulas: Formulas = {
  ...coreFormulas,
  moveState: (before, stored, m, initial) => {
    const { mean, variance } = coreFormulas.moveState(before, stored, m, initial);
    return { mean: roundArray(mean, 'float16'), variance: roundArray(variance, 'float16') };
  },
};

function halfState(situation: Situation): Cause | null {
  return situation.question.config.dtype !== 'float16' && predicts({ formulas: halfFormulas, free: new Set() }, situation) ? generalCauses['half-precision-state'] : null;
}
