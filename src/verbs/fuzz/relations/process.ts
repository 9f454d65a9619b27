import type { Case, Step } from '../../../cases/case.ts';
import { type TensorObservable, tensorObservables } from '../../../runners/observation.ts';
import { countElements, type Tensor } from '../../../tensor/tensor.ts';
import { drawTensor } from '../recipe.ts';
import { baseOf, dataOf, upTo, withData } from './derive.ts';
import type { Pair, RelatedRecipe, Relation } from './relation.ts';
import { type Asked, chosen, exactly, NothingObserved, stepOf, type Values } from './values.ts';

const rowsWithState = ['tracked', 'batch', 'running'] as const;
const programs = ['train', 'train-backward', 'eval-backward', 'train-eval', 'train-train-eval-backward', 'train-backward-eval', 'train-eval-train'];

/** Everything that a step showed, to be the same bit for bit. */
function shownAt(asked: Asked, step: number, observables: readonly TensorObservable[] = tensorObservables): readonly Values[] {
  const shown = stepOf(asked, step);
  if (shown.error !== undefined && observables === tensorObservables) throw new NothingObserved(`step ${String(step)} was refused: ${shown.error.class}: ${shown.error.message}`);
  return observables.map((observable) => exactly(`${observable} at step ${String(step)}`, shown[observable]?.data ?? []));
}

/** The step count, none where the framework has none. */
function countAt(asked: Asked, step: number): Values {
  const { step_count: count } = stepOf(asked, step);
  return exactly(`step_count at step ${String(step)}`, count === undefined ? [] : [count]);
}

function samePairs(left: readonly Values[], right: readonly Values[]): readonly Pair[] {
  return left.map((values, i) => [values, right[i] ?? exactly('nothing', [])]);
}

function sameStep(left: Asked, right: Asked, step: number, rightStep: number): readonly Pair[] {
  return [...samePairs(shownAt(left, step), shownAt(right, rightStep)), [countAt(left, step), countAt(right, rightStep)]];
}

/** Before which step of the program the layer is saved and loaded; at its end too. */
const reloadAt = ({ program }: Case, { twist }: RelatedRecipe): number => chosen(twist, 'reload', program.length + 1);

export const reloaded: Relation = {
  name: 'reloaded', claim: 'a layer saved and loaded at any step goes on bit for bit as if nothing had happened',
  rules: ['BN-STATE-13'],
  rows: ['tracked', 'untracked', 'batch', 'running'], programs, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['stale-batch-statistics'],
  cases: (recipe) => {
    const base = baseOf(recipe);
    return [base, { ...base, program: insertReload(base.program, reloadAt(base, recipe)) }];
  },
  pairs: ([base, saved], recipe) => {
    const at = reloadAt(base.case, recipe);
    const state = ['running_mean', 'running_var'] as const;
    const steps = upTo(base.case.program.length).flatMap((step) => sameStep(base, saved, step, step < at ? step : step + 1));
    return [...steps, ...samePairs(shownAt(base, at - 1, state), shownAt(saved, at, state)), [countAt(base, at - 1), countAt(saved, at)]];
  },
};

function insertReload(program: readonly Step[], at: number): readonly Step[] {
  const moved = program.map((step) => (step.op === 'backward' && step.of >= at ? { ...step, of: step.of + 1 } : step));
  return [...moved.slice(0, at), { op: 'reload' }, ...moved.slice(at)];
}

/** Whoever asks puts the second case after every other one, so that what the process remembers would show. */
export const askedAgain: Relation = {
  name: 'asked-again', claim: 'the same case gives the same bits, whatever the process was asked between',
  rules: ['BN-STAT-01', 'BN-STATE-01'],
  rows: ['tracked', 'untracked', 'batch', 'running'], programs, leastBatch: 2, leastChannels: 1, largestEps: 1,
  brokenBy: ['non-deterministic'],
  cases: (recipe) => [baseOf(recipe), baseOf(recipe)],
  pairs: ([first, again]) => [-1, ...upTo(first.case.program.length)].flatMap((step) => sameStep(first, again, step, step)),
};

/** Inputs that no layer takes: a channel too many, an axis too many, an axis too few. */
function malformed(x: Tensor, { twist, layer }: RelatedRecipe): Tensor {
  const [batch = 2, channels = 1, ...rest] = x.shape;
  const tooMany = [batch, channels, ...rest, ...(layer === 'batchnorm1d' && rest.length === 0 ? [1, 1] : [1])];
  const shapes = [[batch, channels + 1, ...rest], tooMany, [countElements(x.shape)]];
  return drawTensor([twist, 'malformed'], x.dtype, shapes[chosen(twist, 'shape', shapes.length)] ?? [1], ['unit']);
}

const refusing = { rules: ['BN-ERR-01', 'BN-SHAPE-02', 'BN-SHAPE-03'], rows: rowsWithState, programs: ['train', 'eval', 'train-train', 'train-eval', 'eval-train', 'train-train-train', 'train-backward-train'], leastBatch: 2, leastChannels: 1, largestEps: 1 } as const;

/** The recipe's case, its last input replaced by one that must be refused. */
function refusedCase(recipe: RelatedRecipe): Case {
  const base = baseOf(recipe);
  const { inputs } = dataOf(base);
  return withData(base, { inputs: inputs.map((x, i) => (i === inputs.length - 1 ? malformed(x, recipe) : x)) });
}

function refusedStep(asked: Asked): number {
  const last = asked.case.program.length - 1;
  if (stepOf(asked, last).error === undefined) throw new NothingObserved(`step ${String(last)} was not refused`);
  return last;
}

export const refusedKeepsStatistics: Relation = {
  ...refusing, name: 'refused-call-keeps-statistics', claim: 'a refused call leaves running mean and variance bit for bit as they were',
  brokenBy: ['state-changed-by-refused-call'],
  cases: (recipe) => [refusedCase(recipe)],
  pairs: ([asked]) => {
    const last = refusedStep(asked);
    const state = ['running_mean', 'running_var'] as const;
    return samePairs(shownAt(asked, last - 1, state), shownAt(asked, last, state));
  },
};

export const refusedKeepsCount: Relation = {
  ...refusing, name: 'refused-call-keeps-count', claim: 'a refused call is not counted as a step',
  brokenBy: ['state-changed-by-refused-call'],
  cases: (recipe) => [refusedCase(recipe)],
  pairs: ([asked]) => {
    const last = refusedStep(asked);
    return [[countAt(asked, last - 1), countAt(asked, last)]];
  },
};
