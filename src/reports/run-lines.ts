import { open } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { RunRecord } from '../spec/generated/run-record.ts';
import { findProblems } from '../spec/schemas.ts';
import { UserError } from '../spec/user-error.ts';
import { shortenHome } from './home.ts';
import type { RunLine } from './run.ts';

/** A line of a file. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
  /** False for a last line without its newline, as a killed process leaves it. */
  readonly ended: boolean;
}

/** The header of a million cases has a tenth of it. */
const longestLine = 2 ** 28;

/**
 * @param cut  takes out of the first line, while it is not yet whole, what need not be in it
 * @throws {UserError} RUN_FILE_UNREADABLE
 */
export async function* readLines(path: string, cut: (text: string) => string = (text) => text): AsyncGenerator<TextLine> {
  let number = 0;
  let rest = '';
  try {
    for await (const chunk of readText(path)) {
      const lines = chunk.split('\n');
      lines[0] = rest + (lines[0] ?? '');
      rest = lines.pop() ?? '';
      if (number + lines.length === 0) rest = cut(rest);
      if (rest.length > longestLine) throw new RangeError(`line ${String(number + lines.length + 1)} has more than ${String(longestLine)} characters`);
      for (const text of lines) yield { number: ++number, text, ended: true };
    }
  } catch (error) {
    throw new UserError('RUN_FILE_UNREADABLE', `cannot read ${path}: ${(error as Error).message}`, 'name a folder that a run wrote, with its run.ndjson', { cause: error });
  }
  if (rest !== '') yield { number: number + 1, text: rest, ended: false };
}

const chunkBytes = 65_536;

/** By way of one piece of memory: a stream takes a new one for every chunk, which stays until the engine collects it. */
async function* readText(path: string): AsyncGenerator<string, undefined> {
  const file = await open(path);
  const [bytes, decoder] = [Buffer.alloc(chunkBytes), new StringDecoder('utf8')];
  try {
    for (;;) {
      const { bytesRead } = await file.read(bytes, 0, chunkBytes, null);
      if (bytesRead === 0) break;
      yield decoder.write(bytes.subarray(0, bytesRead));
    }
    yield decoder.end();
  } finally {
    await file.close();
  }
}

/** One line of run.ndjson; NaN and infinities become words, the home folder `~`. */
export function encodeLine(line: RunLine): string {
  return `${isWritable(line) ? JSON.stringify(line) : JSON.stringify(line, (_, value: unknown) => writable(value))}\n`;
}

/** Whether a value can be written as it is: most lines can, and a replacer costs more than the rest of them. */
function isWritable(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value === 'string') return !value.includes('/') || shortenHome(value) === value;
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every((item) => isWritable(item));
  for (const name in value) if (!isWritable((value as Readonly<Record<string, unknown>>)[name])) return false;
  return true;
}

function writable(value: unknown): unknown {
  if (typeof value === 'string') return shortenHome(value);
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/**
 * The record of a line, or null for a last line that was cut.
 *
 * @param path  named in the error
 * @throws {UserError} RUN_LINE_INVALID naming file, line and what is wrong
 */
export function decodeLine(line: TextLine, path: string): RunRecord | null {
  let raw: unknown;
  try {
    raw = JSON.parse(line.text);
  } catch (error) {
    if (!line.ended) return null;
    throw invalidLine(path, line.number, (error as Error).message);
  }
  const type = (raw as { readonly type?: unknown } | null)?.type;
  if (!isRecordType(type)) throw invalidLine(path, line.number, `its type is ${type === undefined ? 'missing' : typeof type === 'string' ? JSON.stringify(type.slice(0, 80)) : `no text but ${type === null ? 'null' : typeof type}`}, expected ${recordTypes.join(', ')}`);
  const problems = findProblems(`schemas/run-record#/definitions/${type}`, raw); // one type, not the union: its messages name every branch
  if (problems.length > 0) throw invalidLine(path, line.number, problems.map(({ pointer, message }) => `${type}${pointer} ${message}`).join('; '));
  return raw as RunRecord;
}

const recordTypes = ['header', 'runner', 'case', 'evidence', 'footer'] as const;

function isRecordType(type: unknown): type is (typeof recordTypes)[number] {
  return recordTypes.some((known) => known === type);
}

export function invalidLine(path: string, number: number, problem: string): UserError {
  return new UserError('RUN_LINE_INVALID', `${path}, line ${String(number)}: ${problem}`, 'run again, or take the file as this tool wrote it');
}

/** A number, where the file has a number or one of the words NaN, Infinity and -Infinity. */
export function numberOf(word: number | 'NaN' | 'Infinity' | '-Infinity'): number {
  return Number(word);
}

/** Other text stays text. */
export function numberOrText(value: number | string): number | string {
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value;
}
