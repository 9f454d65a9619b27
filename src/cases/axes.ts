import { UserError } from '../spec/user-error.ts';
import { type FloatType, type IntegerType, integerTypes } from '../tensor/tensor.ts';
import { type BackwardStep, countGradients, type LayerSettings, type Mode, type StatisticsRow, type Step } from './case.ts';
import { madeBefore } from './made-before.ts';

/** What a case may ask for at most. A tensor of 2²⁶ elements has 512 MiB in the reference, which holds several. */
const mostElements = 2 ** 26;
const mostExtents = 16;
const mostRanks = 64;
const longestProgram = 1000;

/**
 * `train-backward` → forward in training on input 0, then its backward with gradient 0; `reload` saves and loads, `copy` copies deeply, `convert`
 * makes the synchronised layer of it; `stay` is a forward in the mode of the one before, without a switch;
 * `describe` asks the layer what it is; `backward0` is the backward of the first forward, `backward1` of the second; `accumulate` is a backward
 * whose dγ and dβ add up, `double` one that is differentiated once more, which takes two gradients; `momentum:0.5`, `eps:0.001`,
 * `statistics:paused`, `freeze` and `unfreeze` change the live layer.
 */
export function parseProgram(text: string): readonly Step[] {
  return programs.get(text, 1, () => parseSteps(text));
}

/** A suite has a few hundred programs, and its cases share them. */
const programs = madeBefore<readonly Step[]>(4096);

function parseSteps(text: string): readonly Step[] {
  const steps: Step[] = [];
  if (text.length > longestProgram) throw axisError('program', text, `at most ${String(longestProgram)} letters`);
  for (const word of text.split('-')) {
    const forwards = steps.filter((step) => step.op === 'forward').length;
    if (word === 'reload' || word === 'describe') steps.push({ op: word });
    else if (word === 'copy' || word === 'convert') steps.push({ op: 'reload', by: word === 'copy' ? 'copy' : 'conversion' });
    else if (word === 'stay') steps.push({ op: 'forward', mode: lastMode(steps, text), input: forwards, stays: true });
    else if (word.includes(':') || word.endsWith('freeze')) steps.push({ op: 'configure', set: parseSettings(word, text) });
    else if (!/^(backward|accumulate|double)\d?$/.test(word)) steps.push({ op: 'forward', mode: parseWord<Mode>('program', word, ['train', 'eval', 'fresh']), input: forwards });
    else steps.push(parseBackward(word, steps, text));
  }
  return steps;
}

function parseBackward(word: string, steps: readonly Step[], text: string): BackwardStep {
  const of = /\d$/.test(word) ? nthForward(steps, Number(word.at(-1)), text) : lastForward(steps, text);
  const grad = countGradients(steps);
  return { op: 'backward', of, grad, ...(word.startsWith('accumulate') ? { accumulates: true } : {}), ...(word.startsWith('double') ? { direction: grad + 1 } : {}) };
}

function lastMode(steps: readonly Step[], text: string): Mode {
  const last = steps.findLast((step) => step.op === 'forward');
  if (last === undefined) throw axisError('program', text, 'a forward before each stay, such as eval-convert-stay');
  return last.mode;
}

function parseSettings(word: string, program: string): LayerSettings {
  const [name, value = ''] = word.split(':');
  switch (name) {
    case 'momentum': return { momentum: parseMomentum(value) };
    case 'eps': return { eps: parseNumber('eps', value) };
    case 'statistics': return { statistics: parseWord('statistics', value, [...rows, 'paused']) };
    case 'freeze': return { frozen: true };
    case 'unfreeze': return { frozen: false };
    default: throw axisError('program', program, 'momentum:, eps:, statistics:, freeze or unfreeze where a word changes the layer');
  }
}

function lastForward(steps: readonly Step[], text: string): number {
  const index = steps.findLastIndex((step) => step.op === 'forward');
  if (index < 0) throw axisError('program', text, 'a forward before each backward, such as train-backward');
  return index;
}

function nthForward(steps: readonly Step[], nth: number, text: string): number {
  const index = steps.findIndex((step) => step.op === 'forward' && step.input === nth);
  if (index < 0) throw axisError('program', text, `a forward number ${String(nth)} before backward${String(nth)}, counted from 0`);
  return index;
}

/** `2x3x4` → [2, 3, 4]. */
export function parseShape(text: string): readonly number[] {
  if (!/^\d+(x\d+)*$/.test(text)) throw axisError('shape', text, 'whole numbers joined by x, such as 4x3x2x2');
  const shape = text.split('x').map(Number);
  if (shape.length > mostExtents || elementsAround(shape) > mostElements) throw axisError('shape', text, `at most ${String(mostExtents)} extents and ${String(mostElements)} elements`);
  return shape;
}

/** Elements of a shape, an extent of 0 counted as 1: the tensors of its channels, or of its samples, are made all the same. */
function elementsAround(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * Math.max(extent, 1), 1);
}

/** `2x3+3x3` → [[2, 3], [3, 3]]. */
export function parseRanks(text: string): readonly (readonly number[])[] {
  const count = text.split('+').length;
  if (count > mostRanks) throw axisError('ranks', text, `at most ${String(mostRanks)} shapes`);
  return text.split('+').map((shape) => parseShape(shape));
}

/** Weight of the new batch; `cumulative` is null. */
export function parseMomentum(text: string): number | null {
  return text === 'cumulative' ? null : parseNumber('momentum', text);
}

export function parseNumber(axis: string, text: string): number {
  const value = Number(text);
  if (!/^-?\d+(\.\d+)?(e-?\d+)?$/.test(text) || !Number.isFinite(value)) throw axisError(axis, text, 'a finite decimal number');
  return value;
}

/** Channels that a layer is made for; a case may ask what it says to none, or to two and a half. */
export function parseFeatures(text: string): number {
  const features = parseNumber('features', text);
  if (Math.abs(features) > mostElements) throw axisError('features', text, `a number up to ${String(mostElements)}`);
  return features;
}

const rows: readonly StatisticsRow[] = ['tracked', 'untracked', 'batch', 'running'];

export function parseRow(text: string): StatisticsRow {
  return parseWord('statistics', text, rows);
}

export function parseDtype(text: string): FloatType {
  return parseWord('dtype', text, ['float16', 'bfloat16', 'float32', 'float64']);
}

/** The integer type of the axis `input`; undefined for the words of floating types. */
export function parseIntegerType(text: string | undefined): IntegerType | undefined {
  return integerTypes.find((word) => word === text);
}

export function parseWord<T extends string>(axis: string, text: string, words: readonly T[]): T {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined) throw axisError(axis, text, words.join(', '));
  return word;
}

function axisError(axis: string, text: string, expected: string): UserError {
  return new UserError('AXIS_VALUE', `axis '${axis}' has no value '${text.length > 200 ? `${text.slice(0, 200)}…` : text}'`, `expected ${expected}`);
}
