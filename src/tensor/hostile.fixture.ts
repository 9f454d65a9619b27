import { appendFileSync } from 'node:fs';
import { cpuUsage, env, resourceUsage } from 'node:process';
import { inspect } from 'node:util';
import { fc } from '@fast-check/vitest';

/** A class of errors that a parser throws on purpose. */
type ErrorClass = abstract new (...args: never[]) => Error;

/** A parser, and what it is asked. */
export interface Parser<T> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<T>;
  /** Reads an input, and throws where what it read is not what the input says. */
  readonly read: (input: T) => unknown;
  /** What says that an input is wrong; anything else that is thrown is a fault of ours. */
  readonly refusals: readonly ErrorClass[];
}

/** What became of the inputs. */
export interface Tally {
  readonly parser: string;
  readonly tried: number;
  readonly refused: number;
  readonly read: number;
  /** Most processor time for one input, and for all of them, ms. */
  readonly worstMs: number;
  readonly totalMs: number;
  /** By how much the process was larger at its largest, MiB. */
  readonly grownMib: number;
}

/** Inputs per parser, and the seed; `npm run fuzz:inputs` sets others, and a file for the tallies. */
const { HOSTILE_INPUTS: inputs = '20000', HOSTILE_SEED: seed = '1', HOSTILE_TALLIES: tallies = '' } = env;

const limits = { ms: 2000, mib: 512, messageCharacters: 10_000 };

/**
 * Asks a parser many inputs. Each is refused by an error of ours, in words that a person can use, or read right; within 2 s of processor time, and
 * all of them within 512 MiB.
 *
 * @throws {Error} with seed, path and the simplest input that fast-check finds
 */
export async function survive<T>({ name, inputs: arbitrary, read, refusals }: Parser<T>): Promise<Tally> {
  const seen = { tried: 0, refused: 0, worstMs: 0 };
  const start = cpuUsage();
  const before = resourceUsage().maxRSS;
  const property = fc.asyncProperty(arbitrary, async (input) => {
    const began = cpuUsage();
    const refusal = await refusalOf(() => read(input), refusals);
    const { user, system } = cpuUsage(began); // not of the clock: the machine may be busy
    const tookMs = (user + system) / 1000;
    seen.tried += 1;
    seen.worstMs = Math.max(seen.worstMs, tookMs);
    if (refusal !== null) seen.refused += 1;
    if (tookMs > limits.ms) throw new Error(`${name} took ${String(Math.round(tookMs))} ms`);
  });
  const { failed, counterexample, counterexamplePath, errorInstance } = await fc.check(property, { numRuns: Number(inputs), seed: Number(seed) });
  if (failed) throw new Error(`${name}, seed ${seed}, path ${counterexamplePath ?? ''}: ${inspect(counterexample?.[0], { maxStringLength: 1000, maxArrayLength: 200 })}`, { cause: errorInstance });
  const grownMib = Math.round((resourceUsage().maxRSS - before) / 1024);
  if (grownMib > limits.mib) throw new Error(`${name} took ${String(grownMib)} MiB`);
  const { user, system } = cpuUsage(start);
  const tally: Tally = { parser: name, ...seen, read: seen.tried - seen.refused, totalMs: (user + system) / 1000, grownMib };
  if (tallies !== '') appendFileSync(tallies, `${JSON.stringify(tally)}\n`);
  return tally;
}

async function refusalOf(read: () => unknown, refusals: readonly ErrorClass[]): Promise<Error | null> {
  try {
    await read();
    return null;
  } catch (error) {
    const refusal = refusals.find((known) => error instanceof known) === undefined ? undefined : (error as Error & { readonly hint?: unknown });
    if (refusal === undefined) throw error;
    requireWords(refusal.message);
    if ('hint' in refusal) requireWords(String(refusal.hint));
    return refusal;
  }
}

