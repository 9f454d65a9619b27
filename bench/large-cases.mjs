/** @import { Plan, PlannedCase } from '../src/cases/plan.ts' */

/**
 * Shapes of a million elements. Sums over 131072 rows are no longer within the bound of a stable algorithm in either framework; such a
 * case is inaccurate, and what it costs to say why is another question.
 */
const shapes = /** @type {const} */ ([
  ['batchnorm2d', '64x16x32x32'], ['batchnorm1d', '16384x64'], ['batchnorm1d', '1024x64x16'], ['batchnorm1d', '64x16x1024'], ['batchnorm2d', '32x64x32x16'], ['batchnorm2d', '16x8x128x64'],
  ['batchnorm3d', '16x32x8x16x16'],
]);
const settings = /** @type {const} */ ([['unit', '0.1'], ['unit', '0.5'], ['tiny-variance', '0.1'], ['mostly-zeros', '0.1']]);

/** 28 cases of a million float32 elements each: a training forward, its backward, and the state after both. */
export const largePlan = /** @type {Plan} */ ({
  suite: 'large', seed: 20, minimum: 0, knownShare: 0, excluded: [], blocks: [],
  cases: settings.flatMap(([data, momentum]) => shapes.map(([layer, shape]) => plannedCase(layer, { program: 'train-backward', shape, momentum, data }))),
});

/**
 * @param {PlannedCase['layer']} layer
 * @param {Readonly<Record<string, string>>} axes
 * @returns {PlannedCase}
 */
export function plannedCase(layer, axes) {
  const id = [layer, 'grad/backward', ...Object.entries(axes).map(([axis, value]) => `${axis}=${value}`)].join('/');
  return { id, layer, behaviour: 'grad/backward', rules: [], axes, expectsConstant: false, repeats: false, literal: null };
}
