import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const minutes = 60_000;

interface Row { readonly name: string; readonly value: number; readonly met: boolean }

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'bn-soak-test-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

async function soak(...args: readonly string[]) {
  const { stdout, stderr, exitCode } = await execa('node', ['bench/soak.mjs', '--json', ...args], { reject: false });
  const rows = stdout === '' ? [] : (JSON.parse(stdout) as { readonly rows: readonly Row[] }).rows;
  return { rows, stderr, exitCode };
}

/** Sixty samples, one a second, of a runner that is replaced in the middle; `grown` says what has been added at one of them. */
function samplesFile(name: string, grown: (second: number) => Partial<Record<'harness' | 'runner' | 'descriptors' | 'cpu' | 'changed', number>>): string {
  const samples = Array.from({ length: 60 }, (_, second) => {
    const { harness = 0, runner = 0, descriptors = 0, cpu = 0, changed = 0 } = grown(second);
    return {
      seconds: second, cases: 100 * second, cpuSeconds: 0.5 * second + cpu, fixedWorkSeconds: 0.03, harness: { residentBytes: 2e8 + harness, descriptors: 24 + descriptors },
      runners: { pytorch: { pid: second < 30 ? 1 : 2, residentBytes: 3e8 + runner, descriptors: 7, cases: 100 * second, broken: 0, changed } },
    };
  });
  const path = join(folder, name);
  writeFileSync(path, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
  return path;
}

describe('npm run soak', () => {
  it('asks round after round through processes that are replaced: nothing breaks, no verdict changes, no descriptor is left open', async () => {
    const { rows } = await soak('--minutes', '0.01', '--runner', 'miniature-honest', '--recycle', '500');
    const value = (start: string) => rows.find(({ name }) => name.startsWith(start))?.value;
    expect(value('cases of')).toBe(12 * 200);
    expect(value('processes of')).toBeGreaterThanOrEqual(4);
    expect([value('cases that broke'), value('verdicts on'), value('descriptors of the harness'), value('descriptors of miniature')]).toEqual([0, 0, 0, 0]);
    expect(value('resident memory of the harness')).toBeGreaterThan(0);
  }, 5 * minutes);

  it('control: what is flat passes, and each thing that grows is told by its name', async () => {
    const flat = await soak('--judge', samplesFile('flat', () => ({})));
    expect([flat.exitCode, flat.rows.filter(({ met }) => !met)]).toEqual([0, []]);
    const growing = {
      'resident memory of the harness, late ÷ early': samplesFile('harness', (second) => ({ harness: second * 1e6 })),
      'resident memory of pytorch, late ÷ early': samplesFile('runner', (second) => ({ runner: second * 1e6 })),
      'descriptors of the harness, late − early': samplesFile('descriptors', (second) => ({ descriptors: Math.floor(second / 20) })),
      'processor time per case in units of a fixed work, late ÷ early': samplesFile('cpu', (second) => ({ cpu: second * second * 0.002 })),
      'verdicts on pytorch that changed': samplesFile('changed', (second) => ({ changed: second > 40 ? 1 : 0 })),
    };
    const told = await Promise.all(Object.values(growing).map((path) => soak('--judge', path)));
    expect(told.map(({ exitCode, rows }) => [exitCode, rows.filter(({ met }) => !met).map(({ name }) => name)])).toEqual(Object.keys(growing).map((name) => [1, [name]]));
  });

  it.each([[['--minutes', 'long'], '--minutes: expected a number above 0'], [['--recycle', '0'], 'at least 1, got \'0\''], [['--judge', 'no-such-file'], 'ENOENT']])('refuses %j', async (args, told) => {
    const { exitCode, stderr } = await soak(...args);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(told)]);
  });
});
