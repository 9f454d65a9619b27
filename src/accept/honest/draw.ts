import { largestFinite } from '../../tensor/formats.ts';
import { integers } from '../../tensor/generator.ts';
import { type HonestForm, gradients, isInClass, type Level, outputs, roots, summations, variances } from './form.ts';
import { patterns, type Setting } from './setting.ts';

/** A uniform integer in [0, count). */
export type Choose = (count: number) => number;

export function chooseFrom(seed: readonly (string | number)[]): Choose {
  const next = integers(seed);
  return (count) => next() % count;
}

export function one<T>(choose: Choose, of: readonly T[]): T {
  return of[choose(of.length)]!;
}

const programs = ['train-backward', 'train-backward', 'train-eval-backward', 'train-train-train-eval-backward', 'eval-train-backward-eval', 'eval-backward'];
const momenta = [0, 0.1, 0.5, 0.9, 0.99, 1, null];
const epsilons = [1e-12, 1e-5, 1e-3, 1];

/** What drawn settings may be, by type: |μ|/s to 1e7 and scales from 1e-30 to 1e19; no input overflows float16. */
const ranges = {
  float32: { offsets: [0, 0, 0, 1, -3, 30, -1e3, 1e5, 1e7], scales: [1, 1, 1, 1e-3, 1e3, 1e-10, 1e-20, 1e-30, 1e10, 1e17, 1e19] },
  bfloat16: { offsets: [0, 0, 1, -3, 30, 1e3, 1e5], scales: [1, 1, 1e-3, 1e3, 1e-10, 1e-20, 1e10] },
  float16: { offsets: [0, 0, 1, -3, 30, 1e3], scales: [1, 1, 1e-3, 1e-5, 20] },
} as const;

export function drawSetting(choose: Choose, dtype: Setting['dtype'], seed: number): Setting {
  const { offsets, scales } = ranges[dtype];
  return tamed({
    seed, n: drawCount(choose), program: one(choose, programs), momentum: one(choose, momenta), eps: one(choose, epsilons), dtype,
    offset: one(choose, offsets), scale: one(choose, scales), pattern: one(choose, patterns),
    gradientScale: one(choose, dtype === 'float32' ? [1, 1, 1e-3, 1e3, 1e-37] : [1, 1, 1e-2]), gradientPattern: one(choose, patterns),
    gamma: one(choose, [1, 1, 0.3125, -1.6875, 0, 500]), beta: one(choose, [0, 0.4375, -1.3125, 200]),
    mean: one(choose, [0, 0.5625, -1.9375, 300]), variance: one(choose, [1, 0.8125, 2 ** -20, 0, 700]), edits: [],
  });
}

/** Whether a variance or its sum may pass the largest number of the arithmetic or of the stored type. */
function mayOverflow({ n, dtype, offset, scale, pattern }: Setting): boolean {
  return n * (scale * (Math.abs(offset) + (pattern === 'outlier' ? 2000 : 2))) ** 2 > largestFinite(dtype) / 8;
}

/**
 * A setting whose infinite variance, if any, comes to stay: after it nothing is weighed by 0, for 0·∞ is NaN, which is as right
 * as the overflowed result but is no observation that a bound speaks of.
 */
export function tamed(setting: Setting): Setting {
  if (!mayOverflow(setting)) return setting;
  const program = setting.program.includes('eval') ? 'train-eval-backward' : 'train-backward';
  return { ...setting, program, momentum: setting.momentum === 0 ? 0.1 : setting.momentum };
}

/** Mostly few values, some many. */
function drawCount(choose: Choose): number {
  const kind = choose(200);
  return kind === 0 ? 65 + choose(936) : kind < 20 ? 13 + choose(52) : 2 + choose(11);
}

/** A form of the class for a setting; where a square may overflow, one without ∞ − ∞. */
export function drawForm(choose: Choose, level: Level, setting: Setting): HonestForm {
  for (;;) {
    const form: HonestForm = {
      sums: one(choose, summations), variance: one(choose, variances), root: one(choose, roots), output: one(choose, outputs), gradient: one(choose, gradients),
      fused: choose(2) === 0, flushes: choose(2) === 0,
    };
    if (isHonest(form, level, setting)) return form;
  }
}

export function isHonest(form: HonestForm, level: Level, setting: Setting): boolean {
  return isInClass(form, level, setting.n) && !(mayOverflow(setting) && (form.variance === 'corrected' || form.sums === 'compensated'));
}
