import type { Case, InitialValues } from '../cases/case.ts';
import { elementBytes, type ElementType, encodeTensor, type WireTensor } from '../tensor/bytes.ts';
import type { Question } from './answer.ts';
import { type Exchange, smallestFileBytes } from './exchange.ts';
import { encodeFrame } from './frames.ts';
import type { StartMessage } from './messages.ts';

/** First message to a runner. */
export function encodeStart(threads: number, device: string, exchange?: string): Buffer {
  const message: StartMessage = { type: 'start', protocolVersion: 1, schemaVersion: 1, threads, device, exchange };
  return encodeFrame(JSON.stringify(message));
}

/** Last message to a runner. */
export function encodeStop(): Buffer {
  return encodeFrame('{"type":"stop"}');
}

/** The payload of one frame as it fills up. */
interface Payload {
  bytes: Uint8Array;
  view: DataView;
  readonly exchange: Exchange | undefined;
  end: number;
}

const alignment = 8;

/**
 * One frame that asks a batch of cases. Their ids and rules stay here; only what a framework needs to know travels.
 *
 * Cases of a suite differ mostly in their data and their configuration, so that a case says only these where an earlier one of the
 * batch has the same form: a runner then reads less than half of the JSON.
 *
 * @param batch  number of the frame, for logs
 * @param exchange  takes tensors of `smallestFileBytes` and more
 */
export function encodeRun(batch: number, questions: readonly Question[], exchange?: Exchange): Buffer {
  const length = questions.reduce((sum, question) => sum + payloadBytes(question.case, exchange === undefined ? Infinity : smallestFileBytes), 0);
  const payload: Payload = { ...bytesFor(length), exchange, end: 0 };
  const forms = new Map<string, number>();
  const cases = questions.map((question, index) => encodeCase(question, index, payload, forms));
  return encodeFrame(`{"type":"run","batch":${batch},"cases":[${cases.join(',')}]}`, [payload.bytes.subarray(0, payload.end)]);
}

function bytesFor(length: number): Pick<Payload, 'bytes' | 'view'> {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}

/** Makes room for a tensor that should have gone into a file. */
function widen(payload: Payload, bytes: number): void {
  const { bytes: narrow } = payload;
  Object.assign(payload, bytesFor(narrow.length + bytes));
  payload.bytes.set(narrow);
}

function encodeCase({ seq, case: asked }: Question, index: number, payload: Payload, forms: Map<string, number>): string {
  requireFinite('eps', asked.config.eps);
  requireFinite('momentum', asked.config.momentum ?? 0);
  const own = `"seq":${seq},"at":${payload.end},"config":${textOf(asked.config)}`;
  const form = encodeForm(seq, asked, payload);
  const like = forms.get(form);
  if (like !== undefined) return `{${own},"like":${like}}`;
  forms.set(form, index);
  return `{${own},${form.slice(1)}`;
}

/** What cases may share, as JSON; writes the tensors into the payload, and says where they lie from the first one on. */
function encodeForm(seq: number, { layer, initial, ranks, program, route, layout, threads, capability, inputType }: Case, payload: Payload): string {
  const start = payload.end;
  const add = (tensor: WireTensor) => putTensor(seq, tensor, payload) ?? addTensor(tensor, payload, start);
  const own = encodeInitial(initial, add);
  const ofRanks = ranks.map(({ inputs, grads }) => `{"inputs":[${inputs.map((x) => add(inputType === undefined ? x : { ...x, dtype: inputType })).join(',')}],"grads":[${grads.map(add).join(',')}]}`);
  const called = JSON.stringify({ layer, route, layout, threads, capability }); // which leaves out what is absent
  return `${called.slice(0, -1)},"initial":{${own}},"ranks":[${ofRanks.join(',')}],"program":${textOf(program)}}`;
}

/** Cases of a suite share their programs and settings, whose texts are most of what a case says. */
function textOf(shared: Case['program'] | Case['config']): string {
  const text = texts.get(shared) ?? JSON.stringify(shared);
  texts.set(shared, text);
  return text;
}

const texts = new WeakMap<Case['program'] | Case['config'], string>();

function encodeInitial(initial: InitialValues, add: (tensor: WireTensor) => string): string {
  const members: string[] = [];
  for (const name of initialNames) {
    const tensor = initial[name];
    if (tensor !== undefined) members.push(`"${name}":${add(tensor)}`);
  }
  return members.join(',');
}

const initialNames = ['gamma', 'beta', 'running_mean', 'running_var'] as const satisfies readonly (keyof InitialValues)[];

function putTensor(seq: number, tensor: WireTensor, { exchange }: Payload): string | undefined {
  if (exchange === undefined || tensor.data.length * elementBytes[tensor.dtype] < smallestFileBytes) return undefined;
  const file = exchange.put(seq, tensor);
  return file === undefined ? undefined : describe(tensor, 'file', JSON.stringify(file));
}

function addTensor(tensor: WireTensor, payload: Payload, start: number): string {
  const offset = payload.end;
  const length = alignedBytes(tensor.dtype, tensor.data);
  if (offset + length > payload.bytes.length) widen(payload, length);
  if (tensor.dtype === 'float32') writeFloat32(tensor.data, payload.view, offset);
  else if (tensor.dtype === 'float64') writeFloat64(tensor.data, payload.view, offset);
  else payload.bytes.set(encodeTensor(tensor), offset);
  payload.end = offset + length;
  return describe(tensor, 'offset', offset - start);
}

/** A `RawTensor` as JSON. */
function describe({ dtype, shape }: WireTensor, name: 'file' | 'offset', place: string | number): string {
  return `{"dtype":"${dtype}","shape":[${shape.join(',')}],"${name}":${place}}`;
}

/** `encodeTensor` without its allocations, which cost most of a small case; a test shows equal bits. */
function writeFloat32(data: Float64Array, view: DataView, offset: number): void {
  for (let i = 0; i < data.length; i++) view.setFloat32(offset + 4 * i, data[i]!, true);
}

/** The same. */
function writeFloat64(data: Float64Array, view: DataView, offset: number): void {
  for (let i = 0; i < data.length; i++) view.setFloat64(offset + 8 * i, data[i]!, true);
}

/**
 * Bytes of payload that a case needs, alignment included.
 *
 * @param below  only tensors smaller than that count, bytes
 */
export function payloadBytes({ initial, ranks, inputType }: Case, below = Infinity): number {
  let bytes = 0;
  const add = (dtype: ElementType, data: Float64Array) => {
    const own = alignedBytes(dtype, data);
    if (own < below) bytes += own;
  };
  for (const name of initialNames) if (initial[name] !== undefined) add(initial[name].dtype, initial[name].data);
  for (const { inputs, grads } of ranks) {
    for (const { dtype, data } of inputs) add(inputType ?? dtype, data);
    for (const { dtype, data } of grads) add(dtype, data);
  }
  return bytes;
}

function alignedBytes(dtype: WireTensor['dtype'], data: Float64Array): number {
  return Math.ceil((data.length * elementBytes[dtype]) / alignment) * alignment;
}

/** JSON would silently turn NaN and infinities into null, which is another question. */
function requireFinite(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`${name} = ${value} cannot travel to a runner`);
}
