import { allocateNumbers } from '../tensor/allocate.ts';
import { decodeTensor, elementBytes, type ElementType } from '../tensor/bytes.ts';
import { countElements, type Numbers } from '../tensor/tensor.ts';
import type { Answer } from './answer.ts';
import type { RawRank, RawStep, RawTensor, ResultMessage } from './messages.ts';
import { type ObservedTensor, type RankObservation, type StepObservation, type TensorObservable, tensorObservables } from './observation.ts';
import { MessageError } from './validate-message.ts';

/**
 * A validated result as an answer.
 *
 * @param takeFile  values of a tensor that the runner put into a file
 * @param stderrTail  what a failure is to carry; asked only then
 * @throws {MessageError} when a tensor does not lie inside the payload; what `takeFile` throws
 */
export function decodeResult(result: ResultMessage, payload: Uint8Array, stderrTail: () => string, takeFile: TakeFile = refuseFile): Answer {
  const { seq } = result;
  switch (result.outcome) {
    case 'observed':
      return { kind: 'observed', seq, observation: { durationUs: result.durationUs, ranks: decodeRanks(result.ranks, payload, takeFile) } };
    case 'unsupported':
      return { kind: 'unsupported', seq, reason: result.reason, source: result.source, probe: result.probe };
    case 'failed':
      return { kind: 'failed', seq, error: result.error, stderrTail: stderrTail() };
  }
}

export type TakeFile = (path: string, dtype: ElementType, shape: readonly number[]) => Numbers;

function refuseFile(path: string): never {
  throw new MessageError(`the file ${path}, where none was asked for`);
}

function decodeRanks(ranks: readonly RawRank[], payload: Uint8Array, takeFile: TakeFile): RankObservation[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  return ranks.map(({ construct, steps }) => ({ construct: decodeStep(construct, view, takeFile), steps: steps.map((step) => decodeStep(step, view, takeFile)) }));
}

function decodeStep(step: RawStep, view: DataView, takeFile: TakeFile): StepObservation {
  const observed: Partial<Record<TensorObservable, ObservedTensor>> & { step_count?: number; error?: StepObservation['error']; described?: StepObservation['described']; changed?: StepObservation['changed']; order?: StepObservation['order']; unrepeated?: StepObservation['unrepeated'] } = {};
  for (const name of tensorObservables) {
    const raw = step[name];
    if (raw !== undefined) observed[name] = readTensor(name, raw, view, takeFile);
  }
  if (step.step_count !== undefined) observed.step_count = step.step_count;
  if (step.error !== undefined) observed.error = step.error;
  if (step.described !== undefined) observed.described = step.described;
  if (step.changed !== undefined) observed.changed = step.changed;
  if (step.order !== undefined) observed.order = step.order;
  if (step.unrepeated !== undefined) observed.unrepeated = step.unrepeated;
  return observed as StepObservation;
}

function readTensor(name: string, { dtype, shape, offset, file }: RawTensor, view: DataView, takeFile: TakeFile): ObservedTensor {
  if (file !== undefined) return { dtype, shape, data: takeFile(file, dtype, shape) };
  if (offset === undefined) throw new MessageError(`${name} without an offset and without a file`);
  if (offset % 8 !== 0) throw new MessageError(`${name} at offset ${offset}, which is no multiple of 8`);
  const end = offset + countElements(shape) * elementBytes[dtype];
  if (!(end <= view.byteLength)) throw new MessageError(`${name} ends at byte ${end} of a payload of ${view.byteLength} bytes`);
  return { dtype, shape, data: readData(dtype, shape, view, offset, end) };
}

function readData(dtype: ElementType, shape: readonly number[], view: DataView, start: number, end: number): Float64Array {
  if (dtype === 'float32') return readFloat32(view, start, end);
  if (dtype === 'float64') return readFloat64(view, start, end);
  return decodeTensor(dtype, shape, new Uint8Array(view.buffer, view.byteOffset + start, end - start));
}

/** `decodeTensor` without its allocations, which cost most of a small case; a test shows equal bits. */
function readFloat32(view: DataView, start: number, end: number): Float64Array {
  const data = allocateNumbers((end - start) / 4);
  for (let i = 0; i < data.length; i++) data[i] = view.getFloat32(start + 4 * i, true);
  return data;
}

/** The same. */
function readFloat64(view: DataView, start: number, end: number): Float64Array {
  const data = allocateNumbers((end - start) / 8);
  for (let i = 0; i < data.length; i++) data[i] = view.getFloat64(start + 8 * i, true);
  return data;
}
