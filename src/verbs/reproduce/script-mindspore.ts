import type { Case, ForwardStep, LayerSettings, Route } from '../../cases/case.ts';
import type { WireTensor } from '../../tensor/bytes.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Dialogue } from './dialogue.ts';
import { learnsAt, settingsBefore } from './live-settings.ts';
import { inputOf, pythonFlag, pythonFloat, pythonTensor, type Scripted } from './python.ts';
import { type Arguments, axisOfBuffers, initialisers, mindsporeOption } from './script-options.ts';

const classes = { batchnorm1d: 'BatchNorm1d', batchnorm2d: 'BatchNorm2d', batchnorm3d: 'BatchNorm3d', syncbatchnorm: 'SyncBatchNorm' } as const;
const rows = { tracked: 'None', batch: 'True', running: 'False', untracked: 'None', paused: 'None' } as const;

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
  'offset': "flat = np.concatenate([np.zeros(3, x.asnumpy().dtype), x.asnumpy().ravel()])\n    return mindspore.Tensor(flat)[3:].view(x.shape)",
  'expanded': 'return mindspore.Tensor(x.asnumpy()[:1].copy()).expand(x.shape)',
} as const;

const layoutHelpers = (layout: keyof typeof layouts): string => `
${layout !== 'channels-last' && layout !== 'transposed' ? '' : `
def moved(x: mindspore.Tensor, order: tuple, back: tuple) -> mindspore.Tensor:
    """A view on values that lie in another order of memory."""
    return mindspore.Tensor(np.ascontiguousarray(x.asnumpy().transpose(order))).transpose(back)

`}
def laid_out(x: mindspore.Tensor) -> mindspore.Tensor:
    """The same values in another order of memory."""
    ${layouts[layout]}
`;

/** Ways to call the layer that have a spelling here. */
export const mindsporeRoutes: readonly Route[] = ['module', 'functional', 'graph', 'asynchronous'];

const functionHelper = (statistics: keyof typeof rows): string => `
def function(layer: mindspore.nn.Cell, x: mindspore.Tensor) -> mindspore.Tensor:
    """The function over the layer's parameters and state; its momentum is the weight of the new batch."""
    own = holder(layer)
    training = ${rows[statistics] === 'None' ? 'layer.training' : rows[statistics]}
    state = (own.moving_mean, own.moving_variance)
    return mindspore.ops.batch_norm(x, *state, own.gamma, own.beta, training, MOMENTUM, EPS)
`;

/** A case as calls of mindspore.nn, in PyNative mode but for the route of graphs. A forward that is differentiated runs fused with its backward. */
export function mindsporeDialogue(question: Scripted): Dialogue {
  const { layout = 'contiguous', program, config, route = 'module', threads } = question;
  const copies = program.some((step) => step.op === 'reload' && step.by === 'copy');
  const further = [
    ...(layout === 'contiguous' ? [] : [layoutHelpers(layout).trimStart()]),
    ...(route === 'functional' ? [functionHelper(config.statistics).trimStart().replace('MOMENTUM', pythonFloat(config.momentum ?? 0)).replace('EPS', pythonFloat(config.eps))] : []),
  ];
  return {
    needs: 'mindspore', standard: [...(copies ? ['copy'] : []), ...(threads === undefined ? [] : ['os'])],
    imports: [...(threads === undefined ? [] : [`os.environ['OMP_NUM_THREADS'] = '${String(threads)}'  # read by the import`]), 'import mindspore'],
    construct: [
      `mindspore.set_context(mode=mindspore.${route === 'graph' ? 'GRAPH' : 'PYNATIVE'}_MODE)`, ...(threads === undefined ? [] : ["mindspore.set_device('CPU')", `mindspore.runtime.dispatch_threads_num(${String(threads)})`]),
      ...constructor(question, question.initial),
    ],
    helpers: [helpers, ...further].join('\n\n'),
    state: { running_mean: 'holder(layer).moving_mean', running_var: 'holder(layer).moving_variance' }, stepCount: null,
    step: (index) => stepLines(question, index),
    kept: (index) => {
      const backward = program.some((step) => step.op === 'backward' && step.of === index);
      return program[index]?.op === 'forward' ? [`x${String(index)}`, ...(backward ? [`dy${String(index)}`] : [])] : [];
    },
  };
}

function stepLines(question: Scripted, index: number): readonly string[] {
  const step = question.program[index];
  if (step?.op === 'forward') return forwardLines(question, step, index);
  if (step?.op === 'backward') return ['dx', ...(learnsAt(question, step.of) ? ['dgamma', 'dbeta'] : [])].map((name) => `${name}${String(index)} = ${name}_of_${String(step.of)}`);
  if (step?.op === 'configure') return configuration(question, step.set);
  const settings = configuration(question, settingsBefore(question, index));
  if (step?.op === 'reload' && step.by === 'copy') return ['layer = copy.deepcopy(layer)', ...frozenLines(question), ...settings];
  return ['saved, training = {parameter.name: parameter for parameter in layer.get_parameters()}, layer.training', ...constructor(question, {}), 'mindspore.load_param_into_net(layer, saved)', 'layer.set_train(training)', ...settings];
}

