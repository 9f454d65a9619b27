import { acceptCase } from '../accept.ts';
import type { AcceptedValues } from '../accepted.ts';
import { largestFinite } from '../../tensor/formats.ts';
import type { FloatType } from '../../tensor/tensor.ts';
import type { HonestForm, Level } from './form.ts';
import { computeHonestly } from './layer.ts';
import { questionOf, type Setting } from './setting.ts';

export const observed = ['y', 'dx', 'dgamma', 'dbeta', 'running_mean', 'running_var'] as const;
export type Observed = (typeof observed)[number];

/** What a backward pass shows that is differentiated once more. */
export const secondOrder = ['ddx', 'ddy', 'ddgamma'] as const;

/** Largest error ÷ bound of every observable over a program; 0 for what was not shown or has no bound. */
export type Ratios = Record<Observed | (typeof secondOrder)[number], number>;

/** Largest ratios of both classes; a form that is not in a class says nothing about it. */
export function ratiosOf(setting: Setting, form: HonestForm): Readonly<Record<Level, Ratios>> {
  const question = questionOf(setting);
  const got = computeHonestly(question, form);
  const worst = { stable: none(), naive: none() };
  for (const [index, step] of (acceptCase(question).ranks[0]?.steps ?? []).entries()) {
    if (step.kind === 'refusal') throw new TypeError('expected a program without refusals');
    for (const accepted of step.values) raise(worst, accepted, got[index]?.[accepted.observable]);
  }
  return worst;
}

function none(): Ratios {
  return { y: 0, dx: 0, dgamma: 0, dbeta: 0, ddx: 0, ddy: 0, ddgamma: 0, running_mean: 0, running_var: 0 };
}

function raise(worst: Record<Level, Ratios>, accepted: AcceptedValues, got: Float64Array | undefined): void {
  const { observable, value, alternative, dtype } = accepted;
  if (got?.length !== value.length) throw new TypeError(`expected ${String(value.length)} values of ${observable}`);
  for (const level of ['stable', 'naive'] as const) {
    const bounds = accepted[level];
    for (let i = 0; i < value.length; i++) {
      if (got[i] === alternative?.[i]) continue;
      const ratio = ratioOf(got[i]!, value[i]!, bounds[i]!, dtype);
      if (!(ratio <= worst[level][observable])) worst[level][observable] = ratio;
    }
  }
}

/**
 * |got − value| ÷ bound. Infinity where a bound of 0 is missed, or a finite value is not finite; 0 where a result is rounded to
 * infinity that the bound lets pass the largest number, and where there is no bound: then 1/s may be 1/√ε, and a product with it
 * may overflow, float16 at 65504 first.
 */
function ratioOf(got: number, value: number, bound: number, dtype: FloatType): number {
  if (got === value) return 0;
  if (Number.isNaN(got)) return Infinity;
  if (Number.isFinite(got)) return Math.abs(got - value) / bound;
  return value * Math.sign(got) + bound > largestFinite(dtype) ? 0 : Infinity;
}
