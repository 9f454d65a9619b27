import type { Case, InitialValues } from '../cases/case.ts';
import { elementBytes, encodeTensor, type WireTensor } from '../tensor/bytes.ts';
import type { Question } from './answer.ts';
import { encodeFrame } from './frames.ts';
import type { RawTensor, StartMessage } from './messages.ts';

/** First message to a runner. */
export function encodeStart(threads: number, device: string): Buffer {
  const message: StartMessage = { type: 'start', protocolVersion: 1, schemaVersion: 1, threads, device };
  return encodeFrame(JSON.stringify(message));
}

/** Last message to a runner. */
export function encodeStop(): Buffer {
  return encodeFrame('{"type":"stop"}');
}

/** The payload of one frame as it fills up. */
interface Payload {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  end: number;
}

const alignment = 8;

/**
 * One frame that asks a batch of cases. Their ids and rules stay here; only what a framework needs to know travels.
 *
 * @param batch  number of the frame, for logs
 */
export function encodeRun(batch: number, questions: readonly Question[]): Buffer {
  const length = questions.reduce((sum, question) => sum + payloadBytes(question.case), 0);
  const bytes = new Uint8Array(length);
  const payload: Payload = { bytes, view: new DataView(bytes.buffer), end: 0 };
  const cases = questions.map((question) => encodeCase(question, payload));
  return encodeFrame(JSON.stringify({ type: 'run', batch, cases }), [bytes]);
}

function encodeCase({ seq, case: { layer, config, initial, ranks, program, route, layout, inputType } }: Question, payload: Payload): object {
  const add = (tensor: WireTensor) => addTensor(tensor, payload);
  requireFinite('eps', config.eps);
  requireFinite('momentum', config.momentum ?? 0);
  return {
    seq,
    layer,
    config,
    initial: encodeInitial(initial, add),
    ranks: ranks.map(({ inputs, grads }) => ({ inputs: inputs.map((x) => add({ ...x, dtype: inputType ?? x.dtype })), grads: grads.map(add) })),
    program,
    route, // JSON leaves out what is absent
    layout,
  };
}

function encodeInitial(initial: InitialValues, add: (tensor: WireTensor) => RawTensor): Record<string, RawTensor> {
  const raw: Record<string, RawTensor> = {};
  for (const name of initialNames) {
    const tensor = initial[name];
    if (tensor !== undefined) raw[name] = add(tensor);
  }
  return raw;
}

const initialNames = ['gamma', 'beta', 'running_mean', 'running_var'] as const satisfies readonly (keyof InitialValues)[];

function addTensor(tensor: WireTensor, payload: Payload): RawTensor {
  const offset = payload.end;
  if (tensor.dtype === 'float32') writeFloat32(tensor.data, payload.view, offset);
  else payload.bytes.set(encodeTensor(tensor), offset);
  payload.end = offset + alignedBytes(tensor);
  return { dtype: tensor.dtype, shape: tensor.shape, offset };
}

/** `encodeTensor` without its three allocations, which cost most of a small case; a test shows equal bits. */
function writeFloat32(data: Float64Array, view: DataView, offset: number): void {
  for (let i = 0; i < data.length; i++) view.setFloat32(offset + 4 * i, data[i]!, true);
}

/** Bytes of payload that a case needs, alignment included. */
export function payloadBytes({ initial, ranks, inputType }: Case): number {
  let bytes = 0;
  for (const name of initialNames) bytes += initial[name] === undefined ? 0 : alignedBytes(initial[name]);
  for (const { inputs, grads } of ranks) {
    for (const x of inputs) bytes += alignedBytes({ ...x, dtype: inputType ?? x.dtype });
    for (const tensor of grads) bytes += alignedBytes(tensor);
  }
  return bytes;
}

function alignedBytes({ dtype, data }: Pick<WireTensor, 'dtype' | 'data'>): number {
  return Math.ceil((data.length * elementBytes[dtype]) / alignment) * alignment;
}

/** JSON would silently turn NaN and infinities into null, which is another question. */
function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${name} = ${value} cannot travel to a runner`);
}
