import type { BackwardStep, Case, ForwardStep, LayerSettings, Route } from '../../cases/case.ts';
import type { WireTensor } from '../../tensor/bytes.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Dialogue } from './dialogue.ts';
import { learnsAt, settingsBefore } from './live-settings.ts';
import { inputOf, pythonFlag, pythonFloat, pythonTensor, pythonTuple, type Scripted } from './python.ts';
import { type Arguments, axisOfBuffers, pytorchOption } from './script-options.ts';

const classes = { batchnorm1d: 'BatchNorm1d', batchnorm2d: 'BatchNorm2d', batchnorm3d: 'BatchNorm3d', syncbatchnorm: 'SyncBatchNorm' } as const;
const attributes = { gamma: 'weight', beta: 'bias', running_mean: 'running_mean', running_var: 'running_var' } as const;

const helpers = `
def tensor(text: str, shape: tuple, dtype: str) -> torch.Tensor:
    """Hexadecimal floats as a tensor."""
    return torch.tensor(numbers(text)).to(getattr(torch, dtype)).reshape(shape)


def numpy_of(value: torch.Tensor) -> np.ndarray:
    """A copy in float64."""
    return value.detach().to(torch.float64).numpy().copy()
`;

const layouts = {
  'contiguous': '',
  'channels-last': 'return x.movedim(1, -1).contiguous().movedim(-1, 1)',
  'transposed': 'axes = tuple(reversed(range(x.dim())))\n    return x.permute(axes).contiguous().permute(axes)',
  'strided': 'spread = torch.zeros(*x.shape, 2, dtype=x.dtype)\n    spread[..., 0] = x\n    return spread[..., 0]',
  'offset': 'return torch.zeros(x.numel() + 3, dtype=x.dtype)[3:].copy_(x.flatten()).view(x.shape)',
  'expanded': 'return x[:1].clone().expand(x.shape)',
} as const;

/** Ways to call the layer that have a spelling here. */
export const pytorchRoutes: readonly Route[] = ['module', 'functional', 'no-grad', 'inference-mode', 'autocast', 'autocast-float16', 'scripted', 'compiled'];

const contexts: Partial<Readonly<Record<Route, string>>> = { 'no-grad': 'torch.no_grad()', 'inference-mode': 'torch.inference_mode()', autocast: "torch.autocast('cpu', torch.bfloat16)", 'autocast-float16': "torch.autocast('cpu', torch.float16)" };

const functionHelper = `
def function(layer: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The function over the layer's parameters and state."""
    training = layer.training or layer.running_mean is None
    state = (layer.running_mean, layer.running_var)
    return torch.nn.functional.batch_norm(x, *state, layer.weight, layer.bias, training, layer.momentum, layer.eps)
`;

const compileHelper = `
def compiled(layer: torch.nn.Module) -> object:
    """The layer by the compiler; by its front end alone where there is no C++ compiler."""
    backend = 'inductor' if any(shutil.which(name) for name in ('g++', 'clang++')) else 'aot_eager'
    return torch.compile(layer, backend=backend)
`;

/** The order of a sum over many values depends on it. */
const oneThread = 'torch.set_num_threads(1)  # as a run has it by default: more threads sum in another order';

/** What a route needs beside the layer. */
const routeHelpers: Partial<Readonly<Record<Route, string>>> = { functional: functionHelper, compiled: compileHelper };
const calls: Partial<Readonly<Record<Route, string>>> = { functional: 'function(layer, X)', compiled: 'compiled(layer)(X)' };

