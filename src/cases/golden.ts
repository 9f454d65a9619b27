import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { GoldenExpectedRank, GoldenFile, GoldenTensor } from '../spec/generated/golden.ts';
import { UserError } from '../spec/user-error.ts';
import { readValidated } from '../spec/validated-file.ts';
import { roundTo } from '../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../tensor/tensor.ts';
import { canonicalJson } from './canonical-json.ts';
import type { Case, InitialValues } from './case.ts';

/** A case with literal data, and what it must give. */
export interface Golden {
  readonly name: string;
  readonly case: Case;
  /** Per rank: decimal numbers as text, state after construction and after each step. */
  readonly expected: readonly GoldenExpectedRank[];
  /** How a person gets the numbers. */
  readonly derivation: string;
  /** SHA-256 of the canonical JSON of the literal data (layer, config, initial, ranks, program), hexadecimal. */
  readonly hash: string;
}

/**
 * The goldens of a folder, by name.
 *
 * The id of a golden names its data by content, `<layer>/num/golden/name=<name>/data=<first 12 digits of the hash>`, so that an id
 * never comes to mean other data.
 *
 * @throws {UserError} FILE_INVALID for a file that breaks schemas/golden; GOLDEN_INVALID when the name is not that of the file, a
 *   value is not representable in its type, or a length does not fit
 */
export function readGoldens(folder: string): readonly Golden[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();
  return names.map((name) => readGolden(join(folder, name)));
}

function readGolden(path: string): Golden {
  const file = readValidated<GoldenFile>('schemas/golden', path);
  const refuse = (message: string) => new UserError('GOLDEN_INVALID', `${path}: ${message}`, 'correct the file; every value must be one that its type represents exactly');
  if (file.name !== basename(path, '.json')) throw refuse(`the name is '${file.name}'`);
  const { layer, config, initial, ranks, program } = file;
  const hash = createHash('sha256').update(canonicalJson({ layer, config, initial, ranks, program })).digest('hex');
  const tensor = (raw: GoldenTensor) => toTensor(raw, refuse);
  const literal: Case = {
    id: `${layer}/num/golden/name=${file.name}/data=${hash.slice(0, 12)}`,
    layer,
    config,
    initial: toInitialValues(file, tensor),
    ranks: ranks.map(({ inputs, grads }) => ({ inputs: inputs.map(tensor), grads: grads.map(tensor) })),
    program,
  };
  return { name: file.name, case: literal, expected: file.expected, derivation: file.derivation.join('\n'), hash };
}

function toInitialValues({ config, initial }: GoldenFile, tensor: (raw: GoldenTensor) => Tensor): InitialValues {
  const entries = Object.entries(initial) as [keyof InitialValues, number[]][];
  return Object.fromEntries(entries.map(([name, data]) => [name, tensor({ dtype: config.dtype, shape: [config.numFeatures], data })]));
}

function toTensor({ dtype, shape, data }: GoldenTensor, refuse: (message: string) => UserError): Tensor {
  if (data.length !== countElements(shape)) throw refuse(`shape [${shape.join(', ')}] does not hold ${data.length} values`);
  const inexact = data.find((value) => !isRepresentable(value, dtype));
  if (inexact !== undefined) throw refuse(`${dtype} does not represent ${inexact}`);
  return { dtype, shape, data: Float64Array.from(data) };
}

function isRepresentable(value: number, dtype: FloatType): boolean {
  return roundTo(value, dtype) === value;
}
