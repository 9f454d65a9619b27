import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { at, type Edit, edits } from '../tensor/hostile.fixture.ts';

/** Texts that something behind a parser may trip over. */
export const hostileTexts: readonly string[] = [
  '', ' ', '0', '-1', '1e999', 'NaN', 'Infinity', 'true', 'null', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '\0', '\n', '\u001b[31m', '\u202e', '\ud800', '\ufeff', 'é', '💥',
  '..', '../../../../etc/passwd', '/etc/passwd', 'C:\\x', '-rf', '--index-url=http://localhost', '$(id)', '`id`', ';id', '=cmd()', '</script>', "'; import os", '%n', '%s', '{{7*7}}', '*', '**', '**/*a*a*a*a*a*b',
  '1x1', '0x0', '2x3+3x3', '99999x99999x99999', '1x99999999999999999999', '1e-5', '-0', '5e-324', '>=1', '^', 'a@b', '2026-02-30', 'x'.repeat(3000),
];

const hostileValues: readonly unknown[] = [...hostileTexts, null, true, false, 0, -0, -1, 0.5, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 64, [], {}, [[]], [null], { __proto: 1 }, { length: 3 }, { toString: 1 }, [[[[[[[[]]]]]]]]];

type Holder = Record<string, unknown>;

interface Slot {
  /** A list or a map; both take texts as keys. */
  readonly holder: Holder;
  readonly key: string;
}

/** Every place of a document, its root first. */
function slotsOf(holder: Holder, key: string): readonly Slot[] {
  const slots: Slot[] = [{ holder, key }];
  for (const slot of slots) {
    const inner = slot.holder[slot.key];
    if (typeof inner === 'object' && inner !== null) for (const name of Object.keys(inner)) slots.push({ holder: inner as Holder, key: name });
  }
  return slots;
}

/** Sets a key as JSON does: `__proto__` too is a key of its own. */
function set(holder: Holder, key: string, value: unknown): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 0, value);
  else Object.defineProperty(holder, key, { value, enumerable: true, writable: true, configurable: true });
}

function drop({ holder, key }: Slot): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}

const copyOf = (value: unknown): unknown => (value === undefined ? null : JSON.parse(JSON.stringify(value)));

const documentEdits: readonly ((slot: Slot, choice: number, slots: readonly Slot[]) => void)[] = [
  (slot) => drop(slot),
  ({ holder, key }, choice) => set(holder, Array.isArray(holder) ? key : at(hostileTexts, choice), copyOf(holder[key])),
  (slot, choice) => {
    const value = slot.holder[slot.key];
    drop(slot);
    set(slot.holder, Array.isArray(slot.holder) ? '0' : at(hostileTexts, choice), value);
  },
  ({ holder, key }, choice) => { holder[key] = at(hostileValues, choice); },
  ({ holder, key }, choice, slots) => { holder[key] = copyOf(valueAt(at(slots, choice))); },
  ({ holder, key }, choice) => { holder[key] = nudged(holder[key], choice); },
];

function valueAt({ holder, key }: Slot): unknown {
  return holder[key];
}

/** Something of the same type. */
function nudged(value: unknown, choice: number): unknown {
  if (typeof value === 'number') return at([-value, value + 1, value - 1, value + 0.5, value * 1e9, value / 1e9], choice);
  if (typeof value === 'string') return at([value.slice(1), value.slice(0, -1), value + at(hostileTexts, choice), at(hostileTexts, choice) + value, value.toUpperCase(), value + value], choice);
  if (Array.isArray(value)) return at([[], value.toReversed(), [...value as unknown[], ...value as unknown[]], value.slice(1)], choice);
  return typeof value === 'boolean' ? !value : {};
}

/** A document with one to three places dropped, doubled, renamed, retyped, exchanged or changed a little. */
function edited(document: string, chosen: readonly Edit[]): unknown {
  const root: Holder = { root: JSON.parse(document) };
  for (const [kind, place, choice] of chosen) {
    const slots = slotsOf(root, 'root');
    at(documentEdits, kind)(at(slots, place), choice, slots);
  }
  return root['root'] ?? null;
}

const jsonEdits: readonly ((text: string, place: number, choice: number) => string)[] = [
  (text, place) => text.slice(0, place),
  (text, place, choice) => text.slice(0, place) + String.fromCharCode(choice % 0x1_0000) + text.slice(place + (choice % 2)),
  (text, place, choice) => inMap(text, place, `${JSON.stringify(at(hostileTexts, choice))}:${JSON.stringify(at(hostileValues, choice >> 6))},`),
  (text, place) => inMap(text, place, /"[^"]*":[\d.]+,/.exec(text.slice(place))?.[0] ?? ''),
  (text, place, choice) => text.slice(0, place) + text.slice(place).replace(/\d+/, () => at(['1e999', '-1e999', '9'.repeat(400), '0.1e-400', '01', '0x1', 'NaN'], choice)),
  (text, place, choice) => text.slice(0, place) + text.slice(place).replace(/:[^,:{}[\]]+/, () => `:${at(['[', '{"a":'], choice).repeat(depthOf(choice))}`),
  (text, place, choice) => text.slice(0, place) + text.slice(place).replace(/:[^,:{}[\]]+/, () => `:${'['.repeat(depthOf(choice))}${']'.repeat(depthOf(choice))}`),
];

/** Now and then deeper than calls may be inside calls, which takes milliseconds. */
function depthOf(choice: number): number {
  return choice % 256 === 0 ? 20_000 : 100;
}

function inMap(text: string, place: number, member: string): string {
  return text.slice(0, place) + text.slice(place).replace('{', () => `{${member}`);
}

/** JSON texts near valid documents: of the tree, of the text, or both. */
export function mutatedJson(documents: readonly unknown[]): fc.Arbitrary<string> {
  const texts = documents.map((document) => JSON.stringify(document));
  return fc.tuple(fc.constantFrom(...texts), edits, fc.nat(), fc.nat(), fc.nat()).map(([text, chosen, which, place, choice]) => {
    const changed = which % 5 === 0 ? text : JSON.stringify(edited(text, chosen));
    return which % 5 > 1 ? changed : at(jsonEdits, which >> 3)(changed, place % (changed.length + 1), choice);
  });
}

/** Beginning of the path of a folder for files that are written by the thousand: in memory, where the machine has such a place. */
export const scratchFolder: string = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'bn-hostile-');

/** Words that mean something in YAML, and some that other readers of it run. */
export const yamlWords: readonly string[] = [
  '&a ', '*a', '<<: *a', '!!js/function "x"', '!!python/object/apply:os.system ["id"]', '!!binary R0k=', '!x ', '!!set {a}', '? ', ': ', '- ', '---\n', '...\n', '%YAML 1.1\n', '%TAG ! x\n', '|\n ', '>-\n', '"\\u0000"', "'", '"', '{', '}', '[', ']', '# ', '\t', '0o777', '0x1F',
  '.nan', '-.inf', '~', 'yes', '12:30:45', '2001-01-01', '__proto__: {a: 1}\n', 'constructor: x\n', '[*a, *a]', '{a: &a [*a]}', '\r\n', '[[[[[[[[', '['.repeat(60), '- '.repeat(60), ...hostileTexts,
];
