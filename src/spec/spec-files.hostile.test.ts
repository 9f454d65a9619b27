import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '@fast-check/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { type Parser, survive } from '../tensor/hostile.fixture.ts';
import { readClaims } from './claims.ts';
import { readDialect } from './dialect.ts';
import type { ClaimsFile } from './generated/claims.ts';
import type { RulesFile } from './generated/rules.ts';
import { hostileTexts, mutatedJson, scratchFolder } from './hostile-document.fixture.ts';
import { packageRoot } from './package-root.ts';
import { readParameters } from './parameters.ts';
import { readRules } from './rules.ts';
import { UserError } from './user-error.ts';
import { readValidated } from './validated-file.ts';

const minutes = 60_000;
const folder = mkdtempSync(scratchFolder);
afterAll(() => rmSync(folder, { recursive: true }));

const own = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(packageRoot, 'spec', ...path), 'utf8'));
const claims = own('claims', 'S4.json') as ClaimsFile;
const rules = own('rules.json') as RulesFile;

/** A reader of one file, which is written with every input; what it gives is what JSON says. */
function reader(name: string, file: string, documents: readonly unknown[], read: (path: string) => unknown, part: (raw: never) => unknown = (raw) => raw): Parser<string> {
  const path = join(folder, file);
  return {
    name, inputs: mutatedJson(documents), refusals: [UserError],
    read: (text) => {
      writeFileSync(path, text);
      const [given, raw] = [JSON.stringify(read(path)), JSON.stringify(part(JSON.parse(Buffer.from(text).toString()) as never))];
      if (given !== raw) throw new Error(difference(given, raw));
    },
  };
}

function difference(given: string, raw: string): string {
  const from = Math.max(0, Array.from({ length: given.length }, (_, i) => i).findIndex((i) => given[i] !== raw[i]) - 20);
  return `read ${given.slice(from, from + 200)}, the file says ${raw.slice(from, from + 200)}`;
}

/** A dialect of everything that a dialect may say, each once. */
function dialectExcerpt(): unknown {
  const file = own('dialects', 'mindspore.json');
  const once = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.slice(0, 1).map(once);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, once(inner)])) : value;
  };
  return once(file);
}

const bothWays = ({ tried, refused, read }: { readonly tried: number; readonly refused: number; readonly read: number }) => [refused > tried / 20, read > tried / 100];

describe('files of the spec from a stranger', () => {
  const readers = [
    reader('rules', 'rules.json', [{ ...rules, rules: rules.rules.slice(0, 3) }], readRules, (raw: RulesFile) => raw.rules),
    reader('parameters', 'parameters.json', [own('parameters.json')], readParameters),
    reader('claims', 'S4.json', [{ ...claims, claims: claims.claims.slice(0, 2) }], () => readClaims(folder), (raw: ClaimsFile) => [raw]),
  ];

  it.each(readers)('property: $name', async (parser) => {
    for (const name of ['rules.json', 'parameters.json', 'S4.json']) rmSync(join(folder, name), { force: true });
    expect(bothWays(await survive(parser))).toEqual([true, true]);
  }, 10 * minutes);

  it('property: dialects, for any version', async () => {
    const documents = [own('dialects', 'core.json'), dialectExcerpt()];
    const path = join(folder, 'x.json');
    const tally = await survive({
      name: 'dialects', inputs: fc.tuple(mutatedJson(documents), fc.constantFrom('1.0', '2.13.0+cpu', 'newest', '', ...hostileTexts)), refusals: [UserError],
      read: ([text, version]) => {
        writeFileSync(path, text);
        const dialect = readDialect('x', version, folder);
        if (!text.includes(JSON.stringify(dialect.framework)) || dialect.version !== version) throw new Error('a dialect of something else');
      },
    });
    expect(bothWays(tally)).toEqual([true, true]);
  }, 10 * minutes);
});

/** Each name is nine of the one before: a list of a billion words, when it is written out. */
const laughs = `a: &a [x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefghi', (name, i) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefgh'[i] ?? ''}`).join()}]\n`).join('')}`;

describe('YAML from a stranger', () => {
  const path = join(folder, 'x.yaml');

  it.each([
    ['a list of a billion', laughs, /alias/], ['a list in itself', 'a: &a [*a]\n', /contains itself/], ['a function', 'schemaVersion: 1\nrules: !!js/function "function () {}"\n', /tag/], ['an object of Python', '!!python/object/apply:os.system ["id"]\n', /tag/],
    ['lists in lists without end', '['.repeat(5000), /deep|does not parse/], ['a key twice', 'a: 1\na: 2\n', /unique/],
  ])('%s is refused', (_, text, message) => {
    writeFileSync(path, text);
    expect(() => readValidated('schemas/rules', path)).toThrow(message);
    expect(() => readValidated('schemas/rules', path)).toThrow(UserError);
  });
});