/** Attributes of the live layer, as users change them (BN-STATE-14); no change of momentum or ε comes here. */
function configuration({ config: { affine } }: Case, { statistics, frozen }: LayerSettings): readonly string[] {
  return [
    ...(statistics === undefined ? [] : [`holder(layer).use_batch_statistics = ${rows[statistics]}`]), ...(frozen === undefined || !affine ? [] : [training(!frozen)]),
  ];
}

function training(isTrained: boolean): string {
  return `holder(layer).gamma.requires_grad = holder(layer).beta.requires_grad = ${pythonFlag(isTrained)}`;
}

function frozenLines({ config: { frozen = false } }: Case): readonly string[] {
  return frozen ? [training(false)] : [];
}

function forwardLines(question: Scripted, step: ForwardStep, index: number): readonly string[] {
  const { ranks: [rank], program, route = 'module' } = question;
  const at = String(index);
  const backward = program.find((other) => other.op === 'backward' && other.of === index);
  const mode = step.mode === 'fresh' ? [] : [`layer.set_train(${step.mode === 'train' ? 'True' : 'False'})`];
  const x = `x${at} = keep('x${at}', ${laid(question, inputOf(question, step.input))})`;
  const call = (name: string): string => (route === 'functional' ? `function(layer, ${name})` : `layer(${name})`);
  const read = route === 'asynchronous' ? [`y${at}.asnumpy()  # a refusal may come only when a result is read`] : [];
  if (backward?.op !== 'backward') return [...mode, x, `y${at} = ${call(`x${at}`)}`, ...read];
  const weights = learnsAt(question, index) ? '(holder(layer).gamma, holder(layer).beta)' : 'None';
  const gradients = learnsAt(question, index) ? `dx_of_${at}, (dgamma_of_${at}, dbeta_of_${at})` : `dx_of_${at}`;
  return [
    ...mode, x, `dy${at} = keep('dy${at}', ${laid(question, rank?.grads[backward.grad])})`,
    '', `def weighted${at}(x: mindspore.Tensor) -> tuple:`, `    y = ${call('x')}`, `    return (y * dy${at}).sum(), y`, '',
    `(_, y${at}), gradients = mindspore.value_and_grad(weighted${at}, 0, ${weights}, has_aux=True)(x${at})`, `${gradients} = gradients`, ...read,
  ];
}

function laid({ layout = 'contiguous', large }: Scripted, tensor: WireTensor | undefined): string {
  if (tensor === undefined) throw new RangeError('a step of the program has no data');
  return layout === 'contiguous' ? pythonTensor(tensor, '    ', large) : `laid_out(${pythonTensor(tensor, '    ', large)})`;
}

function constructor(question: Case, initial: Case['initial']): readonly string[] {
  const { layer, config: { numFeatures, eps, momentum, affine, statistics, dtype, option } } = question;
  const tensors = option?.startsWith('initial-') === true || option === 'arguments-none' || axisOfBuffers(question.config) !== null ? [] : Object.entries(initial) as [keyof typeof initialisers, Tensor][];
  const canonical = option === 'arguments-none' ? {} : {
    eps: pythonFloat(eps), momentum: `1.0 - ${pythonFloat(momentum ?? 0)}`, affine: pythonFlag(affine), use_batch_statistics: rows[statistics], ...(dtype === 'float32' ? {} : { dtype: `mindspore.${dtype}` }),
    ...Object.fromEntries(tensors.map(([name, tensor]) => [initialisers[name], pythonTensor(tensor, '        ')])),
  };
  const { num_features: features = String(numFeatures), ...given }: Arguments = { ...canonical, ...mindsporeOption(question, initial) };
  const lines = Object.entries(given).map(([name, text]) => `    ${name}=${text},${name === 'momentum' ? '  # theirs is the weight of the old state' : ''}`);
  return [[`layer = mindspore.nn.${classes[layer]}(`, `    ${features},`, ...lines, ')'].join('\n    '), ...setAfterwards(question, initial), ...frozenLines(question)];
}

/** Values of a layer that was made with others: drawn ones, or the framework's own. */
function setAfterwards({ config }: Case, initial: Case['initial']): readonly string[] {
  const axis = axisOfBuffers(config);
  if (config.option !== 'initial-drawn' && config.option !== 'arguments-none' && axis === null) return [];
  const set = Object.entries(initial) as [keyof typeof parameters, Tensor][];
  if (axis !== null) {
    const together = `together = mindspore.ops.stack([${set.map(([, tensor]) => pythonTensor(tensor, '    ')).join(', ')}], ${axis})`;
    return [together, ...set.map(([name], index) => `holder(layer).${parameters[name]}.set_data(together[${axis === '0' ? '' : ':, '}${String(index)}])`)];
  }
  return set.map(([name, tensor]) => `holder(layer).${parameters[name]}.set_data(${pythonTensor(tensor, '    ')})`);
}

const parameters = { gamma: 'gamma', beta: 'beta', running_mean: 'moving_mean', running_var: 'moving_variance' } as const;
