import type { Case, ForwardStep } from '../../cases/case.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Dialogue } from './dialogue.ts';
import { pythonFloat, pythonTensor } from './python.ts';

const classes = { batchnorm1d: 'BatchNorm1d', batchnorm2d: 'BatchNorm2d', batchnorm3d: 'BatchNorm3d', syncbatchnorm: 'SyncBatchNorm' } as const;
const initialisers = { gamma: 'gamma_init', beta: 'beta_init', running_mean: 'moving_mean_init', running_var: 'moving_var_init' } as const;
const rows = { tracked: 'None', batch: 'True', running: 'False', untracked: 'None' } as const;

const helpers = `
def tensor(text: str, shape: tuple, dtype: str) -> mindspore.Tensor:
    """Hexadecimal floats as a tensor."""
    return mindspore.Tensor(numbers(text).astype(dtype).reshape(shape))


def numpy_of(value: mindspore.Tensor) -> np.ndarray:
    """A copy in float64."""
    return value.asnumpy().astype('float64')


def holder(layer: mindspore.nn.Cell) -> mindspore.nn.Cell:
    """BatchNorm3d is a BatchNorm2d in a wrapper."""
    return getattr(layer, 'bn2d', layer)
`;

const layouts = {
  'contiguous': '',
  'channels-last': 'back = (0, x.ndim - 1, *range(1, x.ndim - 1))\n    return moved(x, (0, *range(2, x.ndim), 1), back)',
  'transposed': 'axes = tuple(reversed(range(x.ndim)))\n    return moved(x, axes, axes)',
  'strided': "spread = np.zeros((*x.shape, 2), x.asnumpy().dtype)\n    spread[..., 0] = x.asnumpy()\n    return mindspore.Tensor(spread)[..., 0]",
} as const;

const layoutHelpers = (layout: keyof typeof layouts): string => `
${layout === 'strided' ? '' : `
def moved(x: mindspore.Tensor, order: tuple, back: tuple) -> mindspore.Tensor:
    """A view on values that lie in another order of memory."""
    return mindspore.Tensor(np.ascontiguousarray(x.asnumpy().transpose(order))).transpose(back)

`}
def laid_out(x: mindspore.Tensor) -> mindspore.Tensor:
    """The same values in another order of memory."""
    ${layouts[layout]}
`;

/** A case as calls of mindspore.nn, in PyNative mode. A forward that is differentiated runs fused with its backward. */
export function mindsporeDialogue(question: Case): Dialogue {
  const { layout = 'contiguous', program } = question;
  return {
    needs: 'mindspore', imports: ['import mindspore'], construct: ['mindspore.set_context(mode=mindspore.PYNATIVE_MODE)', ...construction(question)],
    helpers: layout === 'contiguous' ? helpers : `${helpers}\n${layoutHelpers(layout).trimStart()}`,
    state: { running_mean: 'holder(layer).moving_mean', running_var: 'holder(layer).moving_variance' }, stepCount: null,
    step: (index) => {
      const step = program[index];
      if (step?.op === 'forward') return forwardLines(question, step, index);
      if (step?.op === 'backward') return ['dx', ...(question.config.affine ? ['dgamma', 'dbeta'] : [])].map((name) => `${name}${String(index)} = ${name}_of_${String(step.of)}`);
      return ['saved, training = {parameter.name: parameter for parameter in layer.get_parameters()}, layer.training', ...constructor(question, {}), 'mindspore.load_param_into_net(layer, saved)', 'layer.set_train(training)'];
    },
  };
}

function forwardLines(question: Case, step: ForwardStep, index: number): readonly string[] {
  const { ranks: [rank], program, config } = question;
  const at = String(index);
  const backward = program.find((other) => other.op === 'backward' && other.of === index);
  const mode = step.mode === 'fresh' ? [] : [`layer.set_train(${step.mode === 'train' ? 'True' : 'False'})`];
  const x = `x${at} = ${laid(question, rank?.inputs[step.input])}`;
  if (backward?.op !== 'backward') return [...mode, x, `y${at} = layer(x${at})`];
  const weights = config.affine ? '(holder(layer).gamma, holder(layer).beta)' : 'None';
  const gradients = config.affine ? `dx_of_${at}, (dgamma_of_${at}, dbeta_of_${at})` : `dx_of_${at}`;
  return [
    ...mode, x, `dy${at} = ${laid(question, rank?.grads[backward.grad])}`,
    '', `def weighted${at}(x: mindspore.Tensor) -> tuple:`, `    y = layer(x)`, `    return (y * dy${at}).sum(), y`, '',
    `(_, y${at}), gradients = mindspore.value_and_grad(weighted${at}, 0, ${weights}, has_aux=True)(x${at})`, `${gradients} = gradients`,
  ];
}

function laid({ layout = 'contiguous' }: Case, tensor: Tensor | undefined): string {
  if (tensor === undefined) throw new RangeError('a step of the program has no data');
  return layout === 'contiguous' ? pythonTensor(tensor, '    ') : `laid_out(${pythonTensor(tensor, '    ')})`;
}

function construction(question: Case): readonly string[] {
  return constructor(question, question.initial);
}

function constructor({ layer, config }: Case, initial: Case['initial']): readonly string[] {
  const { numFeatures, eps, momentum, affine, statistics, dtype } = config;
  const set = Object.entries(initial) as [keyof typeof initialisers, Tensor][];
  return [[
    `layer = mindspore.nn.${classes[layer]}(`, `    ${String(numFeatures)},`, `    eps=${pythonFloat(eps)},`,
    `    momentum=1.0 - ${pythonFloat(momentum ?? 0)},  # theirs is the weight of the old state`, `    affine=${affine ? 'True' : 'False'},`,
    `    use_batch_statistics=${rows[statistics]},`, ...(dtype === 'float32' ? [] : [`    dtype=mindspore.${dtype},`]),
    ...set.map(([name, tensor]) => `    ${initialisers[name]}=${pythonTensor(tensor, '        ')},`), ')',
  ].join('\n    ')];
}
