import { createHash } from 'node:crypto';
import type { Case, InitialValues, LayerConfig, StatisticsRow } from '../../cases/case.ts';
import { parseProgram } from '../../cases/axes.ts';
import type { PlannedCase } from '../../cases/plan.ts';
import { readRules } from '../../spec/rules.ts';
import type { RuleId } from '../../spec/rule-id.ts';
import { UserError } from '../../spec/user-error.ts';
import { roundTo } from '../../tensor/round.ts';
import { countElements, type FloatType, type Tensor } from '../../tensor/tensor.ts';
import type { Part, Parts } from './dump.ts';
import { axesOf, judgedLayers, layerName, type JudgedLayer } from './layer.ts';
import type { Settings } from './settings.ts';

/** The mode in which the dump was made; null is both, as far as the data allow. */
export type AskedMode = 'train' | 'eval' | null;

/** The questions that a dump asks, and what it leaves out. */
export interface OwnQuestions {
  readonly cases: readonly PlannedCase[];
  readonly notes: readonly string[];
}

/** Behaviour of a case whose data the user brings. */
const ownData = 'num/own-data';

/**
 * One case per mode: a forward on x, and its backward where dy is given, from the state of the dump.
 *
 * The type of the layer is that of `--set dtype`, else that of the parameters, else that of x.
 *
 * @throws {UserError} DUMP_SHAPE, DUMP_TYPE, DUMP_STATE, DUMP_VALUE
 */
export function ownQuestions(layer: JudgedLayer, settings: Settings, parts: Parts, mode: AskedMode): OwnQuestions {
  const { x, dy } = parts;
  if (x === undefined) throw new UserError('DUMP_INVALID', 'the dump has no input', 'name it x or input in the archive, or give it with --input x.npy');
  const features = requireShape(layer, x);
  if (dy !== undefined) requireSameShape(x, dy);
  const config = configOf(settings, parts, features);
  requireState(config, parts);
  const initial = initialOf(config, parts);
  const grads = dy === undefined ? [] : [inType(dy, x.tensor.dtype, 'the type of x')];
  const { modes, notes } = modesOf(mode, config.statistics, parts);
  const cases = modes.map((one) => planned({
    id: '', layer, config, initial, ranks: [{ inputs: [x.tensor], grads }], program: parseProgram(dy === undefined ? one : `${one}-backward`),
    ...(settings.route === 'module' ? {} : { route: settings.route }), ...(settings.layout === 'contiguous' ? {} : { layout: settings.layout }),
  }, one));
  return { cases, notes };
}

/** @returns C */
function requireShape(layer: JudgedLayer, { place, tensor: { shape } }: Part): number {
  if (!axesOf[layer].counts.includes(shape.length)) {
    const fitting = judgedLayers.find((other) => axesOf[other].counts.includes(shape.length));
    throw new UserError('DUMP_SHAPE', `${place}: shape [${shape.join(', ')}] has ${String(shape.length)} axes, ${layerName(layer)} takes ${axesOf[layer].names}`, fitting === undefined ? 'reshape the dump; N and C come first' : `for this input the layer is ${layerName(fitting)}`);
  }
  if (countElements(shape) === 0) throw new UserError('DUMP_SHAPE', `${place}: shape [${shape.join(', ')}] holds no element`, 'dump an input of at least one sample');
  return shape[1] ?? 0;
}

function requireSameShape({ tensor: x }: Part, { place, tensor: { shape } }: Part): void {
  if (shape.length === x.shape.length && shape.every((extent, axis) => extent === x.shape[axis])) return;
  throw new UserError('DUMP_SHAPE', `${place}: shape [${shape.join(', ')}], expected [${x.shape.join(', ')}] as x has`, 'dy is the gradient of the loss by the output of this layer, which has the shape of its input');
}

function configOf({ dtype, eps, momentum, affine, statistics }: Settings, { x, gamma, beta, running_mean: mean, running_var: variance }: Parts, numFeatures: number): LayerConfig {
  const own = [gamma, beta, mean, variance].find((part) => part !== undefined && part.tensor.dtype !== 'float64') ?? x;
  return { numFeatures, eps, momentum, affine, statistics, dtype: dtype ?? own?.tensor.dtype ?? 'float32' };
}

const rowsWithState: readonly StatisticsRow[] = ['tracked', 'batch', 'running'];

