import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const minutes = 60_000;

/** Every kind of fault once, two kills of the harness, each trouble with folder and clock: the short form of `npm run chaos`. */
describe('npm run chaos', () => {
  it('loses nothing to any kind of fault', async () => {
    const { stdout, exitCode } = await execa('node', ['bench/chaos.mjs', '--faults', '25', '--kills', '2', '--folders', '1', '--environments', '0', '--seed', '7', '--json'], { reject: false });
    const { rows } = JSON.parse(stdout) as { readonly rows: readonly { readonly name: string; readonly value: number }[] };
    expect(rows.filter(({ value }) => value > 0)).toEqual([]);
    expect([exitCode, rows.length]).toEqual([0, expect.any(Number)]);
    expect(rows.length).toBeGreaterThanOrEqual(25 + 1 + 7);
  }, 10 * minutes);

  it('refuses what is no number', async () => {
    const { stderr, exitCode } = await execa('node', ['bench/chaos.mjs', '--faults', 'all'], { reject: false });
    expect([exitCode, stderr]).toEqual([2, 'chaos: --faults: expected a whole number, got \'all\'']);
  });
});
