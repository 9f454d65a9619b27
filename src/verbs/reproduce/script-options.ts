import type { Case, InitialValues, LayerConfig } from '../../cases/case.ts';
import type { Option } from '../../cases/options.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { pythonFloat } from './python.ts';

/** Arguments of a constructor besides the canonical ones, or in place of them: Python text by name. */
export type Arguments = Readonly<Record<string, string>>;

/** In place of canonical arguments, spelled alike in both; `num_features` stands first, without its name. */
const canonical: Partial<Readonly<Record<Option, Arguments>>> = {
  'arguments-none': {}, 'buffers-shared': {}, 'buffers-strided': {}, 'eps-text': { eps: "'x'" }, 'momentum-text': { momentum: "'x'" }, 'momentum-none': { momentum: 'None' },
  'affine-number': { affine: '1' }, 'affine-text': { affine: "'x'" }, 'features-text': { num_features: "'3'" }, 'features-true': { num_features: 'True' }, 'features-whole': { num_features: '3.0' }, 'dtype-none': { dtype: 'None' },
};

const pytorch: Partial<Readonly<Record<Option, Arguments>>> = {
  ...canonical, 'dtype-integer': { dtype: 'torch.int32' },
  'device-cpu': { device: "'cpu'" }, 'device-meta': { device: "'meta'" }, 'device-unknown': { device: "'nowhere'" }, 'dtype-text': { dtype: "'float32'" },
  'statistics-number': { track_running_stats: '1' }, 'statistics-text': { track_running_stats: "'x'" }, 'groups-none': { process_group: 'None' },
};

const mindspore: Partial<Readonly<Record<Option, Arguments>>> = {
  ...canonical, 'dtype-integer': { dtype: 'mindspore.int32' },
  'initial-drawn': { gamma_init: "'normal'", beta_init: "'uniform'", moving_mean_init: "'TruncatedNormal'", moving_var_init: "'normal'" },
  'format-own': { data_format: "'NCHW'" }, 'format-channels-last': { data_format: "'NHWC'" }, 'format-unknown': { data_format: "'NCDHW'" }, 'dtype-text': { dtype: "'float32'" },
  'statistics-number': { use_batch_statistics: '1' }, 'statistics-text': { use_batch_statistics: "'x'" },
  'groups-none': { process_groups: 'None' }, 'groups-own': { process_groups: '[[0]]' }, 'groups-tuple': { process_groups: '((0,),)' },
  'groups-twice': { process_groups: '[[0], [0]]' }, 'groups-outside': { process_groups: '[[5]]' }, 'groups-flat': { process_groups: '[0]' },
};

/** Along which axis of one buffer parameters and state lie, where an option says so. */
export function axisOfBuffers({ option }: LayerConfig): '0' | '1' | null {
  return option === 'buffers-shared' ? '0' : option === 'buffers-strided' ? '1' : null;
}

/** Names of MindSpore's arguments for the initial values. */
export const initialisers = { gamma: 'gamma_init', beta: 'beta_init', running_mean: 'moving_mean_init', running_var: 'moving_var_init' } as const;
const one = { gamma: 'gamma_init', beta: 'beta_init', mean: 'moving_mean_init', variance: 'moving_var_init' } as const;

/** PyTorch's spelling of the case's option, none without one; null where PyTorch has no such argument. */
export function pytorchOption({ config: { option, eps } }: Case): Arguments | null {
  if (option === 'eps-integer') return { eps: String(eps) };
  return option === undefined ? {} : pytorch[option] ?? null;
}

/**
 * MindSpore's spelling of the case's option, none without one; null where MindSpore has no such argument.
 *
 * @param initial  values that an option of the kind `initial-names` spells
 */
export function mindsporeOption({ config: { option, numFeatures, eps } }: Case, initial: InitialValues): Arguments | null {
  if (option === undefined) return {};
  if (option === 'eps-integer') return { eps: String(eps) };
  const form = /^initial-(names|numbers|objects)$/.exec(option)?.[1];
  const given = Object.entries(initial) as [keyof typeof initialisers, Tensor][];
  if (form !== undefined) return Object.fromEntries(given.map(([name, { data }]) => [initialisers[name], uniform(form, data[0] ?? 0)]));
  const [, which, kind] = /^(gamma|beta|mean|variance)-init-(unknown|matrix|long|list|orthogonal|identity|sparse|dirac)$/.exec(option) ?? [];
  if (which === undefined || kind === undefined) return mindspore[option] ?? null;
  return { [one[which as keyof typeof one]]: oddInitialiser(kind, Math.max(Math.trunc(numFeatures), 0)) };
}

/** One number for all channels, as its name, itself or an object. */
function uniform(form: string, value: number): string {
  if (form === 'names') return value === 0 ? "'zeros'" : "'ones'";
  return form === 'numbers' ? pythonFloat(value) : `mindspore.common.initializer.Constant(${pythonFloat(value)})`;
}

/** What no vector of so many channels can be made of. */
function oddInitialiser(kind: string, channels: number): string {
  if (kind === 'long') return `mindspore.Tensor(np.ones(${String(channels + 1)}, 'float32'))`;
  const named: Readonly<Record<string, string>> = { list: `[1.0] * ${String(channels)}`, unknown: "'nonsense'", matrix: "'xavier_uniform'" };
  return named[kind] ?? `'${kind}'`;
}
