import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const minutes = 60_000;

describe('npm run bench', () => {
  it('asks the harness, the adapters and the scripts written by hand the same cases, and all see the same', async () => {
    const { stdout } = await execa('node', ['bench/main.mjs', '--quick', '--json']);
    const { rows } = JSON.parse(stdout) as { readonly rows: readonly { readonly name: string; readonly value: number; readonly met: boolean }[] };
    expect(rows.map(({ name }) => name)).toEqual(['pytorch: harness ÷ bare loop', 'pytorch: adapter ÷ hand-written script', 'mindspore: harness ÷ bare loop', 'mindspore: adapter ÷ hand-written script', 'reference and bounds ÷ NumPy float64']);
    for (const { name, value } of rows) expect(value, name).toBeGreaterThan(0);
  }, 5 * minutes);

  it.each([[['--runner', 'numpy'], 'known: pytorch, mindspore'], [['--only', 'speed'], 'known: small, pytest, large, start, reference, scale, core'], [['--write', '--quick'], 'expected a whole bench'], [['--pairs', 'many'], 'at least 9, got \'many\'']])('refuses %j', async (args, told) => {
    const { exitCode, stderr } = await execa('node', ['bench/main.mjs', ...args], { reject: false });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(told)]);
  });
});
