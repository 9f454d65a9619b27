import { acceptCase } from '../accept/accept.ts';
import type { Accepted, AcceptedObservation, AcceptedRank, AcceptedStep } from '../accept/accepted.ts';
import { type Case, settingsText, type Step } from '../cases/case.ts';
import { materialise } from '../cases/materialise.ts';
import { errorRatio } from '../diff/interval.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { UserError } from '../spec/user-error.ts';
import type { PageDetail, PageRank, PageStep } from './page-data.ts';
import { encodeObservable, type ObservedStep } from './page-elements.ts';
import { type CaseCatalogue, plannedCase } from './page-ids.ts';
import { encodeStates } from './page-states.ts';
import type { CaseResult } from './run.ts';

/** What one runner showed of the case. */
export interface Shown {
  /** Index of the runner. */
  readonly runner: number;
  readonly result: CaseResult;
}

/**
 * One case with its values: expected ones are computed again, observed ones come from the run.
 *
 * @returns null for an id that this tool cannot ask
 */
export function encodeDetail(id: string, index: number, shown: readonly Shown[], seed: number, catalogue: CaseCatalogue): PageDetail | null {
  const question = questionOf(id, seed, catalogue);
  if (question === null) return null;
  const accepted = acceptCase(question);
  return {
    case: index, config: describeConfig(question), program: question.program.map(describeStep), agrees: shown.every(({ result }) => agrees(accepted, result)),
    ranks: accepted.ranks.map((own, rank) => encodeRank(own, rank, shown)),
  };
}

function questionOf(id: string, seed: number, catalogue: CaseCatalogue): Case | null {
  const planned = plannedCase(id, catalogue);
  if (planned === null) return null;
  try {
    return materialise(planned, seed);
  } catch (error) {
    if (error instanceof UserError) return null; // another version of the tool knew the value
    throw error;
  }
}

/** Whether what the run expected lies where this tool expects it: within a millionth of the bound. */
function agrees({ ranks }: Accepted, { deviations }: CaseResult): boolean {
  return deviations.every(({ kind, rank, step, observable, element, expected, bound }) => {
    if (kind !== 'value' || element === null || typeof expected !== 'number' || observable === 'step_count') return true;
    const own = stepOf(ranks[rank], step);
    const value = own === null ? undefined : valuesOf(own).values.find((values) => values.observable === observable)?.value[element];
    return value !== undefined && errorRatio(expected, value, Math.max(bound * 1e-6, Math.abs(value) * 1e-15)) <= 1;
  });
}

function stepOf(rank: AcceptedRank | undefined, step: number): AcceptedStep | null {
  return (step < 0 ? rank?.construct : rank?.steps[step]) ?? null;
}

function valuesOf(step: AcceptedStep): AcceptedObservation {
  return step.kind === 'values' ? step : step.state;
}

function encodeRank(own: AcceptedRank, rank: number, shown: readonly Shown[]): PageRank {
  const steps = [own.construct, ...own.steps];
  const observedAt = (position: number) => shown.flatMap(({ runner, result }) => {
    const observed = position === 0 ? result.observed?.[rank]?.construct : result.observed?.[rank]?.steps[position - 1];
    return observed === undefined ? [] : [{ runner, observed }];
  });
  return {
    steps: steps.map((step, position) => encodeStep(step, position - 1, observedAt(position))),
    states: encodeStates(steps.map(valuesOf), steps.map((_, position) => observedAt(position))),
  };
}

function encodeStep(step: AcceptedStep, number: number, observed: readonly ObservedStep[]): PageStep {
  const { values, count } = valuesOf(step);
  return {
    step: number, refusal: step.kind === 'refusal' ? `${step.rule}${step.orFinite ? ' or a finite state' : ''}` : null,
    observables: values.map((one) => encodeObservable(one, observed)), count: count?.value ?? null,
    shown: observed.map(({ runner, observed: { step_count, error } }) => ({
      runner, count: step_count ?? null, error: error === undefined ? null : `${error.class}: ${error.message.trim().split('\n', 1)[0] ?? ''}`,
    })),
  };
}

/** The configuration in canonical names and order. */
function describeConfig({ layer, config, initial, ranks, route, layout }: Case): PageDetail['config'] {
  const { numFeatures, eps, momentum, affine, statistics, dtype } = config;
  return [
    ['layer', layer], ['num_features', String(numFeatures)], ['eps', String(eps)], ['momentum', momentum === null ? 'cumulative' : String(momentum)],
    ['affine', String(affine)], ['statistics', statistics], ['dtype', dtype],
    ...(Object.entries(initial) as [string, Tensor][]).map(([name, { data }]) => [name, listed(data)] as const),
    ['input', ranks.map(({ inputs }) => [...new Set(inputs.map(({ shape }) => shape.join('×')))].join(', ')).join(' + ')],
    ...(route === undefined ? [] : [['route', route] as const]), ...(layout === undefined ? [] : [['layout', layout] as const]),
  ];
}

function listed(data: Float64Array): string {
  const shown = Array.from(data.subarray(0, 8), (value) => String(Number(value.toPrecision(9)))).join(', ');
  return data.length > 8 ? `${shown}, … (${String(data.length)})` : shown;
}

function describeStep(step: Step): string {
  if (step.op === 'forward') return `forward${step.mode === 'fresh' ? ' in the mode that the constructor left' : ` in ${step.mode} mode`}, input ${String(step.input)}`;
  if (step.op === 'backward') return `backward of step ${String(step.of)}, gradient ${String(step.grad)}${step.direction === undefined ? '' : `, differentiated once more along gradient ${String(step.direction)}`}`;
  if (step.op === 'configure') return `changed: ${settingsText(step.set)}`;
  return step.op === 'reload' ? 'saved, and loaded into a new layer' : step.op;
}
