import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDamage } from './damage.ts';

let folder: string;
let site: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bn-damage-'));
  site = join(folder, 'lib/python3.11/site-packages');
  mkdirSync(join(site, 'toy-1.0.dist-info'), { recursive: true });
  writeFileSync(join(site, 'toy.py'), 'x = 1\n');
  writeFileSync(join(site, 'a, b.txt'), '12345');
  writeFileSync(join(site, 'toy-1.0.dist-info/RECORD'), 'toy.py,sha256=abc,6\r\n"a, b.txt",,5\n__pycache__/toy.cpython-311.pyc,,\ntoy-1.0.dist-info/RECORD,,\n');
});
afterEach(() => { rmSync(folder, { recursive: true }); });

const one = { packages: { toy: '1.0' } };

describe('damage of an environment is found by what its installer recorded', () => {
  it('control: a whole one has none, and what Python compiles anew may be missing', async () => {
    expect(await findDamage(folder, one)).toBeNull();
  });

  it.each<[string, () => void, string]>([
    ['a missing file', () => { rmSync(join(site, 'toy.py')); }, 'toy.py'],
    ['a file of another size, with a comma in its name', () => { writeFileSync(join(site, 'a, b.txt'), '1234'); }, 'a, b.txt'],
    ['a package without its record', () => { rmSync(join(site, 'toy-1.0.dist-info'), { recursive: true }); }, 'records of 1 packages'],
    ['nothing left at all', () => { rmSync(join(folder, 'lib'), { recursive: true }); }, 'records of 1 packages'],
  ])('%s', async (_, spoil, told) => {
    spoil();
    expect(await findDamage(folder, one)).toBe(told);
  });
});
