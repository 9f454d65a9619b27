import { join } from 'node:path';
import { acceptCase } from '../accept/accept.ts';
import type { AcceptedRank, AcceptedRefusal } from '../accept/accepted.ts';
import type { Case } from '../cases/case.ts';
import { materialise } from '../cases/materialise.ts';
import { expandSuite, type Plan, type PlannedCase } from '../cases/plan.ts';
import { shownParameters } from '../reference/accumulate.ts';
import { coreFormulas, type Formulas } from '../reference/formulas.ts';
import { simulate } from '../reference/simulate.ts';
import type { RunningState, StepRecord } from '../reference/trajectory.ts';
import type { Observation, ObservedError, ObservedTensor, RankObservation, StepObservation } from '../runners/observation.ts';
import type { BehavioursFile } from '../spec/generated/behaviours.ts';
import type { ErrorContract } from '../spec/generated/dialect.ts';
import type { SuiteFile } from '../spec/generated/suite.ts';
import { packageRoot } from '../spec/package-root.ts';
import { readValidated } from '../spec/validated-file.ts';
import { roundArray } from '../tensor/round.ts';
import type { FloatType } from '../tensor/tensor.ts';
import { underContract } from './contract.ts';
import { type Expectation, expectationOf } from './judge.ts';

/** The plan of a suite, without its goldens. */
export function planOf(suite: string): Plan {
  const behaviours = readValidated<BehavioursFile>('schemas/behaviours', join(packageRoot, 'cases', 'behaviours.json'));
  return expandSuite(readValidated<SuiteFile>('schemas/suite', join(packageRoot, 'cases', 'suites', `${suite}.json`)), behaviours, []);
}

/** A question as if a suite had planned it. */
export function plannedAs(asked: Case, change: Partial<PlannedCase> = {}): Expectation {
  const planned: PlannedCase = { id: asked.id, layer: asked.layer, behaviour: 'fixture', rules: [], axes: {}, expectsConstant: false, repeats: false, literal: asked, ...change };
  return expectationOf(planned, asked);
}

export function expectationAt(plan: Plan, planned: PlannedCase): Expectation {
  return expectationOf(planned, materialise(planned, plan.seed));
}

/** What a framework with these formulas would show: the simulation, rounded once to the layer's type. */
export function observe(asked: Case, formulas: Formulas = coreFormulas): Observation {
  const { ranks } = simulate(asked, formulas);
  return {
    ranks: ranks.map(({ construct, steps }) => ({ construct: observeState(construct, asked.config.dtype), steps: steps.map((record) => observeStep(record, asked)) })),
    durationUs: 1,
  };
}

function observeStep(record: StepRecord, { config: { dtype }, layout = 'contiguous' }: Case): StepObservation {
  const order = layout === 'channels-last' ? ['channels-last'] as const : ['contiguous'] as const;
  const state = observeState(record.state, dtype);
  if (record.op === 'refusal') return { ...state, error: { class: 'ValueError', message: 'refused' } };
  if (record.op === 'reload' || record.op === 'describe' || record.op === 'configure') return state;
  if (record.op === 'forward') return { ...state, y: observed(record.y, record.x.shape, record.x.dtype), order: { y: order } };
  if (record.second !== undefined) {
    const { ddx, ddy, ddgamma } = record.second;
    const like = (values: Float64Array) => observed(values, record.forward.x.shape, record.forward.x.dtype);
    return { ...state, ddx: like(ddx), ddy: like(ddy), ...(ddgamma === null ? {} : { ddgamma: perChannel(ddgamma, dtype) }) };
  }
  const { dgamma, dbeta } = shownParameters(record);
  const parameters = { ...(dgamma === null ? {} : { dgamma: perChannel(dgamma, dtype) }), ...(dbeta === null ? {} : { dbeta: perChannel(dbeta, dtype) }) };
  return { ...state, dx: observed(record.dx, record.forward.x.shape, record.forward.x.dtype), order: { dx: order }, ...parameters };
}

function observeState(state: RunningState | null, dtype: FloatType): StepObservation {
  if (state === null) return {};
  return { running_mean: perChannel(state.mean, dtype), running_var: perChannel(state.variance, dtype), step_count: state.count };
}

function perChannel(values: Float64Array, dtype: FloatType): ObservedTensor {
  return observed(values, [values.length], dtype);
}

function observed(values: Float64Array, shape: readonly number[], dtype: FloatType): ObservedTensor {
  return { dtype, shape, data: roundArray(values, dtype) };
}

/** An observation with one step of rank 0 changed; −1 is the construction. */
export function changeStep(observation: Observation, step: number, change: Partial<StepObservation>): Observation {
  const ranks = observation.ranks.map((rank, index) => {
    if (index > 0) return rank;
    if (step < 0) return { ...rank, construct: { ...rank.construct, ...change } };
    return { ...rank, steps: rank.steps.map((one, at) => (at === step ? { ...one, ...change } : one)) };
  });
  return { ...observation, ranks };
}

/** An observation without one result of one step of rank 0. */
export function dropResult(observation: Observation, step: number, name: keyof StepObservation): Observation {
  const ranks = observation.ranks.map((rank, index) => {
    const without = (one: StepObservation, at: number): StepObservation => (index === 0 && at === step ? Object.fromEntries(Object.entries(one).filter(([key]) => key !== name)) : one);
    return { construct: without(rank.construct, -1), steps: rank.steps.map(without) };
  });
  return { ...observation, ranks };
}

/** What a framework shows that refuses what its error contract says, and else is as observed. */
export function refusedBy(errors: readonly ErrorContract[], asked: Case, observation: Observation): Observation {
  const { ranks } = underContract(acceptCase(asked), asked, errors);
  return { ...observation, ranks: observation.ranks.map((rank, index) => refuseIn(rank, ranks[index] ?? { construct: nothing, steps: [] })) };
}

const nothing = { kind: 'values', values: [], count: null, keepsState: true } as const;

function refuseIn(rank: RankObservation, { construct, steps }: AcceptedRank): RankObservation {
  if (construct.kind === 'refusal') return { construct: { error: errorOf(construct) }, steps: [] };
  const last = steps.at(-1);
  if (last?.kind !== 'refusal') return rank;
  const before = rank.steps[steps.length - 2] ?? rank.construct;
  const state = Object.fromEntries(Object.entries(before).filter(([name]) => name === 'running_mean' || name === 'running_var' || name === 'step_count')) as StepObservation;
  return { ...rank, steps: [...rank.steps.slice(0, steps.length - 1), { ...state, error: errorOf(last) }] };
}

function errorOf({ errors: [first] = [] }: AcceptedRefusal): ObservedError {
  return { class: first?.class ?? 'ValueError', message: first?.messageContains ?? 'refused' };
}
