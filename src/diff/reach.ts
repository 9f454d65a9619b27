import type { Observable } from '../cases/case.ts';
import type { Formulas } from '../reference/formulas.ts';
import type { Deviation } from './verdict.ts';

/** The gradients of a backward pass that is differentiated once more. */
const second = ['ddx', 'ddy', 'ddgamma'] as const;

/** Observables that each formula decides in the step that applies it. What the state carries on shows in later steps. */
const decides: Readonly<Record<keyof Formulas, readonly Observable[]>> = {
  configured: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var', 'step_count'],
  effectiveMode: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var', 'step_count'],
  keepsState: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var', 'step_count'],
  source: ['y', 'dx', 'dgamma', ...second],
  updates: ['running_mean', 'running_var'],
  counts: ['step_count'],
  updatesInForward: ['running_mean', 'running_var'],
  updatesInBackward: ['running_mean', 'running_var'],
  skipsEmptyBatch: ['running_mean', 'running_var'],
  freshMean: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var'],
  freshVariance: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var'],
  constructed: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var'],
  localStatistics: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var'],
  poolStatistics: ['y', 'dx', 'dgamma', ...second, 'running_mean', 'running_var'],
  normalisingStatistics: ['y', 'dx', 'dgamma', ...second],
  normalisingVariance: ['y', 'dx', 'dgamma', ...second],
  centre: ['y', 'dx', 'dgamma', ...second],
  runningVariance: ['y', 'dx', 'dgamma', ...second],
  deviation: ['y', 'dx', 'dgamma', ...second],
  affine: ['y', 'dx', 'dgamma', ...second],
  output: ['y'],
  newWeight: ['running_mean', 'running_var'],
  storedMean: ['running_mean'],
  storedVariance: ['running_var'],
  moveState: ['running_mean', 'running_var'],
  reloaded: ['running_mean', 'running_var', 'step_count'],
  converted: ['running_mean', 'running_var', 'step_count'],
  inputGradientSource: ['dx', ...second],
  parameterGradientSource: ['dgamma', 'dbeta'],
  gradientState: ['dx', 'dgamma', ...second],
  gradientGamma: ['dx', 'ddx', 'ddy'],
  batchInputGradient: ['dx'],
  runningInputGradient: ['dx'],
  inputGradient: ['dx'],
  poolSums: ['dx'],
  gammaGradient: ['dgamma'],
  betaGradient: ['dbeta'],
  accumulated: ['dgamma', 'dbeta'],
  secondInput: ['ddx'],
  secondUpstream: ['ddy'],
  secondGamma: ['ddgamma'],
  returnedSums: ['dgamma', 'dbeta'],
};

const gradients = ['dx', 'dgamma', 'dbeta', ...second] as const;

export function isGradient(observable: Deviation['observable']): boolean {
  return gradients.some((gradient) => gradient === observable);
}

/** Gradients that need not follow a departure: where it is one of the forward, all but those that it changes by themselves. */
export function freeGradients(change: Partial<Formulas>): ReadonlySet<string> {
  const reached = (Object.keys(change) as (keyof Formulas)[]).map((name) => decides[name]);
  if (!reached.some((observables) => observables.includes('y'))) return new Set();
  const own = reached.filter((observables) => observables.every(isGradient)).flat();
  return new Set<string>(gradients.filter((gradient) => !own.includes(gradient)));
}

/** What a change of formulas can move: in the step that applies it, and in later ones. */
export interface Reach {
  readonly now: ReadonlySet<string>;
  readonly later: ReadonlySet<string>;
}

export function reachOf(changes: readonly Partial<Formulas>[]): Reach {
  const now = new Set<Observable>(changes.flatMap((change) => (Object.keys(change) as (keyof Formulas)[]).flatMap((name) => decides[name])));
  const carriesOn = now.has('running_mean') || now.has('running_var');
  return { now, later: carriesOn ? new Set<Observable>([...now, 'y', 'dx', 'dgamma', ...second]) : now };
}

/** Whether the change can be behind what deviates first; what deviates later may follow from it. */
export function reaches({ now, later }: Reach, deviations: readonly Deviation[]): boolean {
  const first = deviations.reduce((least, { step }) => Math.min(least, step), Infinity);
  const within = first > 0 ? later : now;
  return deviations.every(({ step, observable }) => step > first || within.has(observable));
}
