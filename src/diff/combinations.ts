import type { Case } from '../cases/case.ts';
import type { FormulaVariant } from './cause-entry.ts';
import { formulaVariants } from './formula-variants.ts';

interface Together {
  readonly causes: readonly string[];
  readonly like: readonly string[];
}

const biased = 'biased-running-variance';

/** Causes that some implementation has together. */
const together: readonly Together[] = [
  // Each documents momentum as the weight of the old state and stores the population variance.
  { causes: [biased, 'momentum-complement'], like: ['Keras 3, Flax, ONNX Runtime, Paddle or MXNet, given the momentum unconverted'] },
  // Defaults of keras.layers.BatchNormalization and flax.linen.BatchNorm, where arguments are not passed on.
  { causes: [biased, 'momentum-one-hundredth'], like: ['Keras 3 and Flax with their default momentum'] },
  { causes: [biased, 'eps-one-thousandth'], like: ['Keras 3 with its default epsilon'] },
  { causes: ['momentum-one-hundredth', 'eps-one-thousandth'], like: ['the fused kernel of TensorFlow with the defaults of Keras'] },
  { causes: [biased, 'momentum-one-hundredth', 'eps-one-thousandth'], like: ['Keras 3 with its defaults'] },
  { causes: [biased, 'fresh-layer-evaluates'], like: ['MindSpore on CPU before 2.5.0', 'ONNX Runtime', 'Keras 3'] },
  // A gradient function of such a layer runs its forward again.
  { causes: [biased, 'state-moved-by-backward'], like: ['MindSpore on CPU before 2.5.0, differentiated after a forward'] },
  { causes: [biased, 'state-moved-in-backward-only'], like: ['MXNet on CPU'] }, // mxnet#14357
  { causes: [biased, 'gamma-fixed'], like: ['the MXNet operator on CPU with its default fix_gamma=True'] }, // mxnet#15717
  { causes: ['state-moved-in-backward-only', 'gamma-fixed'], like: ['the MXNet operator with its default fix_gamma=True'] },
  { causes: [biased, 'state-moved-in-backward-only', 'gamma-fixed'], like: ['the MXNet operator on CPU with its default fix_gamma=True'] },
];

/** The biased running variance, which most frameworks store, beside each other departure. */
const besideBiased: readonly Together[] = formulaVariants
  .filter(({ id, change }) => change.storedVariance === undefined && !together.some(({ causes }) => causes.length === 2 && causes[0] === biased && causes[1] === id))
  .map(({ id }) => ({ causes: [biased, id], like: [] }));

/** The combinations as variants of their own: `a+b`, under the rule of the first. */
export const combinations: readonly FormulaVariant[] = [...together, ...besideBiased].map(({ causes, like }) => {
  const parts = causes.map(variantNamed);
  return {
    id: causes.join('+'),
    rule: variantNamed(causes[0] ?? '').rule,
    title: parts.map(({ title }) => title).join('; and '),
    translation: parts.map(({ translation }) => translation).join('; and '),
    ...(like.length > 0 ? { like } : {}),
    change: Object.assign({}, ...parts.map(({ change }) => change)) as FormulaVariant['change'],
    concerns: (question) => parts.every((part) => isAsked(part, question)),
  };
});

/** Without a backward, a state that moves there only is one that never moves. */
function isAsked({ change, concerns }: FormulaVariant, question: Case): boolean {
  return (concerns?.(question) ?? true) && (change.updatesInForward !== false || question.program.some(({ op }) => op === 'backward'));
}

function variantNamed(id: string): FormulaVariant {
  const variant = formulaVariants.find((one) => one.id === id);
  if (variant === undefined) throw new RangeError(`expected the id of a variant, got ${id}`);
  return variant;
}
