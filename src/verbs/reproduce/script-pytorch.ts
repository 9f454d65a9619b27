import type { Case } from '../../cases/case.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { Dialogue } from './dialogue.ts';
import { pythonFloat, pythonTensor } from './python.ts';

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
} as const;

/** A case as calls of torch.nn. */
export function pytorchDialogue(question: Case): Dialogue {
  const { program, ranks: [rank], config, layout = 'contiguous' } = question;
  const laid = (tensor: Tensor | undefined, indent: string): string => {
    if (tensor === undefined) throw new RangeError('a step of the program has no data');
    return layout === 'contiguous' ? pythonTensor(tensor, indent) : `laid_out(${pythonTensor(tensor, indent)})`;
  };
  return {
    needs: 'torch', imports: ['import torch'], construct: construction(question),
    helpers: layout === 'contiguous' ? helpers : `${helpers}\n\ndef laid_out(x: torch.Tensor) -> torch.Tensor:\n    """The same values in another order of memory."""\n    ${layouts[layout]}\n`,
    state: { running_mean: 'layer.running_mean', running_var: 'layer.running_var' }, stepCount: config.statistics === 'tracked' ? 'int(layer.num_batches_tracked)' : null,
    step: (index) => {
      const step = program[index];
      if (step?.op === 'forward') return [...modeOf(step.mode), `x${String(index)} = ${laid(rank?.inputs[step.input], '    ')}.requires_grad_()`, `y${String(index)} = layer(x${String(index)})`];
      if (step?.op === 'backward') return backwardLines(index, step.of, laid(rank?.grads[step.grad], '    '), config.affine);
      return ['saved, training = layer.state_dict(), layer.training', constructor(question), 'layer.load_state_dict(saved)', 'layer.train(training)'];
    },
  };
}

function backwardLines(index: number, of: number, dy: string, affine: boolean): readonly string[] {
  const names = affine ? ['dx', 'dgamma', 'dbeta'] : ['dx'];
  const sources = affine ? `(x${String(of)}, layer.weight, layer.bias)` : `(x${String(of)},)`;
  return [`dy = ${dy}`, `${names.map((name) => `${name}${String(index)}`).join(', ')}${affine ? '' : ','} = torch.autograd.grad(y${String(of)}, ${sources}, dy)`];
}

function modeOf(mode: string): readonly string[] {
  return mode === 'fresh' ? [] : [`layer.train(${mode === 'train' ? 'True' : 'False'})`];
}

function constructor({ layer, config }: Case): string {
  const { numFeatures, eps, momentum, affine, statistics, dtype } = config;
  const python = (flag: boolean): string => (flag ? 'True' : 'False');
  return [
    `layer = torch.nn.${classes[layer]}(`, `    ${String(numFeatures)},`, `    eps=${pythonFloat(eps)},`, `    momentum=${momentum === null ? 'None' : pythonFloat(momentum)},`,
    `    affine=${python(affine)},`, `    track_running_stats=${python(statistics === 'tracked')},`, `    dtype=torch.${dtype},`, ')',
  ].join('\n    ');
}

function construction(question: Case): readonly string[] {
  const set = Object.entries(question.initial) as [keyof typeof attributes, Tensor][];
  return [constructor(question), ...set.map(([name, tensor]) => `layer.${attributes[name]}.data.copy_(${pythonTensor(tensor, '    ')})`)];
}