/** A case as calls of torch.nn. */
export function pytorchDialogue(question: Scripted): Dialogue {
  const { program, config, layout = 'contiguous', route = 'module', threads, capability } = question;
  const layoutHelper = layout === 'contiguous' ? '' : `\n\ndef laid_out(x: torch.Tensor) -> torch.Tensor:\n    """The same values in another order of memory."""\n    ${layouts[layout]}\n`;
  const copies = program.some((step) => step.op === 'reload' && step.by === 'copy');
  return {
    needs: 'torch', standard: [...(copies ? ['copy'] : []), ...(capability === undefined ? [] : ['os']), ...(route === 'compiled' ? ['shutil'] : [])],
    imports: [...(capability === undefined ? [] : [`os.environ['ATEN_CPU_CAPABILITY'] = '${capability}'  # read by the import`]), 'import torch'],
    construct: [...(threads === undefined ? question.large === undefined ? [] : [oneThread] : [`torch.set_num_threads(${String(threads)})`]), ...construction(question)],
    helpers: `${helpers}${layoutHelper}${routeHelpers[route] === undefined ? '' : `\n${routeHelpers[route]}`}`,
    state: { running_mean: 'layer.running_mean', running_var: 'layer.running_var' },
    stepCount: config.statistics === 'tracked' && route !== 'functional' ? 'int(layer.num_batches_tracked)' : null,
    step: (index) => stepLines(question, index),
    kept: (index) => {
      const op = program[index]?.op;
      return op === 'forward' ? [`x${String(index)}`] : op === 'backward' ? [`dy${String(index)}`] : [];
    },
  };
}

function stepLines(question: Scripted, index: number): readonly string[] {
  const step = question.program[index];
  if (step?.op === 'forward') return forwardLines(question, step, index);
  if (step?.op === 'backward') return backwardLines(question, step, index);
  if (step?.op === 'configure') return configuration(step.set);
  return [...(step?.op === 'reload' ? successor(question, step.by) : []), ...configuration(settingsBefore(question, index))];
}

function successor(question: Case, by: 'checkpoint' | 'copy' | 'conversion' = 'checkpoint'): readonly string[] {
  if (by === 'copy') return ['layer = copy.deepcopy(layer)'];
  if (by === 'checkpoint') return ['saved, training = layer.state_dict(), layer.training', ...constructor(question), 'layer.load_state_dict(saved)', 'layer.train(training)'];
  return ['network = torch.nn.Sequential(torch.nn.Identity(), torch.nn.Sequential(layer))', 'layer = torch.nn.SyncBatchNorm.convert_sync_batchnorm(network)[1][0]'];
}

/** Momentum and ε are read at each call; tracking is a flag (BN-STATE-14, BN-STATE-15). */
function configuration({ momentum, eps, statistics, frozen }: LayerSettings): readonly string[] {
  return [
    ...(momentum === undefined ? [] : [`layer.momentum = ${momentum === null ? 'None' : pythonFloat(momentum)}`]), ...(eps === undefined ? [] : [`layer.eps = ${pythonFloat(eps)}`]),
    ...(statistics === undefined ? [] : [`layer.track_running_stats = ${pythonFlag(statistics === 'tracked')}`]), ...(frozen === undefined ? [] : [`layer.requires_grad_(${pythonFlag(!frozen)})`]),
  ];
}

function kept(question: Scripted, name: string, tensor: WireTensor | undefined): string {
  return `${name} = keep('${name}', ${made(question, tensor)})`;
}

function made({ layout = 'contiguous', large }: Scripted, tensor: WireTensor | undefined): string {
  if (tensor === undefined) throw new RangeError('a step of the program has no data');
  const text = pythonTensor(tensor, '    ', large);
  return layout === 'contiguous' ? text : `laid_out(${text})`;
}

function forwardLines(question: Scripted, { mode, input, stays = false }: ForwardStep, index: number): readonly string[] {
  const { program, route = 'module' } = question;
  const at = String(index);
  const context = contexts[route];
  const call = `y${at} = ${(calls[route] ?? 'layer(X)').replace('X', `x${at}`)}`;
  const isDifferentiated = program.some((step) => step.op === 'backward' && step.of === index);
  return [
    ...(stays ? [] : modeOf(mode)), kept(question, `x${at}`, inputOf(question, input)), ...(isDifferentiated ? [`x${at}.requires_grad_()`] : []),
    ...(context === undefined ? [call] : [`with ${context}:`, `    ${call}`]),
    ...(isDifferentiated ? [`sources${at} = ${pythonTuple([`x${at}`, ...weightsOf(question, index)])}`] : []),
  ];
}

