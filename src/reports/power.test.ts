import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readPower } from './power.ts';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'power-')); });
afterEach(async () => { await rm(folder, { recursive: true }); });

describe('what the harness caught when it was last scored', () => {
  it('is of a suite, and every target was met or is said to be missed', () => {
    const power = readPower();
    expect(power?.faults.length).toBeGreaterThanOrEqual(80);
    expect(power?.figures.find(({ name }) => name === 'faults in the zoo')?.value).toBe(power?.faults.length);
  });

  it('is absent where it was never measured, and refused where it is not that', async () => {
    expect(readPower(join(folder, 'none.json'))).toBeUndefined();
    await writeFile(join(folder, 'power.json'), '{ "schemaVersion": 2, "suite": "core" }');
    expect(() => readPower(join(folder, 'power.json'))).toThrow(expect.objectContaining({ code: 'FILE_INVALID', message: expect.stringContaining('is not a valid schemas/power file') as string }) as Error);
  });
});