/** An error says something, not too much, and nothing that only the language would say. */
function requireWords(text: string): void {
  if (text.trim() === '' || text.length > limits.messageCharacters) throw new Error(`a message of ${String(text.length)} characters: ${text.slice(0, 200)}`);
  if (/\bundefined\b|\[object |Maximum call stack/.test(text)) throw new Error(`a message that no user can read: ${text.slice(0, 400)}`);
}

/** An edit: which, where, and with what. */
export type Edit = readonly [kind: number, place: number, choice: number];

/** One to three edits, drawn by fast-check and so simplified one by one. */
export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 });

/** The item at a drawn place of a list that is not empty. */
export function at<T>(items: readonly T[], place: number): T {
  return items[place % items.length]!;
}

const byteEdits: readonly ((bytes: Buffer, place: number, choice: number) => Buffer)[] = [
  (bytes, place) => bytes.subarray(0, place),
  (bytes, place, choice) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + (choice % 9))]),
  (bytes, place, choice) => Buffer.concat([bytes.subarray(0, place), Buffer.alloc(1 + (choice % 9), choice), bytes.subarray(place)]),
  (bytes, place, choice) => Buffer.concat([bytes.subarray(0, place), bytes.subarray(choice % bytes.length), bytes.subarray(place)]),
  (bytes, place, choice) => overwritten(bytes, place, [bytes[place]! ^ (1 << (choice % 8))]),
  (bytes, place, choice) => overwritten(bytes, place, [choice]),
  (bytes, place, choice) => overwritten(bytes, place, at([[0xff, 0xff], [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0, 0, 0, 0x80], [0xff, 0xff, 0xff, 0x7f], [1, 0, 0, 0]], choice)),
];

function overwritten(bytes: Buffer, place: number, by: readonly number[]): Buffer {
  const copy = Buffer.from(bytes);
  copy.set(by.slice(0, bytes.length - place), place);
  return copy;
}

/** Files with bytes cut, left out, put in, doubled, flipped or set to the ends of their range. */
export function mutatedBytes(files: readonly Uint8Array[]): fc.Arbitrary<Buffer> {
  return fc.tuple(fc.constantFrom(...files), edits).map(([file, chosen]) => chosen.reduce<Buffer>((bytes, [kind, place, choice]) => (bytes.length === 0 ? bytes : at(byteEdits, kind)(bytes, place % bytes.length, choice)), Buffer.from(file)));
}

const textEdits: readonly ((text: string, place: number, choice: number, snippets: readonly string[]) => string)[] = [
  (text, place) => text.slice(0, place),
  (text, place, choice) => text.slice(0, place) + text.slice(place + 1 + (choice % 20)),
  (text, place, choice) => text.slice(0, place) + String.fromCharCode(choice % 0x1_0000) + text.slice(place + (choice % 2)),
  (text, place, choice, snippets) => text.slice(0, place) + at(snippets, choice) + text.slice(place),
  (text, place, choice, snippets) => text.slice(0, place) + text.slice(place).replace(/[\w.-]+/, () => at(snippets, choice)),
  (text, place, choice) => editLine(text, place, (line) => at([[], [line, line], [` ${line}`], [line.trimStart()], [`${line}${line}`]], choice)),
  (text, place, choice) => editLine(text, place, (line) => [line.replace(/[^\s:=]+$/, (word) => word.repeat(choice % 50))]),
];

function editLine(text: string, place: number, edit: (line: string) => readonly string[]): string {
  const lines = text.split('\n');
  const index = place % lines.length;
  return [...lines.slice(0, index), ...edit(lines[index]!), ...lines.slice(index + 1)].join('\n');
}

/** Texts with characters and lines cut, left out, put in and doubled, and words of the list put in. */
export function mutatedText(texts: readonly string[], snippets: readonly string[]): fc.Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), edits).map(([text, chosen]) => chosen.reduce((edited, [kind, place, choice]) => at(textEdits, kind)(edited, place % (edited.length + 1), choice, snippets), text));
}
