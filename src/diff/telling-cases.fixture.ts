import type { Case, InitialValues, LayerConfig } from '../cases/case.ts';
import { question } from '../reference/question.fixture.ts';
import { countElements, type Tensor } from '../tensor/tensor.ts';
import { integers } from '../tensor/generator.ts';

/** float32 numbers around the channel number, σ of about a half, so that each channel and ε = 0.01 show. */
function drawn(name: string, shape: readonly number[]): Tensor {
  const next = integers([name, ...shape]);
  const [, channels = 1, ...rest] = shape;
  const spatial = countElements(rest);
  const data = Float64Array.from({ length: countElements(shape) }, (_, i) => Math.fround(0.25 * (Math.floor(i / spatial) % channels) + 0.5 + 1.75 * (next() / 2 ** 32)));
  return { dtype: 'float32', shape, data };
}

function around(name: string, channels: number, low: number, high: number): Tensor {
  const next = integers([name, channels]);
  return { dtype: 'float32', shape: [channels], data: Float64Array.from({ length: channels }, () => Math.fround(low + (high - low) * (next() / 2 ** 32))) };
}

interface Telling {
  readonly program: string;
  /** Of each rank. */
  readonly shapes: readonly (readonly number[])[];
  readonly config?: Partial<LayerConfig>;
  /** Whether the initial values are left as the constructor has them. */
  readonly fresh?: boolean;
}

function telling({ program, shapes, config, fresh }: Telling): Case {
  const channels = shapes[0]?.[1] ?? 1;
  const parameters = config?.affine === false ? {} : { gamma: around('gamma', channels, 0.5, 1.75), beta: around('beta', channels, -1.5, 1) };
  const initial: InitialValues = fresh === true ? {} : { ...parameters, running_mean: around('mean', channels, -1, 0.75), running_var: around('variance', channels, 0.4, 1.9) };
  const steps = program.split('-').length;
  const asked = question({
    program, initial, config: { numFeatures: channels, eps: 0.01, momentum: 0.3, ...config },
    inputs: shapes.map((shape, rank) => Array.from({ length: steps }, (_, i) => drawn(`x${String(rank)} ${String(i)}`, shape))),
    grads: shapes.map((shape, rank) => Array.from({ length: steps }, (_, i) => drawn(`dy${String(rank)} ${String(i)}`, shape))),
  });
  const settings = Object.values(config ?? {}).join(',');
  return { ...asked, id: [program, shapes.map((shape) => shape.join('x')).join('+'), settings, fresh === true ? 'fresh' : ''].join(' ').trimEnd() };
}

const whole = 'train-backward-train-eval-backward-train';

/** Cases that tell every formula variant from the core formulas and from each other. */
export const tellingCases: readonly Case[] = [
  telling({ program: whole, shapes: [[5, 3]] }),
  telling({ program: whole, shapes: [[2, 3, 7]] }),
  telling({ program: 'eval-backward-train-backward-eval', shapes: [[3, 3, 2, 1]], config: { momentum: 0.1 } }),
  telling({ program: whole, shapes: [[3, 3, 2, 2]], config: { momentum: null } }),
  telling({ program: whole, shapes: [[6, 3]], config: { affine: false, eps: 1e-5 } }),
  telling({ program: 'train-backward-eval-backward', shapes: [[5, 3]], config: { eps: 1e-7 } }),
  telling({ program: 'train-backward-eval', shapes: [[5, 3]], config: { eps: 0.5 } }),
  telling({ program: 'train-train-eval', shapes: [[3, 3]], config: { momentum: 0 } }),
  telling({ program: 'train-train-eval', shapes: [[3, 3]], config: { momentum: 1 } }),
  telling({ program: 'eval-backward-train-backward', shapes: [[3, 3]], fresh: true }),
  telling({ program: 'fresh-backward', shapes: [[5, 3]] }),
  telling({ program: 'fresh-train', shapes: [[5, 3]] }),
  telling({ program: 'train-reload-eval-train', shapes: [[5, 3]] }),
  telling({ program: 'train-convert-stay-eval', shapes: [[5, 3]] }),
  telling({ program: 'eval-convert-stay', shapes: [[5, 3]] }),
  telling({ program: 'eval-train-backward1-backward0', shapes: [[5, 3]] }),
  telling({ program: whole, shapes: [[5, 3]], config: { statistics: 'untracked' } }),
  telling({ program: whole, shapes: [[5, 3]], config: { statistics: 'batch' } }),
  telling({ program: whole, shapes: [[5, 3]], config: { statistics: 'running' } }),
  telling({ program: 'train-backward-eval', shapes: [[5, 66]] }),
  telling({ program: 'train-momentum:0.7-train-momentum:cumulative-train-eval', shapes: [[5, 3]] }),
  telling({ program: 'train-eps:0.5-train-backward-eval-eps:0.02-eval', shapes: [[5, 3]] }),
  telling({ program: 'train-statistics:running-train-eval-statistics:batch-eval-statistics:tracked-train', shapes: [[5, 3]] }),
  telling({ program: 'train-statistics:paused-train-eval-backward-statistics:tracked-train', shapes: [[5, 3]] }),
  telling({ program: 'eval-train', shapes: [[5, 3]], config: { option: 'initial-objects' } }),
  telling({ program: 'train-double-eval-double', shapes: [[5, 3]] }),
  telling({ program: 'train-accumulate-train-accumulate-eval-accumulate', shapes: [[5, 3]] }),
  telling({ program: 'train-train', shapes: [[0, 3]] }),
  telling({ program: whole, shapes: [[2, 3], [5, 3]] }),
  telling({ program: whole, shapes: [[2, 3, 2], [3, 3, 2], [2, 3, 2]] }),
];

/** Whether parameters at 0 or 1 make departures the same that differ elsewhere: momentum 0 or 1, or the values of a fresh layer. */
export function degenerate({ config, initial }: Case): boolean {
  return config.momentum === 0 || config.momentum === 1 || initial.running_var === undefined;
}
