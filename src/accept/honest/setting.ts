import { parseProgram } from '../../cases/axes.ts';
import { type Case, countGradients } from '../../cases/case.ts';
import { largestFinite } from '../../tensor/formats.ts';
import { integers } from '../../tensor/generator.ts';
import { roundTo } from '../../tensor/round.ts';
import type { FloatType, Tensor } from '../../tensor/tensor.ts';

/**
 * How the unit draws of one tensor are bent before they are scaled.
 *
 *     plain    as drawn, in (−2, 2)
 *     onesign  their magnitudes
 *     sorted   in ascending order
 *     spread   magnitudes from 2⁻¹⁵ to 2
 *     outlier  the first 1000 times as large
 *     even     multiples of 1/4, so that sums are exact
 */
export type Pattern = 'plain' | 'onesign' | 'sorted' | 'spread' | 'outlier' | 'even';

export const patterns: readonly Pattern[] = ['plain', 'onesign', 'sorted', 'spread', 'outlier', 'even'];

/** A question of one channel that parameters and a seed make; the same bits for the same values. */
export interface Setting {
  readonly seed: number;
  readonly n: number;
  readonly program: string;
  readonly momentum: number | null;
  readonly eps: number;
  readonly dtype: 'float32' | 'float16' | 'bfloat16';
  /** x = scale·(offset + unit draw), rounded to the type. */
  readonly offset: number;
  readonly scale: number;
  readonly pattern: Pattern;
  /** dy = gradientScale·unit draw, rounded to the type. */
  readonly gradientScale: number;
  readonly gradientPattern: Pattern;
  readonly gamma: number;
  readonly beta: number;
  /** State before the first step. */
  readonly mean: number;
  readonly variance: number;
  readonly edits: readonly Edit[];
}

/** Another integer behind one unit draw of x or dy: tensor, its number in the program, index, integer in (−2²⁴, 2²⁴). */
export type Edit = readonly [tensor: 'x' | 'dy', of: number, index: number, integer: number];

/** Unit draws are integers in (−2²⁴, 2²⁴), divided by 2²³. */
const unitScale = 2 ** 23;

/** The integers behind one tensor of a setting, edits included. */
export function integersOf({ seed, n, edits }: Setting, tensor: Edit[0], of: number): Float64Array {
  const next = integers([seed, tensor, of]);
  const drawn = Float64Array.from({ length: n }, () => (next() >>> 7) - 2 ** 24 + 1);
  for (const [edited, number, index, integer] of edits) {
    if (edited === tensor && number === of && index < n) drawn[index] = integer;
  }
  return drawn;
}

/** The case that a setting makes. */
export function questionOf(setting: Setting): Case {
  const program = parseProgram(setting.program);
  const { dtype, eps, momentum, offset, scale, gradientScale } = setting;
  const channel = (value: number) => tensorOf([1], dtype, Float64Array.of(value), (unit) => unit);
  const data = (tensor: Edit[0], pattern: Pattern, value: (unit: number) => number) => (_: unknown, of: number) => (
    tensorOf([setting.n, 1], dtype, bent(integersOf(setting, tensor, of), pattern), value)
  );
  return {
    id: `honest/${setting.program}`, layer: 'batchnorm1d', program,
    config: { numFeatures: 1, eps, momentum, affine: true, statistics: 'tracked', dtype },
    initial: { gamma: channel(setting.gamma), beta: channel(setting.beta), running_mean: channel(setting.mean), running_var: channel(setting.variance) },
    ranks: [{
      inputs: Array.from({ length: program.filter(({ op }) => op === 'forward').length }, data('x', setting.pattern, (unit) => scale * (offset + unit))),
      grads: Array.from({ length: countGradients(program) }, data('dy', setting.gradientPattern, (unit) => gradientScale * unit)),
    }],
  };
}

function bent(drawn: Float64Array, pattern: Pattern): Float64Array {
  switch (pattern) {
    case 'plain':
      return drawn.map((k) => k / unitScale);
    case 'onesign':
      return drawn.map((k) => Math.abs(k) / unitScale);
    case 'sorted':
      return drawn.map((k) => k / unitScale).sort();
    case 'spread':
      return drawn.map((k) => k / unitScale / 2 ** (Math.abs(k) % 16));
    case 'outlier':
      return drawn.map((k, i) => (i === 0 ? 1000 : 1) * (k / unitScale));
    case 'even':
      return drawn.map((k) => Math.round(k / 2 ** 21) / 4);
  }
}

function tensorOf(shape: readonly number[], dtype: FloatType, units: Float64Array, value: (unit: number) => number): Tensor {
  const limit = largestFinite(dtype);
  return { dtype, shape, data: units.map((unit) => roundTo(Math.min(limit, Math.max(-limit, value(unit))), dtype)) };
}