function backwardLines(question: Scripted, step: BackwardStep, index: number): readonly string[] {
  const { program, ranks: [rank] } = question;
  const [at, of] = [String(index), String(step.of)];
  const names = ['dx', 'dgamma', 'dbeta'].slice(0, 1 + weightsOf(question, step.of).length).map((name) => `${name}${at}`).join(', ');
  const retains = program.slice(index + 1).some((later) => later.op === 'backward' && later.of === step.of) ? ', retain_graph=True' : '';
  const dy = kept(question, `dy${at}`, rank?.grads[step.grad]);
  if (step.direction !== undefined) return [dy, ...doubleLines(question, step, { at, of, retains })];
  if (step.accumulates === true) return [dy, `x${of}.grad = None`, `y${of}.backward(dy${at}${retains})`, `${names}${names.includes(',') ? '' : ','} = [source.grad for source in sources${of}]`];
  return [dy, `${names}${names.includes(',') ? '' : ','} = torch.autograd.grad(y${of}, sources${of}, dy${at}${retains})`];
}

/** The gradient of Σ v·dx (BN-GRAD-06); None stands for zeros. */
function doubleLines(question: Scripted, { of: forward, direction }: BackwardStep, { at, of, retains }: Readonly<Record<'at' | 'of' | 'retains', string>>): readonly string[] {
  const by = [`x${of}`, `dy${at}`, ...weightsOf(question, forward).slice(0, 1)];
  const names = ['ddx', 'ddy', 'ddgamma'].slice(0, by.length).map((name) => `${name}${at}`).join(', ');
  return [
    `dy${at}.requires_grad_()`, `v${at} = ${made(question, question.ranks[0]?.grads[direction ?? 0])}`, `(dx${at},) = torch.autograd.grad(y${of}, x${of}, dy${at}, create_graph=True)`,
    `by${at} = (${by.join(', ')})`, `found${at} = torch.autograd.grad(dx${at}, by${at}, v${at}, allow_unused=True${retains})`,
    `${names} = [torch.zeros_like(one) if got is None else got for one, got in zip(by${at}, found${at})]`,
  ];
}

/** γ and β as far as the layer has them and learns them at a step. */
function weightsOf(question: Case, index: number): readonly string[] {
  if (!learnsAt(question, index)) return [];
  return question.config.scaleOnly === true ? ['layer.weight'] : ['layer.weight', 'layer.bias'];
}

function modeOf(mode: string): readonly string[] {
  return mode === 'fresh' ? [] : [`layer.train(${pythonFlag(mode === 'train')})`];
}

function constructor(question: Case): readonly string[] {
  const { layer, config: { numFeatures, eps, momentum, affine, statistics, dtype, frozen = false, scaleOnly = false }, route } = question;
  const canonical = question.config.option === 'arguments-none' ? {} : {
    eps: pythonFloat(eps), momentum: momentum === null ? 'None' : pythonFloat(momentum), affine: pythonFlag(affine), track_running_stats: pythonFlag(statistics === 'tracked'), dtype: `torch.${dtype}`,
    ...(scaleOnly ? { bias: 'False' } : {}),
  };
  const { num_features: features = String(numFeatures), ...given }: Arguments = { ...canonical, ...pytorchOption(question) };
  const made = [`layer = torch.nn.${classes[layer]}(`, `    ${features},`, ...Object.entries(given).map(([name, text]) => `    ${name}=${text},`), ')'].join('\n    ');
  const filled = question.config.option === 'device-meta' ? ["layer = layer.to_empty(device='cpu')", 'layer.reset_parameters()'] : [];
  return [made, ...filled, ...buffers(question), ...(frozen ? ['layer.requires_grad_(False)'] : []), ...(route === 'scripted' ? ['layer = torch.jit.script(layer)'] : [])];
}

/** Parameters and state as views of one tensor. */
function buffers(question: Case): readonly string[] {
  const axis = axisOfBuffers(question.config);
  if (axis === null) return [];
  return [
    `names = [name for name in ('weight', 'bias', 'running_mean', 'running_var') if getattr(layer, name) is not None]`,
    `together = torch.stack([getattr(layer, name).data for name in names], ${axis})`,
    'for index, name in enumerate(names):', `    getattr(layer, name).data = together.select(${axis}, index)`,
  ];
}

function construction(question: Case): readonly string[] {
  const set = Object.entries(question.initial) as [keyof typeof attributes, Tensor][];
  return [...constructor(question), ...set.map(([name, tensor]) => `layer.${attributes[name]}.data.copy_(${pythonTensor(tensor, '    ')})`)];
}
