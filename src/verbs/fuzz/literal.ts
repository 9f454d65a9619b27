import { type Case, layouts, type Layer, type LayerConfig, type Layout, type RankData, type Step } from '../../cases/case.ts';
import { Ajv } from 'ajv';
import { isTooDeep } from '../../spec/schemas.ts';
import type { FloatType, Tensor } from '../../tensor/tensor.ts';
import { countElements } from '../../tensor/tensor.ts';
import { roundTo } from '../../tensor/round.ts';

/** A number as JSON can hold it; what JSON has no number for is a word. */
export type LiteralNumber = number | 'nan' | 'inf' | '-inf' | '-0';

interface LiteralTensor {
  readonly dtype: FloatType;
  readonly shape: readonly number[];
  readonly data: readonly LiteralNumber[];
}

/** A case as plain data, as the files of cases/golden hold it. */
export interface LiteralCase {
  readonly layer: Layer;
  readonly config: LayerConfig;
  readonly initial: Readonly<Partial<Record<'gamma' | 'beta' | 'running_mean' | 'running_var', readonly LiteralNumber[]>>>;
  readonly ranks: readonly { readonly inputs: readonly LiteralTensor[]; readonly grads: readonly LiteralTensor[] }[];
  readonly program: readonly Step[];
  readonly layout?: Layout;
}

export function literalOf({ layer, config, initial, ranks, program, layout }: Case): LiteralCase {
  const tensor = ({ dtype, shape, data }: Tensor): LiteralTensor => ({ dtype, shape, data: Array.from(data, toLiteral) });
  return {
    layer, config, initial: Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, Array.from((value as Tensor).data, toLiteral)])),
    ranks: ranks.map(({ inputs, grads }) => ({ inputs: inputs.map(tensor), grads: grads.map(tensor) })), program,
    ...(layout === undefined ? {} : { layout }),
  };
}

/** The case that plain data describe; the same bits as the case that was written. */
export function caseFrom({ layer, config, initial, ranks, program, layout }: LiteralCase, id: string): Case {
  const tensor = ({ dtype, shape, data }: LiteralTensor): Tensor => ({ dtype, shape, data: Float64Array.from(data, fromLiteral) });
  const vector = (data: readonly LiteralNumber[]): Tensor => tensor({ dtype: config.dtype, shape: [config.numFeatures], data });
  return {
    id, layer, config, initial: Object.fromEntries(Object.entries(initial).map(([name, data]) => [name, vector(data)])),
    ranks: ranks.map(({ inputs, grads }): RankData => ({ inputs: inputs.map(tensor), grads: grads.map(tensor) })), program,
    ...(layout === undefined ? {} : { layout }),
  };
}

function toLiteral(value: number): LiteralNumber {
  if (Number.isNaN(value)) return 'nan';
  if (Object.is(value, -0)) return '-0';
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'inf' : '-inf';
}

const words: Readonly<Record<Exclude<LiteralNumber, number>, number>> = { 'nan': NaN, 'inf': Infinity, '-inf': -Infinity, '-0': -0 };

function fromLiteral(value: LiteralNumber): number {
  return typeof value === 'number' ? value : words[value];
}

const number = { anyOf: [{ type: 'number' }, { enum: Object.keys(words) }] };
const values = { type: 'array', items: number };
const dtype = { enum: ['float16', 'bfloat16', 'float32', 'float64'] };
const index = { type: 'integer', minimum: 0 };
const record = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []) => ({
  type: 'object', additionalProperties: false, properties, required: Object.keys(properties).filter((name) => !optional.includes(name)),
});
const tensors = { type: 'array', items: record({ dtype, shape: { type: 'array', items: index }, data: values }) };
const initialNames = ['gamma', 'beta', 'running_mean', 'running_var'];

/** JSON Schema of a literal case. */
const schema = record({
  layer: { enum: ['batchnorm1d', 'batchnorm2d', 'batchnorm3d'] },
  config: record({
    numFeatures: { type: 'integer', minimum: 1 }, eps: { type: 'number' }, momentum: { anyOf: [{ type: 'number' }, { type: 'null' }] }, affine: { type: 'boolean' },
    statistics: { enum: ['tracked', 'untracked', 'batch', 'running'] }, dtype,
  }),
  initial: record(Object.fromEntries(initialNames.map((name) => [name, values])), initialNames),
  ranks: { type: 'array', minItems: 1, maxItems: 1, items: record({ inputs: tensors, grads: tensors }) },
  program: {
    type: 'array', minItems: 1, items: { anyOf: [
      record({ op: { const: 'forward' }, mode: { enum: ['train', 'eval', 'fresh'] }, input: index }),
      record({ op: { const: 'backward' }, of: index, grad: index }),
      record({ op: { const: 'reload' } }),
    ] },
  },
  layout: { enum: layouts },
}, ['layout']);

const ajv = new Ajv({ strict: true });
const validate = ajv.compile<LiteralCase>(schema);

/** What is wrong with plain data that should describe a case; null when nothing is. */
export function faultOf(raw: unknown): string | null {
  if (!isLiteral(raw)) return ajv.errorsText(validate.errors, { dataVar: 'case' });
  const [rank] = raw.ranks;
  const all = [...rank?.inputs ?? [], ...rank?.grads ?? []];
  const short = all.find(({ shape, data }) => countElements(shape) !== data.length);
  if (short !== undefined) return `shape [${short.shape.join(', ')}] does not hold ${String(short.data.length)} values`;
  const inexact = all.flatMap(({ dtype: type, data }) => data.filter((value) => typeof value === 'number' && roundTo(value, type) !== value))[0];
  if (inexact !== undefined) return `${String(inexact)} is not a value of its type`;
  return missingData(raw);
}

/** Lists in lists by the thousand are no case. */
function isLiteral(raw: unknown): raw is LiteralCase {
  try {
    return validate(raw);
  } catch (error) {
    if (isTooDeep(error)) return false;
    throw error;
  }
}

function missingData({ program, ranks: [rank], config, initial }: LiteralCase): string | null {
  const lost = program.findIndex((step) => (
    (step.op === 'forward' && rank?.inputs[step.input] === undefined) || (step.op === 'backward' && (rank?.grads[step.grad] === undefined || program[step.of]?.op !== 'forward'))
  ));
  if (lost >= 0) return `step ${String(lost)} of the program has no data`;
  const wrong = Object.entries(initial).find(([, data]) => data.length !== config.numFeatures);
  return wrong === undefined ? null : `${wrong[0]} holds ${String(wrong[1].length)} values for ${String(config.numFeatures)} channels`;
}
