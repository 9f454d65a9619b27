import type { BackwardStep, Case, ForwardStep, Route } from '../../cases/case.ts';
import type { WireTensor } from '../../tensor/bytes.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Dialogue } from './dialogue.ts';
import { inputOf, pythonFloat, pythonTensor, type Scripted } from './python.ts';

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
  const { program, config, layout = 'contiguous', route = 'module' } = question;
  const layoutHelper = layout === 'contiguous' ? '' : `\n\ndef laid_out(x: torch.Tensor) -> torch.Tensor:\n    """The same values in another order of memory."""\n    ${layouts[layout]}\n`;
  const copies = program.some((step) => step.op === 'reload' && step.by === 'copy');
  return {
    needs: 'torch', standard: [...(copies ? ['copy'] : []), ...(route === 'compiled' ? ['shutil'] : [])], imports: ['import torch'],
    construct: [...(question.large === undefined ? [] : [oneThread]), ...construction(question)],
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
  if (step?.op === 'reload' && step.by === 'copy') return ['layer = copy.deepcopy(layer)'];
  return ['saved, training = layer.state_dict(), layer.training', ...constructor(question), 'layer.load_state_dict(saved)', 'layer.train(training)'];
}

function kept(question: Scripted, name: string, tensor: WireTensor | undefined): string {
  if (tensor === undefined) throw new RangeError('a step of the program has no data');
  const made = pythonTensor(tensor, '    ', question.large);
  return `${name} = keep('${name}', ${(question.layout ?? 'contiguous') === 'contiguous' ? made : `laid_out(${made})`})`;
}

function forwardLines(question: Scripted, { mode, input }: ForwardStep, index: number): readonly string[] {
  const { program, route = 'module' } = question;
  const at = String(index);
  const context = contexts[route];
  const call = `y${at} = ${(calls[route] ?? 'layer(X)').replace('X', `x${at}`)}`;
  const isDifferentiated = program.some((step) => step.op === 'backward' && step.of === index);
  return [
    ...modeOf(mode), kept(question, `x${at}`, inputOf(question, input)), ...(isDifferentiated ? [`x${at}.requires_grad_()`] : []),
    ...(context === undefined ? [call] : [`with ${context}:`, `    ${call}`]),
    ...(isDifferentiated ? [`sources${at} = ${learns(question) ? `(x${at}, layer.weight, layer.bias)` : `(x${at},)`}`] : []),
  ];
}

function backwardLines(question: Scripted, { of, grad }: BackwardStep, index: number): readonly string[] {
  const { program, ranks: [rank] } = question;
  const at = String(index);
  const names = (learns(question) ? ['dx', 'dgamma', 'dbeta'] : ['dx']).map((name) => `${name}${at}`).join(', ');
  const another = program.slice(index + 1).some((step) => step.op === 'backward' && step.of === of);
  return [
    kept(question, `dy${at}`, rank?.grads[grad]),
    `${names}${learns(question) ? '' : ','} = torch.autograd.grad(y${String(of)}, sources${String(of)}, dy${at}${another ? ', retain_graph=True' : ''})`,
  ];
}

function learns({ config: { affine, frozen = false } }: Case): boolean {
  return affine && !frozen;
}

function modeOf(mode: string): readonly string[] {
  return mode === 'fresh' ? [] : [`layer.train(${mode === 'train' ? 'True' : 'False'})`];
}

function constructor({ layer, config, route }: Case): readonly string[] {
  const { numFeatures, eps, momentum, affine, statistics, dtype, frozen = false } = config;
  const python = (flag: boolean): string => (flag ? 'True' : 'False');
  const made = [
    `layer = torch.nn.${classes[layer]}(`, `    ${String(numFeatures)},`, `    eps=${pythonFloat(eps)},`, `    momentum=${momentum === null ? 'None' : pythonFloat(momentum)},`,
    `    affine=${python(affine)},`, `    track_running_stats=${python(statistics === 'tracked')},`, `    dtype=torch.${dtype},`, ')',
  ].join('\n    ');
  return [made, ...(frozen ? ['layer.requires_grad_(False)'] : []), ...(route === 'scripted' ? ['layer = torch.jit.script(layer)'] : [])];
}

function construction(question: Case): readonly string[] {
  const set = Object.entries(question.initial) as [keyof typeof attributes, Tensor][];
  return [...constructor(question), ...set.map(([name, tensor]) => `layer.${attributes[name]}.data.copy_(${pythonTensor(tensor, '    ')})`)];
}
