import type { BackwardStep, Case, ForwardStep, InitialValues, Step } from '../cases/case.ts';
import { groupsOf } from '../cases/groups.ts';
import { allocateNumbers } from '../tensor/allocate.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { accumulate } from './accumulate.ts';
import { backward } from './backward.ts';
import { coreFormulas, type Formulas } from './formulas.ts';
import { forward, freshState } from './forward.ts';
import { countPerChannel } from './layout.ts';
import { isConstructible, refusingRule } from './refusal.ts';
import { secondOrder } from './second-order.ts';
import type { Affine, BackwardRecord, ForwardRecord, RankTrajectory, RefusalRecord, RunningState, StepRecord, Trajectory } from './trajectory.ts';

/**
 * Runs a case's program through the formulas, in float64, and keeps every intermediate.
 *
 * Values are not rounded between steps; what rounding may do is the bound's business (src/accept).
 *
 * @param formulas  the core operation, or a variant of it
 * @returns one trajectory per rank; a program ends at its first refusal
 */
export function simulate(question: Case, formulas: Formulas = coreFormulas): Trajectory {
  return { ranks: groupsOf(question).flatMap((group) => simulateGroup(group, formulas).ranks) };
}

/** Ranks that all belong together. */
function simulateGroup(question: Case, formulas: Formulas): Trajectory {
  if (!isConstructible(question.config)) return { ranks: question.ranks.map(() => ({ construct: null, refused: 'BN-ERR-03', steps: [] })) };
  const affine = initialAffine(question);
  const construct = initialState(question, formulas);
  let live = question;
  let accumulating = question.ranks.map((): BackwardRecord | null => null);
  const states = question.ranks.map(() => construct);
  const steps = question.ranks.map((): StepRecord[] => []);
  const ranks = steps.map((rankSteps) => ({ construct, steps: rankSteps }));
  const recordsOf = (step: Step): readonly StepRecord[] => {
    if (step.op === 'reload') {
      const goesOn = step.by === 'conversion' ? formulas.converted : formulas.reloaded; // BN-SYNC-04, BN-STATE-13
      const converted = step.by === 'conversion' ? { converted: true } : {};
      return states.map((state) => ({ op: 'reload', ...converted, state: state === null || construct === null ? null : goesOn(state, construct, freshState(formulas, question.config.numFeatures)) }));
    }
    if (step.op === 'describe') return states.map((state) => ({ op: 'describe', state }));
    if (step.op === 'configure') return states.map((state) => ({ op: 'configure', config: live.config, state }));
    return step.op === 'forward' ? forwardOrRefuse(live, formulas, affine, states, ranks, step) : accumulatedBy(backwardOf(live, formulas, states, ranks, step), step);
  };
  const accumulatedBy = (records: readonly BackwardRecord[], step: BackwardStep): readonly BackwardRecord[] => {
    if (step.accumulates !== true) return records;
    const sums = records.map((record, rank) => accumulate(formulas, record, accumulating[rank] ?? null));
    accumulating = sums.map((record) => record.accumulated === undefined ? null : record);
    return sums;
  };
  for (const step of question.program) {
    if (step.op === 'reload') accumulating = accumulating.map(() => null); // a new layer, whose parameters hold no gradient yet
    if (step.op === 'configure') live = { ...live, config: formulas.configured(live.config, step.set) }; // BN-STATE-14
    const records = recordsOf(step);
    for (const [rank, record] of records.entries()) {
      steps[rank]?.push(record);
      states[rank] = record.state;
    }
    if (records.some((record) => record.op === 'refusal')) break;
  }
  return { ranks };
}

function forwardOrRefuse(
  question: Case, formulas: Formulas, affine: Affine, states: readonly (RunningState | null)[], soFar: readonly RankTrajectory[], step: ForwardStep,
): readonly (ForwardRecord | RefusalRecord)[] {
  const inputs = question.ranks.map((rank) => tensorAt(rank.inputs, step.input));
  for (const x of inputs) {
    const rule = refusingRule(question, x.shape);
    if (rule !== null) return states.map((state) => ({ op: 'refusal', rule, orFinite: false, state }));
  }
  const records = forward(question.config, formulas, affine, states, soFar, step, inputs);
  const count = inputs.reduce((total, x) => total + countPerChannel(x.shape), 0);
  // whether it must be refused is the core's say: a variant that takes another source here computes, and is told by what it computes
  const oneValue = count === 1 && coreFormulas.source(question.config.statistics, coreFormulas.effectiveMode(step.mode, question.config.statistics, [])) === 'batch';
  if (oneValue) return states.map((state) => ({ op: 'refusal', rule: 'BN-STAT-02', orFinite: true, state })); // BN-STAT-02
  return records;
}

function backwardOf(
  question: Case, formulas: Formulas, states: readonly (RunningState | null)[], soFar: readonly RankTrajectory[], step: BackwardStep,
): readonly BackwardRecord[] {
  const forwards = soFar.map(({ steps }) => forwardAt(steps, step.of));
  const pulled = (grad: number) => backward(formulas, states, soFar[0]?.construct ?? null, forwards, question.ranks.map((rank) => tensorAt(rank.grads, grad)));
  const records = pulled(step.grad);
  if (step.direction === undefined) return records;
  const along = pulled(step.direction);
  return records.map((record, rank) => ({ ...record, second: secondOrder(formulas, record, along[rank]!) })); // BN-GRAD-06
}

function forwardAt(steps: readonly StepRecord[], index: number): ForwardRecord {
  const record = steps[index];
  if (record?.op !== 'forward') throw new RangeError(`expected a forward at step ${String(index)} of the program, got ${record?.op ?? 'nothing'}`);
  return record;
}

function tensorAt(tensors: readonly Tensor[], index: number): Tensor {
  const tensor = tensors[index];
  if (tensor === undefined) throw new RangeError(`expected data at index ${String(index)}, got ${String(tensors.length)} tensors`);
  return tensor;
}

function initialState({ config, initial }: Case, formulas: Formulas): RunningState | null {
  if (!formulas.keepsState(config.statistics)) return null;
  const fresh = freshState(formulas, config.numFeatures);
  return formulas.constructed({ ...fresh, mean: initial.running_mean?.data ?? fresh.mean, variance: initial.running_var?.data ?? fresh.variance }, fresh, config); // BN-STATE-16
}

function initialAffine({ config, initial }: Case): Affine {
  return {
    gamma: valuesOr(initial, 'gamma', config.numFeatures, 1),
    beta: valuesOr(initial, 'beta', config.numFeatures, 0),
  };
}

function valuesOr(initial: InitialValues, name: 'gamma' | 'beta', channels: number, fallback: number): Float64Array {
  return initial[name]?.data ?? allocateNumbers(channels).fill(fallback);
}
