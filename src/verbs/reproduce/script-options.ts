import type { Case, InitialValues } from '../../cases/case.ts';
import type { Option } from '../../cases/options.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { pythonFloat } from './python.ts';

/** Arguments of a constructor besides the canonical ones, or in place of them: Python text by name. */
export type Arguments = Readonly<Record<string, string>>;

const pytorch: Partial<Readonly<Record<Option, Arguments>>> = {
  'device-cpu': { device: "'cpu'" }, 'device-meta': { device: "'meta'" }, 'device-unknown': { device: "'nowhere'" }, 'dtype-text': { dtype: "'float32'" },
  'statistics-number': { track_running_stats: '1' }, 'statistics-text': { track_running_stats: "'x'" }, 'groups-none': { process_group: 'None' },
};

const mindspore: Partial<Readonly<Record<Option, Arguments>>> = {
  'format-own': { data_format: "'NCHW'" }, 'format-channels-last': { data_format: "'NHWC'" }, 'format-unknown': { data_format: "'NCDHW'" }, 'dtype-text': { dtype: "'float32'" },
  'statistics-number': { use_batch_statistics: '1' }, 'statistics-text': { use_batch_statistics: "'x'" },
  'groups-none': { process_groups: 'None' }, 'groups-own': { process_groups: '[[0]]' }, 'groups-tuple': { process_groups: '((0,),)' },
  'groups-twice': { process_groups: '[[0], [0]]' }, 'groups-outside': { process_groups: '[[5]]' }, 'groups-flat': { process_groups: '[0]' },
};

/** Names of MindSpore's arguments for the initial values. */
export const initialisers = { gamma: 'gamma_init', beta: 'beta_init', running_mean: 'moving_mean_init', running_var: 'moving_var_init' } as const;
const one = { gamma: 'gamma_init', beta: 'beta_init', mean: 'moving_mean_init', variance: 'moving_var_init' } as const;

/** PyTorch's spelling of the case's option, none without one; null where PyTorch has no such argument. */
export function pytorchOption({ config: { option } }: Case): Arguments | null {
  return option === undefined ? {} : pytorch[option] ?? null;
}

/**
 * MindSpore's spelling of the case's option, none without one; null where MindSpore has no such argument.
 *
 * @param initial  values that an option of the kind `initial-names` spells
 */
export function mindsporeOption({ config: { option, numFeatures } }: Case, initial: InitialValues): Arguments | null {
  if (option === undefined) return {};
  const form = /^initial-(names|numbers|objects)$/.exec(option)?.[1];
  const given = Object.entries(initial) as [keyof typeof initialisers, Tensor][];
  if (form !== undefined) return Object.fromEntries(given.map(([name, { data }]) => [initialisers[name], uniform(form, data[0] ?? 0)]));
  const [, which, kind] = /^(gamma|beta|mean|variance)-init-(unknown|matrix|long|list)$/.exec(option) ?? [];
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
  return kind === 'list' ? `[1.0] * ${String(channels)}` : kind === 'unknown' ? "'nonsense'" : "'xavier_uniform'";
}
