import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RulesFile } from './generated/rules.ts';
import { UserError } from './user-error.ts';
import { readValidated } from './validated-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'bn-validated-'));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** What the reader says of a file, its folder left out. */
function complaint(name: string, text: string): string {
  const path = write(name, text);
  try {
    readValidated<RulesFile>('schemas/rules', path);
  } catch (error) {
    if (error instanceof UserError) return `${error.code}: ${error.message}\n${error.hint}`.replaceAll(`${folder}/`, '');
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

const rule = { id: 'BN-STATE-03', level: 'must', title: 'a title', formula: 'v′ = v', sources: ['a source'] };

describe('a validated file', () => {
  it('is read from JSON and from YAML alike', () => {
    const json = write('rules.json', JSON.stringify({ schemaVersion: 1, rules: [rule] }));
    const yaml = write('rules.yaml', 'schemaVersion: 1\nrules:\n  - { id: BN-STATE-03, level: must, title: a title, formula: v′ = v, sources: [a source] }\n');
    expect(readValidated<RulesFile>('schemas/rules', yaml)).toEqual(readValidated<RulesFile>('schemas/rules', json));
  });

  it('keeps YAML words that older versions took for booleans', () => {
    const path = write('no.yaml', 'schemaVersion: 1\nrules:\n  - { id: BN-STATE-03, level: must, title: no, formula: off, sources: [yes] }\n');
    expect(readValidated<RulesFile>('schemas/rules', path).rules[0]?.title).toBe('no');
  });

  it('names file, place, offending value and what to do', () => {
    expect(complaint('bad.json', JSON.stringify({ schemaVersion: 1, rules: [{ ...rule, id: 'BN-STATE-3', level: 'may', note: 'x' }] }))).toMatchInlineSnapshot(`
      "FILE_INVALID: bad.json is not a valid schemas/rules file
        /rules/0 must not have 'note', got {"id":"BN-STATE-3","level":"may","title":"a title","formula":"v′ = v","sources":…
        /rules/0/id must match pattern "^BN-(SHAPE|STAT|NORM|STATE|GRAD|SYNC|DTYPE|ERR|NUM)-[0-9]{2}$", got "BN-STATE-3"
        /rules/0/level must be equal to one of the allowed values ["must","should","unspecified"], got "may"
      correct these places; spec/schemas/rules.schema.json says what is allowed"
    `);
  });

  it('says how much more is wrong', () => {
    expect(complaint('worse.json', '{ "rules": [{}], "extra": 1 }')).toContain('  and 4 more');
  });

  it('of another schema version is refused with the version that is read', () => {
    expect(complaint('future.json', JSON.stringify({ schemaVersion: 2, rules: [rule] }))).toContain('/schemaVersion must be equal to constant 1, got 2');
  });

  it('that does not parse is told from one that is invalid', () => {
    expect(complaint('broken.json', '{ "rules": [')).toMatch(/^FILE_UNREADABLE: broken\.json does not parse: /);
    expect(complaint('broken.yaml', 'rules: [')).toMatch(/^FILE_UNREADABLE: broken\.yaml does not parse: /);
  });

  it('that is missing is told from one that does not parse', () => {
    expect(() => readValidated('schemas/rules', join(folder, 'absent.json'))).toThrow(expect.objectContaining({ code: 'FILE_NOT_FOUND' }) as Error);
  });

  it('of a schema that does not exist is an error of the program', () => {
    expect(() => readValidated('schemas/nonsense', write('any.json', '{}'))).toThrow("no schema has the $id 'schemas/nonsense'");
  });
});
