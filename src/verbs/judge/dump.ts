import { readFile } from 'node:fs/promises';
import { isNpz, readNpz } from '../../tensor/npy-archive.ts';
import { NpyError } from '../../tensor/npy-error.ts';
import { decodeNpy } from '../../tensor/npy.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { didYouMean } from '../../spec/did-you-mean.ts';
import { UserError } from '../../spec/user-error.ts';

/** What an array of a dump may be. */
export const partNames = ['x', 'dy', 'gamma', 'beta', 'running_mean', 'running_var'] as const;
export type PartName = (typeof partNames)[number];

/** The words that archives and frameworks use. */
const aliases: Readonly<Record<PartName, readonly string[]>> = {
  x: ['x', 'input', 'inputs'], dy: ['dy', 'grad', 'grad_output'], gamma: ['gamma', 'weight'], beta: ['beta', 'bias'],
  running_mean: ['running_mean', 'moving_mean'], running_var: ['running_var', 'running_variance', 'moving_var', 'moving_variance'],
};

/** PyTorch's state has a step count, from which nothing but a cumulative average follows. */
const ignored = ['num_batches_tracked'];

/** An array with the place where it was read, for messages. */
export interface Part {
  /** `stats.npz: moving_mean`. */
  readonly place: string;
  readonly tensor: Tensor;
}

export type Parts = Readonly<Partial<Record<PartName, Part>>>;

/**
 * The arrays of a file: a `.npy` is one array, called `single`; a `.npz` names its own.
 *
 * @param patternsOf  what 16-bit patterns are; absent: they are refused
 * @throws {UserError} DUMP_UNREADABLE, DUMP_INVALID, DUMP_NAME_UNKNOWN, DUMP_NAME_TWICE
 */
export async function readDump(path: string, single: PartName | null, patternsOf?: 'bfloat16'): Promise<Parts> {
  const file = await readFile(path).catch((error: unknown) => {
    throw new UserError('DUMP_UNREADABLE', `cannot read ${path}: ${(error as Error).message}`, 'name a .npy or .npz file', { cause: error });
  });
  if (isNpz(file)) return readArchive(path, file, patternsOf);
  if (single === null) throw new UserError('DUMP_INVALID', `${path} is one array, expected an archive of several`, 'save the state by name: numpy.savez(path, gamma=…, beta=…, running_mean=…, running_var=…)');
  return { [single]: { place: path, tensor: attempt(path, () => decodeNpy(file, patternsOf)) } };
}

function readArchive(path: string, file: Uint8Array, patternsOf: 'bfloat16' | undefined): Parts {
  const parts: Partial<Record<PartName, Part>> = {};
  for (const { name, unpack } of attempt(path, () => readNpz(file))) {
    if (ignored.includes(name)) continue;
    const part = partNames.find((known) => aliases[known].includes(name));
    const place = `${path}: ${name}`;
    if (part === undefined) throw unknownName(place, name);
    if (parts[part] !== undefined) throw new UserError('DUMP_NAME_TWICE', `${place} and ${parts[part].place} are both ${part}`, 'keep one of them in the archive');
    parts[part] = { place, tensor: attempt(place, () => decodeNpy(unpack(), patternsOf)) };
  }
  return parts;
}

function unknownName(place: string, name: string): UserError {
  const known = partNames.map((part) => aliases[part].join(' or ')).join(', ');
  return new UserError('DUMP_NAME_UNKNOWN', `${place} is none of the names that a dump has`, `${didYouMean(name, Object.values(aliases).flat())}the names are: ${known}`);
}

function attempt<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof NpyError) throw new UserError('DUMP_INVALID', `${place}: ${error.message}`, error.hint, { cause: error });
    throw error;
  }
}
