import type { Case } from '../../cases/case.ts';
import type { WireTensor } from '../../tensor/bytes.ts';
import { printable } from '../../reports/printable.ts';
import type { LargeNumbers } from './large-numbers.ts';

/** Longest line of a generated script. */
const longestLine = 110;

/** Text for a docstring: on one line, and nothing in it ends the docstring or begins an escape, whoever wrote it. */
export function docstringText(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ').replaceAll('\\', '/').replaceAll('"', "'");
}

/** A float64 number as Python reads it back exactly: hexadecimal, `nan`, `inf`. */
export function hexFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  if (size === 0) return `${sign}0x0p+0`;
  const exponent = exponentOf(size);
  const digits = scaleBy(size, -exponent).toString(16); // in [1, 2): exact, since the base is a power of two
  return `${sign}0x${digits}p${exponent < 0 ? '' : '+'}${String(exponent)}`;
}

function exponentOf(size: number): number {
  const guess = Math.floor(Math.log2(size));
  const scaled = scaleBy(size, -guess);
  return scaled >= 2 ? guess + 1 : scaled < 1 ? guess - 1 : guess;
}

/** value·2^by without an overflow on the way. */
function scaleBy(value: number, by: number): number {
  const half = Math.trunc(by / 2);
  return value * 2 ** half * 2 ** (by - half);
}

/** Numbers as one Python string of hexadecimal words, over several lines where they are many; or the place where they lie beside the script. */
export function pythonNumbers(values: ArrayLike<number>, indent: string, large?: LargeNumbers): string {
  const place = large?.place(values) ?? null;
  if (place !== null) return `'${place}'`;
  const lines: string[] = [''];
  for (const word of Array.from(values, hexFloat)) {
    const last = lines.length - 1;
    const joined = lines[last] === '' ? word : `${lines[last]!} ${word}`;
    if (joined.length + indent.length + 7 <= longestLine) lines[last] = joined;
    else lines.push(word);
  }
  if (lines.length === 1) return `'${lines[0]!}'`;
  return `(\n${lines.map((line, i) => `${indent}    '${line}${i < lines.length - 1 ? ' ' : ''}'`).join('\n')}\n${indent})`;
}

/** A tuple of Python, as Python prints it. */
export function pythonTuple(items: readonly string[]): string {
  return items.length === 1 ? `(${items[0]!},)` : `(${items.join(', ')})`;
}

export function pythonShape(shape: readonly number[]): string {
  return pythonTuple(shape.map(String));
}

export function pythonFlag(flag: boolean): string {
  return flag ? 'True' : 'False';
}

/** `tensor('0x1p+0 …', (2, 3), 'float32')`. */
export function pythonTensor({ data, shape, dtype }: WireTensor, indent: string, large?: LargeNumbers): string {
  return `tensor(${pythonNumbers(data, indent, large)}, ${pythonShape(shape)}, '${dtype}')`;
}

/** A case on its way into a script. */
export interface Scripted extends Case {
  /** Where numbers go that are too many for the text. Absent: all of them stand in it. */
  readonly large?: LargeNumbers | undefined;
}

/** Input of the only rank, in the type in which it is handed over. */
export function inputOf({ ranks: [rank], inputType }: Case, index: number): WireTensor | undefined {
  const x = rank?.inputs[index];
  return x === undefined ? undefined : { ...x, dtype: inputType ?? x.dtype };
}

/** A Python float; never an integer, which some frameworks refuse. */
export function pythonFloat(value: number): string {
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