/** A pair is whole or absent, and only what the layer has is given. */
function requireState({ affine, statistics }: LayerConfig, parts: Parts): void {
  const pairs = [
    { names: ['gamma', 'beta'], has: affine, why: '--set affine=false' },
    { names: ['running_mean', 'running_var'], has: rowsWithState.includes(statistics), why: `--set statistics=${statistics}` },
  ] as const;
  for (const { names: [first, second], has, why } of pairs) {
    const [one, other] = [parts[first], parts[second]];
    const given = one ?? other;
    if (given === undefined) continue;
    if (!has) throw new UserError('DUMP_STATE', `${given.place}: a layer with ${why} has no ${one === undefined ? second : first}`, `leave it out of the archive, or leave ${why} out`);
    if (one === undefined || other === undefined) throw new UserError('DUMP_STATE', `${given.place} is there, ${one === undefined ? first : second} is missing`, `save both: a layer that has one has the other`);
  }
}

function initialOf(config: LayerConfig, parts: Parts): InitialValues {
  const initial: Partial<Record<keyof InitialValues, Tensor>> = {};
  for (const name of ['gamma', 'beta', 'running_mean', 'running_var'] as const) {
    const part = parts[name];
    if (part === undefined) continue;
    const { place, tensor: { shape } } = part;
    if (shape.length !== 1 || shape[0] !== config.numFeatures) throw new UserError('DUMP_SHAPE', `${place}: shape [${shape.join(', ')}], expected [${String(config.numFeatures)}], one value per channel of x`, 'save the state of the layer that saw this input');
    initial[name] = inType(part, config.dtype, 'the type of the layer');
    const negative = name === 'running_var' ? part.tensor.data.findIndex((value) => value < 0) : -1;
    if (negative >= 0) throw new UserError('DUMP_VALUE', `${place}[${String(negative)}] = ${String(part.tensor.data[negative])}, expected at least 0`, 'a variance is never negative: look at what saved it');
  }
  return initial;
}

/** The same values in another type, where it represents them. */
function inType({ place, tensor }: Part, dtype: FloatType, whose: string): Tensor {
  if (tensor.dtype === dtype) return tensor;
  const inexact = tensor.data.findIndex((value) => !Object.is(roundTo(value, dtype), value));
  if (inexact >= 0) throw new UserError('DUMP_TYPE', `${place}[${String(inexact)}] = ${String(tensor.data[inexact])} is ${tensor.dtype}, which ${dtype}, ${whose}, cannot represent`, `save it as ${dtype}, or set the type of the layer: --set dtype=${tensor.dtype}`);
  return { ...tensor, dtype };
}

function modesOf(mode: AskedMode, statistics: StatisticsRow, { running_mean: mean }: Parts): { readonly modes: readonly ('train' | 'eval')[]; readonly notes: readonly string[] } {
  const needsState = { train: statistics === 'running', eval: statistics === 'tracked' || statistics === 'running' };
  const lacks = (one: 'train' | 'eval') => needsState[one] && mean === undefined;
  const asked = mode === null ? (['train', 'eval'] as const) : [mode];
  const modes = asked.filter((one) => !lacks(one));
  if (modes.length === 0) {
    throw new UserError('DUMP_STATE', `mode ${asked.join(' and ')} normalises by running_mean and running_var, and the dump has neither`, 'give them with --state stats.npz, or judge training alone: --mode train');
  }
  const notes = asked.filter(lacks).map((one) => `mode ${one} was not asked: it normalises by running_mean and running_var, and the dump has neither (--state stats.npz)`);
  return { modes, notes: [...notes, ...(mean === undefined && statistics !== 'untracked' ? ['the running state begins as the layer is made: mean 0, variance 1'] : [])] };
}

/** Asks about every rule at once, under an id that names the data by content. */
function planned(question: Case, mode: string): PlannedCase {
  const id = `${question.layer}/${ownData}/program=${mode}${question.program.length > 1 ? '-backward' : ''}/data=${hashOf(question).slice(0, 12)}`;
  const rules = readRules().filter(({ level }) => level !== 'unspecified').map((rule) => rule.id as RuleId);
  return { id, layer: question.layer, behaviour: ownData, rules, axes: {}, expectsConstant: false, repeats: false, literal: { ...question, id } };
}

/** SHA-256 of the question: its words, then the values of its tensors. */
function hashOf({ layer, config, initial, ranks, program, route, layout }: Case): string {
  const tensors = [...Object.values(initial) as Tensor[], ...ranks.flatMap(({ inputs, grads }) => [...inputs, ...grads])];
  const hash = createHash('sha256').update(JSON.stringify([layer, config, Object.keys(initial), program, route, layout, tensors.map(({ dtype, shape }) => [dtype, shape])]));
  for (const { data } of tensors) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest('hex');
}
