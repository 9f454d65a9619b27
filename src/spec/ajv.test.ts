import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { createAjv } from './ajv.ts';
import { packageRoot } from './package-root.ts';

const paths = ['schemas', 'protocol'].flatMap((folder) => readdirSync(join(packageRoot, 'spec', folder)).map((name) => join(folder, name)));
const read = (path: string) => JSON.parse(readFileSync(join(packageRoot, 'spec', path), 'utf8')) as object;
const options = { strictTypes: false, allowUnionTypes: true };

describe('the schemas of spec/', () => {
  it.each(paths)('%s is a schema by its draft', (path) => {
    const ajv = new Ajv(options);
    expect(ajv.validateSchema(read(path)) === true ? [] : ajv.errors).toEqual([]);
  });

  it('control: the draft refuses what is no schema, which a run would not notice', () => {
    expect(new Ajv(options).validateSchema({ minLength: -1 })).toBe(false);
    expect(() => createAjv(options).compile({ minLength: -1 })).not.toThrow();
  });
});
